import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
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
  test('is an error that names the page', async () => {
    const rows = (request: HttpRequest) => ({json: items(1, Math.min(param(request, 'page'), 1))});
    expect(await pageThrough({next}, rows)).toEqual({
      requests: REQUESTS,
      records: [{id: 0}, {id: 1}],
      failure:
        'SystemError: GET https://api.test/items: the server sent the same page again (page 3, 1 records). It may ' +
        'not know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });

  test('is not an error if the pages are empty', async () => {
    expect(await pageThrough({next}, () => ({json: []}))).toEqual({
      requests: REQUESTS,
      records: [],
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
          "The records up to here were read; report this to the API's owner.",
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
