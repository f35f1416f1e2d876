import {gzipSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {serve} from '../../test/http/loopback.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {type HttpClient, openHttpClient} from './client.ts';
import {csv} from './decode/csv.ts';
import {json} from './decode/json.ts';
import {jsonLines} from './decode/json-lines.ts';
import {xml} from './decode/xml.ts';
import {auto} from './paginate/auto.ts';
import {cursorIn} from './paginate/cursor-in.ts';
import {lastId} from './paginate/last-id.ts';
import {linkHeader} from './paginate/link-header.ts';
import {nextUrl} from './paginate/next-url.ts';
import {offset} from './paginate/offset.ts';
import {pageNumber} from './paginate/page-number.ts';

type ListOptions = NonNullable<Parameters<HttpClient['paginate']>[1]>;

type Reply = {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
};

/** Sends the replies in order, the last one again and again. */
const withReplies = async (
  replies: readonly Reply[],
  use: (http: HttpClient) => Promise<unknown>,
): Promise<{readonly result: unknown; readonly warned: readonly string[]}> => {
  let sent = 0;
  const origin = await serve((_request, response) => {
    const {
      status,
      body = '',
      headers = {},
    } = replies[Math.min(sent, replies.length - 1)] ?? {status: 500};
    sent += 1;
    response.writeHead(status, headers).end(body);
  });
  const warned: string[] = [];
  const {close, ...http} = openHttpClient(
    {baseUrl: origin},
    {
      signal: new AbortController().signal,
      clock: virtualClock(0),
      log: (level, message) => level === 'WARN' && warned.push(message.replaceAll(origin, 'api')),
    },
  );
  try {
    return {result: await use(http), warned};
  } catch (error) {
    return {result: String(error).replaceAll(origin, 'api'), warned};
  } finally {
    await close();
  }
};

const readers = {
  get: (options: ListOptions) => (http: HttpClient) => http.get('/items', options),
  paginate: (options: ListOptions) => async (http: HttpClient) =>
    (await Array.fromAsync(http.paginate('/items', options))).flatMap(({records}) => records),
  download:
    ({decode, records}: ListOptions) =>
    async (http: HttpClient) =>
      (
        await Array.fromAsync(
          http.download('/items', {
            ...(decode && {decode}),
            ...(records !== undefined && {records}),
          }),
        )
      ).flatMap((page) => page.records),
};

const formats = {
  JSON: {decode: json()},
  'JSON at a path': {decode: json(), records: 'data.items'},
  'JSON at a path with a wildcard': {decode: json(), records: 'data.*.items'},
  'JSON Lines': {decode: jsonLines()},
  CSV: {decode: csv()},
  'CSV without a header': {decode: csv({columns: ['id', 'name']})},
  XML: {decode: xml(), records: 'feed.entry'},
};

const cases = (kinds: readonly string[]) =>
  Object.entries(readers).flatMap(([way, read]) =>
    Object.entries(formats)
      .filter(([format]) => kinds.some((kind) => format.startsWith(kind)))
      .map(([format, options]) => [way, format, read(options)] as const),
  );

describe.each([[204], [205]])('status %d', (status) => {
  test.each(cases(['JSON', 'CSV', 'XML']))(
    'is an empty list to `%s` in %s',
    async (_way, _format, read) => {
      expect(await withReplies([{status}], read)).toEqual({result: [], warned: []});
    },
  );

  test.each<[string, ListOptions]>([
    ['no paginator', {}],
    ['offset', {next: offset({size: 2})}],
    ['offset and total', {next: offset({size: 2, total: 'meta.total'})}],
    ['pageNumber', {next: pageNumber({total: 'meta.pages'})}],
    ['cursorIn', {next: cursorIn('meta.next', 'cursor')}],
    ['nextUrl', {next: nextUrl('meta.next')}],
    ['linkHeader', {next: linkHeader()}],
    ['lastId', {next: lastId('id', 'after')}],
    ['auto', {next: auto()}],
    ['a function', {next: ({json: page}) => (page as {meta: {next: object}}).meta.next}],
    ['a stop', {stop: ({json: page}) => (page as {meta: {stop: boolean}}).meta.stop}],
    ['total', {total: 'meta.total'}],
  ])('ends the pages of %s', async (_name, options) => {
    const read = readers.paginate({records: 'data.items', ...options});
    expect(await withReplies([{status}], read)).toEqual({result: [], warned: []});
  });
});

test('status 204 after a page ends the list, and its count is compared', async () => {
  const page = {status: 200, body: '{"total":3,"items":[{"id":1},{"id":2}]}'};
  const read = readers.paginate({records: 'items', next: pageNumber(), total: 'total'});
  expect(await withReplies([page, {status: 204}], read)).toEqual({
    result: [{id: 1}, {id: 2}],
    warned: [
      'GET api/items: the API counts 3 records, but its pages have 2: some may be missing. ' +
        'If the records did not change during the read, check `next` and `total`.',
    ],
  });
});

test('status 204 with an encoding is an empty list', async () => {
  const headers = {'content-encoding': 'gzip', 'content-type': 'application/json'};
  expect((await withReplies([{status: 204, headers}], readers.paginate({}))).result).toEqual([]);
});

describe('status 202 without a body', () => {
  test.each(cases(['JSON', 'CSV', 'XML']))(
    'is an error to `%s` in %s',
    async (_way, _format, read) => {
      expect((await withReplies([{status: 202}], read)).result).toBe(
        "SystemError: GET api/items answered 202 without a body: the API has accepted the request, but its result is not ready. Add {status: 202, action: 'retry'} to `rules` to wait for it, or 'ignore' if it means \"nothing here\".",
      );
    },
  );

  test('is null to a change', async () => {
    expect((await withReplies([{status: 202}], (http) => http.post('/items'))).result).toBe(null);
  });

  test('with a body is read', async () => {
    expect((await withReplies([{status: 202, body: '[]'}], readers.get({}))).result).toEqual([]);
  });
});

describe('an empty body with status 200', () => {
  const length = {'content-length': '0'};

  test.each(cases(['JSON Lines', 'CSV']))(
    'has no records to `%s` in %s',
    async (_way, _format, read) => {
      expect((await withReplies([{status: 200, headers: length}], read)).result).toEqual([]);
      const packed = {status: 200, body: gzipSync('')};
      expect((await withReplies([packed], read)).result).toEqual([]);
    },
  );

  test.each([...cases(['JSON', 'XML']).filter(([, format]) => format !== 'JSON Lines')])(
    'is an error to `%s` in %s',
    async (_way, format, read) => {
      for (const body of ['', ' \r\n']) {
        const headers = {'content-length': String(body.length)};
        expect((await withReplies([{status: 200, headers, body}], read)).result).toBe(
          `SystemError: GET api/items answered with an empty body instead of ${format.split(' ', 1)[0]}. If the API means "nothing here", add {header: {name: 'content-length', matches: /^0$/}, action: 'ignore'} to \`rules\`; else report this to the API's owner.`,
        );
      }
    },
  );
});
