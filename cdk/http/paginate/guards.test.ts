import {describe, expect, test} from '@jest/globals';
import {listOf} from '../../../test/http/list-of.ts';
import {GET, items, pageThrough, param} from '../../../test/http/paging.ts';
import {rawRecordsOf} from '../decode/lazy-records.ts';
import type {HttpRequest} from '../types.ts';
import {cursorIn} from './cursor-in.ts';
import {offset} from './offset.ts';
import {pageNumber} from './page-number.ts';
import type {PaginateOptions} from './paginate.ts';
import type {FetchedPage} from './paginator.ts';

/** Requests three pages of one item. */
const next = ({index}: FetchedPage) => (index < 2 ? {query: {page: index + 1}} : undefined);
const REQUESTS = ['', '?page=1', '?page=2'];

const oneByOne = (request: HttpRequest) => ({json: {rows: items(1, param(request, 'page') + 1)}});

/** Reads three pages of one item, with additional fields in their bodies. */
const readWith = (options: PaginateOptions, ...fields: object[]) =>
  pageThrough({records: 'rows', next, ...options}, (request) => ({
    json: {...oneByOne(request).json, ...fields[param(request, 'page')]},
  }));

describe('a page cap', () => {
  test('allows a list with exactly so many pages', async () => {
    expect(await pageThrough({records: 'rows', next, maxPages: 3}, oneByOne)).toEqual({
      requests: REQUESTS,
      records: items(3),
    });
  });

  test('fails a longer list, after the records of the last page', async () => {
    expect(await pageThrough({records: 'rows', next, maxPages: 2}, oneByOne)).toEqual({
      requests: ['', '?page=1'],
      records: items(2),
      failure:
        'SystemError: GET https://api.test/items: 2 pages were read, and there is another one. If the list is that long, ' +
        'raise `maxPages` or read it in slices; else check `next`.',
    });
  });
});

