import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {json} from '../decode/json.ts';
import {SOURCE_SCOPE} from '../request-scope.ts';
import {withRules} from '../response/action.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import {linkHeader} from './link-header.ts';
import {type PaginateOptions, type Paging, paginate} from './paginate.ts';
import type {FetchedPage} from './paginator.ts';

const first: HttpRequest = {
  method: 'GET',
  url: new URL('https://api.test/items?page=1'),
  scope: SOURCE_SCOPE,
  headers: {accept: 'application/json'},
};

const respond = (
  request: HttpRequest,
  json: unknown,
  {status = 200, next}: {status?: number; next?: string} = {},
): HttpResponse => ({
  status,
  headers: next === undefined ? {} : {link: `<${next}>; rel="next"`},
  body: Buffer.from(JSON.stringify(json)),
  url: request.url,
});

const over = (send: Send, warn: (message: string) => void = () => {}): Paging => ({
  sendAllowing: () => withRules(send),
  warn,
  decoder: json(),
  limit: 1e9,
});

/** Three pages of two records each; the last one has no next. */
const threePages = () => {
  const requested: string[] = [];
  const send: Send = async (request) => {
    requested.push(request.url.href);
    const page = Number(request.url.searchParams.get('page'));
    const records = [{id: page * 2 - 1}, {id: page * 2}];
    return respond(request, records, page < 3 ? {next: `?page=${page + 1}`} : {});
  };
  return {send, requested};
};

/** One page, whatever the request. */
const onePage = (json: unknown, options: PaginateOptions = {}, status = 200) =>
  Array.fromAsync(
    paginate<object>(
      over(async (request) => respond(request, json, {status})),
      first,
      options,
    ),
  );

/** A missing list may be an empty one, unless the body reports an error. */
const hintFor = (message: string): string =>
  message.includes('but is undefined.') && !message.includes('It reports an error')
    ? " If a missing list is an empty one, set `withoutRecords: 'empty'`."
    : '';

