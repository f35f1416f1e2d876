import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough, param} from '../../../test/http/paging.ts';
import type {HttpRequest} from '../types.ts';
import type {PaginateOptions} from './paginate.ts';
import type {FetchedPage} from './paginator.ts';

/** Asks for page after page of one item, up to the third. */
const next = ({index}: FetchedPage) => (index < 2 ? {query: {page: index + 1}} : undefined);
const REQUESTS = ['', '?page=1', '?page=2'];

const oneByOne = (request: HttpRequest) => ({json: {rows: items(1, param(request, 'page') + 1)}});

/** The same, with what is told beside the items of each page. */
const telling = (options: PaginateOptions, ...beside: object[]) =>
  pageThrough({records: 'rows', next, ...options}, (request) => ({
    json: {...oneByOne(request).json, ...beside[param(request, 'page')]},
  }));

describe('a page cap', () => {
  test('lets a list through that has just as many pages', async () => {
    expect(await pageThrough({records: 'rows', next, maxPages: 3}, oneByOne)).toEqual({
      requests: REQUESTS,
      records: items(3),
    });
  });

  test('fails a list that has more, behind the records of its last page', async () => {
    expect(await pageThrough({records: 'rows', next, maxPages: 2}, oneByOne)).toEqual({
      requests: ['', '?page=1'],
      records: items(2),
      failure:
        'SystemError: GET https://api.test/items: 2 pages were read, and another follows. If the list is that long, ' +
        'raise `maxPages` or read it in slices; else check `next`.',
    });
  });
});

describe('a page that comes again', () => {
  test('is an error, which names the page', async () => {
    const rows = (request: HttpRequest) => ({json: items(1, Math.min(param(request, 'page'), 1))});
    expect(await pageThrough({next}, rows)).toEqual({
      requests: REQUESTS,
      records: [{id: 0}, {id: 1}],
      failure:
        'SystemError: GET https://api.test/items: the server sends the same page again (page 3, 1 records). It may ' +
        'not know the parameter that `next` sets: check its name. The records up to here were read.',
    });
  });

  test('is none where pages are empty', async () => {
    expect(await pageThrough({next}, () => ({json: []}))).toEqual({
      requests: REQUESTS,
      records: [],
    });
  });

  test('is one in the JSON of a request too', async () => {
    const api = (request: HttpRequest) => ({json: items(1, Number(request.json?.['page'] ?? 0))});
    const circle = ({index}: FetchedPage) => ({json: {page: (index + 1) % 2}});
    expect(
      await pageThrough({next: circle}, api, {...GET, method: 'POST', json: {page: 0}}),
    ).toEqual({
      requests: [' {"page":0}', ' {"page":1}'],
      records: [{id: 0}, {id: 1}],
      failure:
        'SystemError: https://api.test/items: the page that follows was fetched before, so its paging runs in a ' +
        "circle. The records up to here were read; report this to the API's owner.",
    });
  });
});

describe('a total', () => {
  const complete = {requests: REQUESTS, records: items(3)};

  test.each([
    ['is reached', [3, 3, 3]],
    ['is a text', ['3', '3', '3']],
    ['comes with the first page only', [3]],
    ['grows meanwhile up to what came', [1, 2, 3]],
    ['is null', [null, null, null]],
    ['is no count', ['about 5', -1, {}]],
  ])('that %s is fine', async (_what, totals) => {
    const beside = totals.map((total) => ({meta: {total}}));
    expect(await telling({total: 'meta.total', incomplete: 'fail'}, ...beside)).toEqual(complete);
  });

  test('of a list that was stopped is not compared', async () => {
    const options: PaginateOptions = {total: 'total', incomplete: 'fail', stop: () => true};
    expect(await telling(options, {total: 3})).toEqual({requests: [''], records: items(1)});
  });

  const MISSING =
    'GET https://api.test/items: the API counts 5 records, but its pages held 3: some may be missing. If they did ' +
    'not just change, check `next` and `total`.';

  test.each([
    ['never', [5, 5, 5]],
    ['no more, since it falls', [5, 4, 3]],
  ])('that is reached %s is warned about', async (_what, totals) => {
    expect(await telling({total: 'total'}, ...totals.map((total) => ({total})))).toEqual({
      ...complete,
      warnings: [MISSING],
    });
  });

  test('that is not reached is an error where that is wished', async () => {
    expect(await telling({total: 'total', incomplete: 'fail'}, {total: 5})).toEqual({
      ...complete,
      failure: `SystemError: ${MISSING}`,
    });
  });

  test('that is not reached counts behind a status that ends the list too', async () => {
    const api = (request: HttpRequest) =>
      param(request, 'page') > 0
        ? {json: {code: 'past'}, status: 400}
        : {json: items(1), headers: {'x-total': '2'}};
    const options: PaginateOptions = {next, total: {header: 'X-Total'}, endOn: [400]};
    expect(await pageThrough({...options, incomplete: 'fail'}, api)).toEqual({
      requests: ['', '?page=1'],
      records: items(1),
      failure:
        'SystemError: GET https://api.test/items: the API counts 2 records, but its pages held 1: some may be ' +
        'missing. If they did not just change, check `next` and `total`.',
    });
  });

  test('that is passed is warned about, and never an error', async () => {
    expect(await telling({total: 'total', incomplete: 'fail'}, {total: 2})).toEqual({
      ...complete,
      warnings: [
        'GET https://api.test/items: the API counts 2 records, but its pages held 3: some may have come twice, or ' +
          'its count is capped.',
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
  const told =
    'GET https://api.test/items: the last page is a full one (2 records), but no `next` is set, so records may be ' +
    "missing. Check `next` against the API's documentation.";

  test.each([
    ['per_page=2'],
    ['limit=2'],
    ['pageSize=2'],
    ['$top=1'],
    ['page[size]=2'],
    ['maxResults=2'],
  ])('may not be all: %s', async (search) => {
    expect(await read(search)).toEqual({
      requests: [`?${search}`],
      records: items(2),
      warnings: [told],
    });
  });

  test('is an error where that is wished', async () => {
    expect(await read('limit=2', {incomplete: 'fail'})).toEqual({
      requests: ['?limit=2'],
      records: items(2),
      failure: `SystemError: ${told}`,
    });
  });

  test.each([['limit=3'], ['limit='], ['limit=all'], ['limit=0'], ['id=2'], ['']])(
    'is all where nothing says that it is full: %s',
    async (search) => {
      expect(await read(search)).toEqual({
        requests: [search === '' ? '' : `?${search}`],
        records: items(2),
      });
    },
  );
});