describe('a page that was already read', () => {
  const took = (request: HttpRequest) => ({
    took: 7 * param(request, 'page') + 3,
    id: request.url.href,
  });
  const WARNING = (page: number, count: number): string =>
    `GET https://api.test/items: the server sent an earlier page again (page ${page}, ${count} records), and the list was ` +
    "ended there, so records may be missing. Check `next` against the API's documentation.";
  const endless: PaginateOptions['next'] = ({index}) => ({query: {page: index + 1}});
  const pagesUpTo = (last: number): string[] =>
    Array.from({length: last + 1}, (_none, page) => (page === 0 ? '' : `?page=${page}`));

  /** The numbers of the pages that the server sends, in order; the last one for all later ones. */
  const read = (
    sent: readonly number[],
    {size = 2, ...options}: PaginateOptions & {readonly size?: number} = {},
  ) =>
    pageThrough({records: 'rows', next: endless, ...options}, (request) => {
      const number = sent[Math.min(param(request, 'page'), sent.length - 1)] ?? 0;
      return {json: {...took(request), rows: items(size, number * 10)}};
    });

  const pages = (...numbers: readonly number[]) =>
    numbers.flatMap((number) => items(2, number * 10));

  test.each<[string, readonly number[], readonly number[], number]>([
    ['the last of two pages for any later one', [1, 2], [1, 2], 3],
    ['the last of four pages for any later one', [1, 2, 3, 4], [1, 2, 3, 4], 5],
    ['two pages in turn', [1, 2, 1, 2, 1, 2, 1, 2, 1, 2], [1, 2, 1, 2], 5],
    ['three pages in turn', [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], 7],
    ['two pages in turn after another', [9, 1, 2, 1, 2, 1, 2, 1, 2], [9, 1, 2, 1, 2], 6],
  ])(
    'ends the list with a warning, whatever its envelope: %s',
    async (_case, sent, read_, page) => {
      expect(await read(sent)).toEqual({
        requests: pagesUpTo(page - 1),
        records: pages(...read_),
        warnings: [WARNING(page, 2)],
      });
    },
  );

  test('is an error with `incomplete: fail`', async () => {
    expect((await read([1, 2], {incomplete: 'fail'})).failure).toBe(
      `SystemError: ${WARNING(3, 2)}`,
    );
  });

  test('tells the reader that the list may be incomplete', async () => {
    const bodies = [1, 2, 2].map((id, took) => JSON.stringify({took, rows: [{id}]}));
    const list = await Array.fromAsync(listOf(bodies, {records: 'rows'}));
    expect(list.at(-1)).toEqual({
      records: [],
      bytes: 0,
      incompleteReason: expect.stringContaining('the server sent an earlier page again (page 3'),
    });
  });

  test('is noticed although the reader changes the records', async () => {
    const bodies = [1, 2, 2].map((id, took) => JSON.stringify({took, rows: [{id}]}));
    const seen: unknown[] = [];
    for await (const {records} of listOf(bodies, {records: 'rows'})) {
      for (const record of records) {
        seen.push(record['id']);
        record['id'] = 'changed';
      }
    }
    expect(seen).toEqual([1, 2]);
  });

  test('leaves the records of a page unparsed', async () => {
    const bodies = [1, 2, 3].map((id, took) => JSON.stringify({took, rows: [{id}, {id}]}));
    const raw = [];
    for await (const page of listOf(bodies, {records: 'rows'})) raw.push(rawRecordsOf(page));
    expect(raw.map((one) => one !== undefined)).toEqual([true, true, true]);
  });

  test('is an error if it is the first one, because the parameter may be unknown', async () => {
    expect(await read([1])).toEqual({
      requests: ['', '?page=1'],
      records: pages(1),
      failure:
        'SystemError: GET https://api.test/items: the server sent the same page again (page 2, 2 records). It may ' +
        'not know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });

  describe('that is the first one', () => {
    const readFirst = (count: number, paging: PaginateOptions, envelope: object = {}) =>
      pageThrough({records: 'rows', ...paging}, () => ({json: {...envelope, rows: items(count)}}));
    const sized = {size: {name: 'per_page', value: 3}};

    test.each<[string, PaginateOptions, object]>([
      ['page numbers', {next: pageNumber(sized)}, {}],
      ['offsets', {next: offset({size: 3})}, {}],
      ['page numbers and a size in the query', {next: pageNumber()}, {}],
    ])('ends a list that is shorter than requested with a warning: %s', async (_case, paging) => {
      const api = () => ({json: {rows: items(2)}});
      const url = new URL('https://api.test/items?per_page=3');
      const list = await pageThrough({records: 'rows', ...paging}, api, {...GET, url});
      expect(list.records).toEqual(items(2));
      expect([list.warnings, list.failure]).toEqual([[WARNING(2, 2)], undefined]);
    });

    test.each<[string, number, PaginateOptions, object]>([
      ['the page is full', 3, {next: pageNumber(sized)}, {}],
      ['the requested size is unknown', 2, {next: pageNumber()}, {}],
      ['the API says that there is more', 2, {next: pageNumber({...sized, more: 'm'})}, {m: true}],
      ['the API counts more records', 2, {next: pageNumber(sized), total: 'n'}, {n: 3}],
      ['the API counts more pages', 2, {next: pageNumber({...sized, total: 'n'})}, {n: 2}],
      ['the API names a next page', 2, {next: cursorIn('c', 'cursor')}, {c: 'x'}],
      ['the function of the source names it', 2, {next: endless}, {}],
    ])('is an error if %s', async (_why, count, paging, envelope) => {
      const list = await readFirst(count, paging, envelope);
      expect(list.records).toEqual(items(count));
      expect(list.failure).toContain(
        `the server sent the same page again (page 2, ${count} records)`,
      );
    });

    test('ends a list without a word if the API counts just these records', async () => {
      const paging = {next: pageNumber(), total: 'n', incomplete: 'fail'} as const;
      expect(await readFirst(2, paging, {n: 2})).toEqual({
        requests: ['?page=1', '?page=2'],
        records: items(2),
      });
    });
  });

  test('is noticed although the body has other spaces than parsed records', async () => {
    const bodies = [1, 1].map((id) => JSON.stringify([{id}], undefined, 2));
    const read_ = async () => {
      for await (const {records} of listOf(bodies, {prefetch: false})) Object.keys(records);
    };
    await expect(read_()).rejects.toThrow(
      'the server sent the same page again (page 2, 1 records)',
    );
  });

  test.each<[string, readonly (readonly object[])[]]>([
    [
      'in between',
      [
        [{n: 0}, {n: 1}, {n: 0}],
        [{n: 0}, {n: 2}, {n: 0}],
        [{n: 0}, {n: 3}, {n: 0}],
      ],
    ],
    ['in their number', [[{n: 0}], [{n: 0}, {n: 0}], [{n: 0}, {n: 0}, {n: 0}]]],
    [
      'in digits beyond 2^53',
      ['1', '2', '3'].map((digit) => [JSON.rawJSON(`900719925474099${digit}`)].map((n) => ({n}))),
    ],
    [
      'but one is like an earlier one',
      [[{n: 0}], [{n: 1}], [{n: 0}], [{n: 2}], [{n: 0}], [{n: 3}]],
    ],
  ])('is not found among lists that differ %s', async (_where, lists) => {
    const bodies = lists.map((rows, took) => JSON.stringify({took, rows}));
    const read_ = await Array.fromAsync(listOf(bodies, {records: 'rows'}));
    expect(read_.map(({records}) => records.length)).toEqual(lists.map((rows) => rows.length));
  });

  test('is not an error if the pages are empty', async () => {
    expect(await pageThrough({next}, () => ({json: []}))).toEqual({
      requests: REQUESTS,
      records: [],
    });
  });

  test('is the end if it is empty and names itself, whatever the paginator', async () => {
    const api = (request: HttpRequest) => ({json: param(request, 'from') < 2 ? items(2) : []});
    expect(await pageThrough({next: ({seen}) => ({query: {from: seen}})}, api)).toEqual({
      requests: ['', '?from=2'],
      records: items(2),
    });
  });

  test('is an error if the JSON of the request selects it, too', async () => {
    const api = (request: HttpRequest) => ({json: items(1, Number(request.json?.['page'] ?? 0))});
    const loop = ({index}: FetchedPage) => ({json: {page: (index + 1) % 2}});
    expect(await pageThrough({next: loop}, api, {...GET, method: 'POST', json: {page: 0}})).toEqual(
      {
        requests: [' {"page":0}', ' {"page":1}'],
        records: [{id: 0}, {id: 1}],
        failure:
          'SystemError: https://api.test/items: pagination loops: the next page was already fetched. ' +
          'The records up to here were read. If the last of these pages is the end of the list, name what marks it: set `more` or ' +
          "`last` of the paginator, or `stop`. Else report this to the API's owner.",
      },
    );
  });
});

describe('a total', () => {
  const complete = {requests: REQUESTS, records: items(3)};

  test.each([
    ['is reached', [3, 3, 3]],
    ['is a string', ['3', '3', '3']],
    ['is in the first page only', [3]],
    ['grows to the number of records read', [1, 2, 3]],
    ['is null', [null, null, null]],
    ['is not a count', ['about 5', -1, {}]],
  ])('that %s is accepted', async (_what, totals) => {
    const fields = totals.map((total) => ({meta: {total}}));
    expect(await readWith({total: 'meta.total', incomplete: 'fail'}, ...fields)).toEqual(complete);
  });

  test('of a list that was stopped is not compared', async () => {
    const options: PaginateOptions = {total: 'total', incomplete: 'fail', stop: () => true};
    expect(await readWith(options, {total: 3})).toEqual({requests: [''], records: items(1)});
  });

  const MISSING =
    'GET https://api.test/items: the API counts 5 records, but its pages have 3: some may be missing. If the records did ' +
    'not change during the read, check `next` and `total`.';

  test.each([
    ['is never reached', [5, 5, 5]],
    ['is reached only because it falls', [5, 4, 3]],
  ])('that %s causes a warning', async (_what, totals) => {
    expect(await readWith({total: 'total'}, ...totals.map((total) => ({total})))).toEqual({
      ...complete,
      warnings: [MISSING],
    });
  });

  test('that is not reached is an error if `incomplete` is `fail`', async () => {
    expect(await readWith({total: 'total', incomplete: 'fail'}, {total: 5})).toEqual({
      ...complete,
      failure: `SystemError: ${MISSING}`,
    });
  });

  test('is also compared after a status that ends the list', async () => {
    const api = (request: HttpRequest) =>
      param(request, 'page') > 0
        ? {json: {code: 'past'}, status: 400}
        : {json: items(1), headers: {'x-total': '2'}};
    const options: PaginateOptions = {next, total: {header: 'X-Total'}, endOn: [400]};
    expect(await pageThrough({...options, incomplete: 'fail'}, api)).toEqual({
      requests: ['', '?page=1'],
      records: items(1),
      failure:
        'SystemError: GET https://api.test/items: the API counts 2 records, but its pages have 1: some may be ' +
        'missing. If the records did not change during the read, check `next` and `total`.',
    });
  });

  test('that is exceeded causes a warning, never an error', async () => {
    expect(await readWith({total: 'total', incomplete: 'fail'}, {total: 2})).toEqual({
      ...complete,
      warnings: [
        'GET https://api.test/items: the API counts 2 records, but its pages have 3: some may be duplicates, or ' +
          "the API's count is capped.",
      ],
    });
  });
});

describe('a full page without a paginator', () => {
  const read = (search: string, options: PaginateOptions = {}) =>
    pageThrough(options, () => ({json: items(2)}), {
      ...GET,
      url: new URL(`https://api.test/items?${search}`),
    });
  const message =
    'GET https://api.test/items: the last page is full (2 records), but no `next` is set, so records may be ' +
    "missing. Check `next` against the API's documentation.";

  test.each([
    ['per_page=2'],
    ['limit=2'],
    ['pageSize=2'],
    ['$top=1'],
    ['page[size]=2'],
    ['maxResults=2'],
  ])('causes a warning: %s', async (search) => {
    expect(await read(search)).toEqual({
      requests: [`?${search}`],
      records: items(2),
      warnings: [message],
    });
  });

  test('is an error if `incomplete` is `fail`', async () => {
    expect(await read('limit=2', {incomplete: 'fail'})).toEqual({
      requests: ['?limit=2'],
      records: items(2),
      failure: `SystemError: ${message}`,
    });
  });

  test.each([['limit=3'], ['limit='], ['limit=all'], ['limit=0'], ['id=2'], ['']])(
    'is the whole list if the request names no size: %s',
    async (search) => {
      expect(await read(search)).toEqual({
        requests: [search === '' ? '' : `?${search}`],
        records: items(2),
      });
    },
  );
});
