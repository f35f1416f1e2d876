import {describe, expect, test} from '@jest/globals';
import {byToken, serve, tokenOf, tokens} from '../../../test/http/five-records.ts';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {valueAt} from '../../json/values.ts';
import type {HttpRequest} from '../types.ts';
import {auto} from './auto.ts';
import type {PaginateOptions} from './paginate.ts';

const SEARCH: HttpRequest = {...GET, method: 'POST', json: {q: 'x'}};

describe('the parameter of auto', () => {
  const cursors = (name: string) =>
    serve({
      from: byToken(name),
      answer: ({rows, next}) => ({json: {results: rows, next_cursor: tokenOf(next)}}),
    });

  test('is the one that the request already has', async () => {
    const url = new URL('https://api.test/items?start_cursor=t0');
    expect(await pageThrough({next: auto()}, cursors('start_cursor'), {...GET, url})).toEqual({
      requests: ['?start_cursor=t0', '?start_cursor=t2', '?start_cursor=t4'],
      records: items(5),
    });
  });

  test('gets a token that begins with a slash as a token', async () => {
    const pages = [{rows: items(2), nextPageToken: '/9j='}, {rows: items(1, 3)}];
    const {requests} = await pageThrough({next: auto()}, () => ({json: pages.shift()}));
    expect(requests).toEqual(['', '?pageToken=/9j=']);
  });

  test('is the one that the author names', async () => {
    const next = auto({to: 'seek'});
    expect(await pageThrough({next}, cursors('seek'))).toEqual({
      requests: tokens('seek'),
      records: items(5),
    });
  });

  test('goes into the JSON of a POST', async () => {
    const api = serve({
      from: ({json}) => Number(String(valueAt(json, 'after') ?? 't0').slice(1)),
      answer: ({rows, next}) => ({
        json: {results: rows, total: 5, ...(next && {paging: {next: {after: `t${next}`}}})},
      }),
    });
    expect(await pageThrough({next: auto()}, api, SEARCH)).toEqual({
      requests: [' {"q":"x"}', ' {"q":"x","after":"t2"}', ' {"q":"x","after":"t4"}'],
      records: items(5),
    });
  });

  test('goes into the JSON of a POST with a number, too', async () => {
    const api = serve({
      from: ({json}) => Number(valueAt(json, 'from') ?? 0),
      answer: ({rows, from}) => ({json: {rows, offset: from, total: 5}}),
    });
    expect(await pageThrough({next: auto({to: {json: 'from'}})}, api, SEARCH)).toEqual({
      requests: [' {"q":"x"}', ' {"q":"x","from":2}', ' {"q":"x","from":4}'],
      records: items(5),
    });
  });

  test.each([
    ['a token', {rows: items(2), nextPageToken: 't2'}, 'pageToken=t2'],
    ['a page', {rows: items(2), page: 1, total_pages: 3}, 'page=2'],
    ['the last id', {data: items(2), has_more: true}, 'starting_after=2'],
  ])('fails if the server does not know it: %s', async (_what, json, query) => {
    expect(await pageThrough({next: auto()}, () => ({json}))).toEqual({
      requests: ['', `?${query}`],
      records: items(2),
      failure:
        'SystemError: GET https://api.test/items: the server sent the same page again (page 2, 2 records). It may not ' +
        'know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });

  test('fails if the response returns the cursor of the request', async () => {
    let count = 0;
    const api = () => {
      count += 1;
      return {json: {rows: items(2, count), cursor: 'x'}};
    };
    expect((await pageThrough({next: auto()}, api)).failure).toMatch(/pagination loops/);
  });
});

/** Reads a list whose API always sends this page. */
const readOne = (json: unknown, more: Partial<PaginateOptions> & {url?: string} = {}) => {
  const {url = GET.url.href, ...options} = more;
  return pageThrough({next: auto(), ...options}, () => ({json}), {...GET, url: new URL(url)});
};

describe('a first page without any sign of a next one', () => {
  const HEADERS =
    'the headers link, x-next-page, x-ms-continuationtoken, x-total-pages, x-wp-totalpages';
  const fault = (reason: string, keys: string) =>
    `SystemError: GET https://api.test/items: ${reason}, but the response names no next page. Checked: the body ` +
    `(${keys}) and ${HEADERS}. Set \`next\` to the paginator for this API; without \`next\` one page is read.`;

  test.each([
    ['has as many records as a usual page size', {rows: items(100), ok: true}, {}, 'rows, ok'],
    ['is a list', items(50), {}, 'it is a list'],
    [
      'has as many records as were requested',
      {rows: items(7)},
      {url: 'https://api.test/items?limit=7'},
      'rows',
    ],
    [
      'has as many records as the response names as its size',
      {rows: items(7), meta: {per_page: 7}},
      {},
      'rows, meta, meta.per_page',
    ],
    [
      'is full although `incomplete` is `warn`',
      {rows: items(10)},
      {incomplete: 'warn' as const},
      'rows',
    ],
  ])('fails if it %s', async (_what, json, options, keys) => {
    const {failure, warnings, records} = await readOne(json, options);
    const size = records.length;
    expect([failure, warnings]).toEqual([
      fault(`the page is full (${size} records)`, keys),
      undefined,
    ]);
  });

  test('fails if the API counts more records, or says that there is more', async () => {
    expect([
      (await readOne({rows: items(7), total: 9})).failure,
      (await readOne({rows: [{name: 'a'}], has_more: true})).failure,
      (await readOne({rows: [{name: 'a'}], has_more: true, cursor: null})).failure,
    ]).toEqual([
      fault('the API counts 9 records, but the page has 7', 'rows, total'),
      fault('the API says that there is more', 'rows, has_more'),
      fault('the API says that there is more', 'rows, has_more, cursor'),
    ]);
  });

  test.each<[string, {rows: readonly object[]; [key: string]: unknown}, {url?: string}]>([
    ['has no usual page size', {rows: items(7)}, {}],
    [
      'has fewer records than were requested',
      {rows: items(7)},
      {url: 'https://api.test/items?limit=8'},
    ],
    ['has no records', {rows: []}, {}],
    ['has as many records as the API counts', {rows: items(10), total: 10}, {}],
    ['has a false has-more flag', {rows: items(10), has_more: false}, {}],
    ['has a null cursor', {rows: items(10), next_cursor: null}, {}],
    ['has other links only', {rows: items(10), links: {self: '/items', first: '/items'}}, {}],
    ['has cursors and no next link', {rows: items(10), paging: {cursors: {after: 'x'}}}, {}],
    ['is the only page by the count', {rows: items(10), page: 1, total_pages: 1}, {}],
  ])('is the whole list if it %s', async (_what, json, options) => {
    expect(await readOne(json, options)).toEqual({
      requests: [options.url === undefined ? '' : '?limit=8'],
      records: json.rows,
    });
  });

  test('is an error only if it is the first: a full last page ends the list', async () => {
    const pages = [{rows: items(10), nextPageToken: 'a'}, {rows: items(10, 11)}];
    const json = () => ({json: pages.shift()});
    expect(await pageThrough({next: auto()}, json)).toEqual({
      requests: ['', '?pageToken=a'],
      records: items(20),
    });
  });

  test('causes a warning if its next link is null although the API counts more records', async () => {
    const json = {rows: items(2), next: null, total: 9};
    expect((await readOne(json)).warnings).toEqual([
      'GET https://api.test/items: the API counts 9 records, but names no page after the first, which has 2, so records ' +
        "may be missing. Check `next` against the API's documentation.",
    ]);
  });

  test('causes a warning if it is empty although the API counts more pages or records', async () => {
    expect([
      (await readOne({rows: [], page: 1, total_pages: 3})).warnings,
      (await readOne({rows: [], offset: 0, total: 3})).warnings,
    ]).toEqual([
      [expect.stringContaining('the page is empty, but the API counts 2 more pages')],
      [expect.stringContaining('the page is empty, but the API says that there is more')],
    ]);
  });
});