describe('pages', () => {
  test('follow one another up to the one without a next link', async () => {
    const {send, requested} = threePages();
    const pages = await Array.fromAsync(paginate(over(send), first, {next: linkHeader()}));
    expect(pages).toEqual([
      {records: [{id: 1}, {id: 2}], bytes: 19},
      {records: [{id: 3}, {id: 4}], bytes: 19},
      {records: [{id: 5}, {id: 6}], bytes: 19},
      {records: [], bytes: 0, incompleteReason: expect.stringContaining('has no Link header')},
    ]);
    expect(requested).toEqual([
      'https://api.test/items?page=1',
      'https://api.test/items?page=2',
      'https://api.test/items?page=3',
    ]);
  });

  test('are requested one ahead of the reader, and no page before the reader requests the first', async () => {
    const {send, requested} = threePages();
    const pages = paginate(over(send), first, {next: linkHeader()});
    expect(requested.length).toBe(0);
    await pages.next();
    await new Promise(setImmediate);
    expect(requested.length).toBe(2);
    await pages.next();
    await new Promise(setImmediate);
    expect(requested.length).toBe(3);
    await pages.return(undefined);
    expect(requested.length).toBe(3);
  });

  test('are requested when the reader requests them, if `prefetch` is false', async () => {
    const {send, requested} = threePages();
    const pages = paginate(over(send), first, {next: linkHeader(), prefetch: false});
    await pages.next();
    await new Promise(setImmediate);
    expect(requested.length).toBe(1);
    await pages.next();
    await pages.return(undefined);
    expect(requested.length).toBe(2);
  });

  test('that fail ahead of the reader fail when it requests them, after the page it has', async () => {
    const {send} = threePages();
    const failing: Send = (request) =>
      request.url.search === '?page=2' ? Promise.reject(new RangeError('Lost.')) : send(request);
    const pages = paginate(over(failing), first, {next: linkHeader()});
    expect(await pages.next()).toEqual({
      done: false,
      value: {records: [{id: 1}, {id: 2}], bytes: 19},
    });
    await new Promise(setImmediate);
    expect(await failureOf(() => pages.next())).toBe('RangeError: Lost.');
  });

  test('that fail after the reader has stopped fail silently', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const {send} = threePages();
    const failing: Send = (request) =>
      request.url.search === '?page=2' ? Promise.reject(new RangeError('Lost.')) : send(request);
    for await (const _page of paginate(over(failing), first, {next: linkHeader()})) break;
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('follow a function of the source like a paginator', async () => {
    const {send, requested} = threePages();
    const next = ({index}: FetchedPage) => (index < 1 ? {query: {page: 3}} : undefined);
    expect(await Array.fromAsync(paginate(over(send), first, {next}))).toEqual([
      {records: [{id: 1}, {id: 2}], bytes: 19},
      {records: [{id: 5}, {id: 6}], bytes: 19},
    ]);
    expect(requested).toEqual(['https://api.test/items?page=1', 'https://api.test/items?page=3']);
  });

  test('end if `stop` returns true, without another request', async () => {
    const {send, requested} = threePages();
    const options = {next: linkHeader(), stop: ({seen}: FetchedPage) => seen >= 4};
    expect(await Array.fromAsync(paginate(over(send), first, options))).toEqual([
      {records: [{id: 1}, {id: 2}], bytes: 19},
      {records: [{id: 3}, {id: 4}], bytes: 19},
    ]);
    expect(requested.length).toBe(2);
  });

  test('are all requested with the headers of the first one', async () => {
    const sent: HttpRequest[] = [];
    const {send} = threePages();
    const spy: Send = (request) => {
      sent.push(request);
      return send(request);
    };
    await Array.fromAsync(paginate(over(spy), first, {next: linkHeader()}));
    expect(sent).toEqual([
      first,
      {...first, url: new URL('https://api.test/items?page=2')},
      {...first, url: new URL('https://api.test/items?page=3')},
    ]);
  });

  test('end after the first one without a paginator, whatever the response links to', async () => {
    const {send, requested} = threePages();
    expect(await Array.fromAsync(paginate(over(send), first, {}))).toEqual([
      {records: [{id: 1}, {id: 2}], bytes: 19},
    ]);
    expect(requested).toEqual(['https://api.test/items?page=1']);
  });

  test('give the paginator the response, its JSON and its records', async () => {
    const seen: FetchedPage[] = [];
    const next = (page: FetchedPage) => {
      seen.push(page);
      return undefined;
    };
    await onePage({items: [{id: 1}], more: false}, {records: 'items', next});
    expect(seen).toEqual([
      {
        request: first,
        response: respond(first, {items: [{id: 1}], more: false}),
        bytes: 33,
        json: {items: [{id: 1}], more: false},
        records: [{id: 1}],
        index: 0,
        firstSize: 1,
        seen: 1,
        counted: undefined,
      },
    ]);
  });

  test('that lead back to one of them fail after their records', async () => {
    let requested = 0;
    const send: Send = async (request) => {
      requested += 1;
      if (requested > 3) throw new Error('The loop was not noticed.');
      return respond(request, [{id: requested}], {
        next: `?page=${requested === 3 ? 2 : requested + 1}`,
      });
    };
    const read: object[] = [];
    const failure = await failureOf(async () => {
      for await (const {records} of paginate(over(send), first, {next: linkHeader()})) {
        read.push(...records);
      }
    });
    expect(read).toEqual([{id: 1}, {id: 2}, {id: 3}]);
    expect(failure).toBe(
      'SystemError: https://api.test/items: pagination loops: the next page was already fetched. ' +
        'The records up to here were read. If the last of these pages is the end of the list, name what marks it: set `more` or ' +
        "`last` of the paginator, or `stop`. Else report this to the API's owner.",
    );
  });

  test('without records do not end the list: only a missing next link does', async () => {
    const send: Send = async (request) =>
      request.url.search === '?page=1'
        ? respond(request, [], {next: '?page=2'})
        : respond(request, [{id: 1}]);
    expect(await Array.fromAsync(paginate(over(send), first, {next: linkHeader()}))).toEqual([
      {records: [], bytes: 2},
      {records: [{id: 1}], bytes: 10},
      {records: [], bytes: 0, incompleteReason: expect.stringContaining('has no Link header')},
    ]);
  });
});

describe('the records of a page', () => {
  test('are the body itself', async () => {
    expect(await onePage([{id: 1}])).toEqual([{records: [{id: 1}], bytes: 10}]);
  });

  test('are in a field of the body', async () => {
    expect(await onePage({items: [{id: 1}]}, {records: 'items'})).toEqual([
      {records: [{id: 1}], bytes: 20},
    ]);
  });

  test('are in a nested field', async () => {
    expect(await onePage({data: {rows: []}}, {records: 'data.rows'})).toEqual([
      {records: [], bytes: 20},
    ]);
  });

  test.each([
    [
      'an object without a path',
      {total: 1, items: []},
      {},
      'the body should be a list of objects, but is an object. The body has: total, items.',
    ],
    ['a string', 'hello', {}, 'the body should be a list of objects, but is a string.'],
    [
      'a list with a string',
      [{id: 1}, 'two'],
      {},
      'the body should be a list of objects, but is a list with other values.',
      " If its values are to become records, name them: `records: {wrap: 'value'}`.",
    ],
    [
      'a list with null',
      {items: [null]},
      {records: 'items'},
      '"items" in the body should be a list of objects, but is a list with other values. The body has: items.',
    ],
    [
      'a list of lists',
      {items: [[]]},
      {records: 'items'},
      '"items" in the body should be a list of objects, but is a list with other values. The body has: items.',
      " If its rows are lists of values, name these: `records: {path: 'items', columns: ['id', …]}`.",
    ],
    [
      'another field',
      {data: {}, error: 'no'},
      {records: 'data.rows'},
      '"data.rows" in the body should be a list of objects, but is undefined. The body has: data, error. It reports an error: no.',
    ],
    [
      'a list instead of an object',
      [{id: 1}],
      {records: 'items'},
      '"items" in the body should be a list of objects, but is undefined.',
    ],
  ])('fail with the type of %s', async (_what, json, options, message, advice = '') => {
    expect(await failureOf(() => onePage(json, options))).toBe(
      `SystemError: GET https://api.test/items: ${message} Set \`records\` to the path of the list.${hintFor(message)}${advice}`,
    );
  });

  test('fail if the body is not JSON', async () => {
    const send: Send = async ({url}) => ({
      status: 200,
      headers: {'content-type': 'text/html'},
      body: Buffer.from('<html>'),
      url,
    });
    expect(await failureOf(() => Array.fromAsync(paginate(over(send), first, {})))).toBe(
      'SystemError: GET https://api.test/items answered with HTML instead of JSON (content-type text/html). ' +
        "It may be a login or error page. Check the credentials, and that the URL in the config is the API's own.",
    );
  });
});

describe('a status that means "nothing here"', () => {
  test.each([[204], [404], [409]])('ends the pages: %d', async (status) => {
    expect(
      await onePage({message: 'Git Repository is empty.'}, {emptyOn: [status]}, status),
    ).toEqual([]);
  });

  test('ends the list after earlier pages', async () => {
    const send: Send = async (request) =>
      request.url.search === '?page=1'
        ? respond(request, [{id: 1}], {next: '?page=2'})
        : respond(request, {}, {status: 404});
    const pages = paginate(over(send), first, {next: linkHeader(), emptyOn: [404]});
    expect(await Array.fromAsync(pages)).toEqual([{records: [{id: 1}], bytes: 10}]);
  });
});
