// Tests the decoders through a client: pages and single responses, plain and packed.
import {gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {readAll, serveBody} from '../../../test/http/downloading.ts';
import {serve} from '../../../test/http/loopback.ts';
import {zipOf} from '../../../test/http/zip.ts';
import {virtualClock} from '../../testing/virtual-clock.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from '../client.ts';
import {cursorIn} from '../paginate/cursor-in.ts';
import {offset} from '../paginate/offset.ts';
import {csv} from './csv.ts';
import {jsonLines} from './json-lines.ts';
import {xml} from './xml.ts';

type PageOptions = NonNullable<Parameters<HttpClient['paginate']>[1]>;

/** Returns the result of `use` with a client for the server, or its error. */
const withClient = async <T>(
  origin: string,
  use: (http: HttpClient) => Promise<T>,
  options: HttpOptions = {},
) => {
  const {close, ...http} = openHttpClient(
    {baseUrl: origin, ...options},
    {signal: new AbortController().signal, clock: virtualClock(0), log: () => {}},
  );
  try {
    return await use(http);
  } catch (error) {
    return String(error).replaceAll(origin, 'api');
  } finally {
    await close();
  }
};

const pagesOf = (origin: string, pageOptions: PageOptions, options: HttpOptions = {}) =>
  withClient(
    origin,
    async (http) => {
      const pages: {records: readonly object[]; bytes: number}[] = [];
      for await (const {records, bytes} of http.paginate('/items', pageOptions))
        pages.push({records, bytes});
      return pages;
    },
    options,
  );

const recordsOf = async (
  body: string | Buffer,
  pageOptions: PageOptions = {},
  options: HttpOptions = {},
) => {
  const origin = await serve((_request, response) => void response.end(body));
  const pages = await pagesOf(origin, pageOptions, options);
  return Array.isArray(pages) ? pages.flatMap(({records}) => records) : pages;
};

describe('pages', () => {
  test('of CSV are counted as records by a paginator', async () => {
    const rows = ['1', '2', '3'];
    const origin = await serve(({url = ''}, response) => {
      const from = Number(new URL(url, 'http://x').searchParams.get('offset'));
      response.end(['id', ...rows.slice(from, from + 2)].join('\n'));
    });
    expect(await pagesOf(origin, {decode: csv(), next: offset({size: 2})})).toEqual([
      {records: [{id: '1'}, {id: '2'}], bytes: 6},
      {records: [{id: '3'}], bytes: 4},
    ]);
  });

  test('of XML can hold a cursor', async () => {
    const origin = await serve(({url = ''}, response) => {
      response.end(
        url.includes('after=b')
          ? '<feed><entry><id>2</id></entry></feed>'
          : '<feed><next>b</next><entry><id>1</id></entry></feed>',
      );
    });
    const pageOptions = {
      decode: xml(),
      records: 'feed.entry',
      next: cursorIn('feed.next', 'after'),
    };
    expect(await pagesOf(origin, pageOptions)).toEqual([
      {records: [{id: '1'}], bytes: 52},
      {records: [{id: '2'}], bytes: 38},
    ]);
  });

  test.each([
    ['a plain list', '[{"id":1}]', {}, [{id: 1}]],
    [
      'lists at the ends of a wildcard',
      '{"a":{"x":[{"id":1}],"y":[],"z":[{"id":2}]}}',
      {records: 'a.*'},
      [{id: 1}, {id: 2}],
    ],
    ['a gzip file', gzipSync('{"rows":[{"id":1}]}'), {records: 'rows'}, [{id: 1}]],
    [
      'a gzip file of several parts',
      Buffer.concat([gzipSync('{"id":1}\n'), gzipSync('{"id":2}\n')]),
      {decode: jsonLines()},
      [{id: 1}, {id: 2}],
    ],
    [
      'a zip of CSV files',
      zipOf([
        {name: 'a.csv', content: 'id\n1'},
        {name: 'b.csv', content: 'id\n2'},
      ]),
      {decode: csv()},
      [{id: '1'}, {id: '2'}],
    ],
    [
      'a zip of JSON documents',
      zipOf([
        {name: 'a', content: '{"rows":[{"id":1}]}'},
        {name: 'b', content: '{"rows":[{"id":2}]}'},
      ]),
      {records: 'rows'},
      [{id: 1}, {id: 2}],
    ],
    ['an empty zip', zipOf([]), {}, []],
  ])('have the records of %s', async (_what, body, pageOptions, expected) => {
    expect(await recordsOf(body, pageOptions)).toEqual(expected);
  });

  test('fail if no branch of a wildcard has its list', async () => {
    expect(await recordsOf('{"a":[{"items":[]},{"items":[]}]}', {records: 'a.*.rows'})).toBe(
      'SystemError: GET api/items: "a.*.rows" in the body should be a list of objects, but is undefined. ' +
        "The body has: a. Set `records` to the path of the list. If a missing list is an empty one, set `withoutRecords: 'empty'`.",
    );
  });

  test('fail if a wildcard leads to a value that is not a list', async () => {
    expect(
      await recordsOf('{"a":[{"rows":[{"id":1}]},{"rows":"none"}]}', {records: 'a.*.rows'}),
    ).toBe(
      'SystemError: GET api/items: "a.*.rows" in the body should be a list of objects, but is a string. ' +
        'The body has: a. Set `records` to the path of the list.',
    );
  });
});

describe('a packed file', () => {
  const bomb = 'x'.repeat(1_000_000);

  test.each([
    ['gzip', gzipSync(bomb)],
    ['zip', zipOf([{name: 'a', content: bomb}])],
  ])('as %s fails if its content is larger than `maxBodyBytes`', async (_format, body) => {
    expect(await recordsOf(body, {}, {maxBodyBytes: 10_000})).toBe(
      'SystemError: GET api/items answered with more than 10000 bytes, unpacked. Use `http.download`, request smaller pages, or raise `maxBodyBytes`.',
    );
  });

  test.each([
    [
      'gzip',
      gzipSync('[{"id":1}]').subarray(0, -9),
      "SystemError: GET api/items answered with GZIP that ends in the middle (unexpected end of file). The server sent it as complete: report this to the API's owner.",
    ],
    [
      'zstd',
      zstdCompressSync('[{"id":1}]').subarray(0, -2),
      "SystemError: GET api/items answered with ZSTD that ends in the middle (unexpected end of file). The server sent it as complete: report this to the API's owner.",
    ],
    [
      'zip',
      zipOf([{name: 'a', content: '[]'}]).subarray(0, -9),
      "SystemError: GET api/items answered with ZIP that ends in the middle (the list of its files is missing). The server sent it as complete: report this to the API's owner.",
    ],
  ])('as %s fails if it is truncated', async (_format, body, message) => {
    expect(await recordsOf(body)).toBe(message);
  });

  test('as gzip fails with a transient error if it is damaged', async () => {
    const body = gzipSync('[{"id":1}]');
    body.writeUInt8(body.readUInt8(body.length - 6) ^ 1, body.length - 6);
    expect(await recordsOf(body)).toMatch(
      /^TransientError: GET api\/items answered with a damaged gzip file: (Error: )?incorrect data check\./,
    );
  });

  const members = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
  const [one, two] = [gzipSync('{"id":1}\n'), gzipSync('{"id":2}\n')];
  const [first, second] = [zstdCompressSync('{"id":1}\n'), zstdCompressSync('{"id":2}\n')];
  const skipped = Buffer.from('502a4d1803000000616263', 'hex');
  /** The head of a frame with a window of 256 MiB. */
  const wide = Buffer.from('28b52ffd0090010000', 'hex');

  test.each([
    ['zstd of several frames has their records', members(skipped, first, skipped, second), 2],
    ['zstd that is padded with zeros has its records', members(first, Buffer.alloc(9)), 1],
    [
      'zstd with other bytes after its end fails',
      members(first, Buffer.from('<html>')),
      "TransientError: GET api/items answered with a damaged zstd file: it has other bytes after its end. Try again later; if the error stays, report it to the API's owner.",
    ],
    [
      'zstd with a window that is too large fails',
      wide,
      "SystemError: GET api/items answered with zstd that needs a window of more than 128 MiB. Request a file in another format, or report this to the API's owner.",
    ],
    ['gzip that is padded with zeros has its records', members(one, two, Buffer.alloc(300_000)), 2],
    [
      'gzip with a member after zeros fails',
      members(one, Buffer.alloc(300_000), two),
      "TransientError: GET api/items answered with a damaged gzip file: it has other bytes after its end. Try again later; if the error stays, report it to the API's owner.",
    ],
    [
      'gzip with other bytes after its end fails',
      members(one, Buffer.from('<html>')),
      "TransientError: GET api/items answered with a damaged gzip file: incorrect header check. Try again later; if the error stays, report it to the API's owner.",
    ],
  ])('as %s', async (_what, body, expected) => {
    const origin = await serveBody(body);
    const downloaded = await readAll(origin, {decode: jsonLines()});
    const read = await recordsOf(body, {decode: jsonLines()});
    expect(typeof read === 'string' ? read : read.length).toBe(expected);
    expect(downloaded.failure?.replace('export', 'items') ?? downloaded.records.length).toBe(
      expected,
    );
  });

  test('as zip fails if it is encrypted', async () => {
    expect(await recordsOf(zipOf([{name: 'a.json', content: '[]', encrypted: true}]))).toBe(
      'SystemError: GET api/items: "a.json" in the zip is encrypted and can\'t be read.',
    );
  });
});

describe('a single response', () => {
  test.each([
    ['CSV', 'id\n1\n', csv(), [{id: '1'}]],
    ['XML', '<a><b>1</b></a>', xml(), {a: {b: '1'}}],
    [
      'CSV files in a zip',
      zipOf([
        {name: 'a', content: 'id\n1'},
        {name: 'b', content: 'id\n2'},
      ]),
      csv(),
      [{id: '1'}, {id: '2'}],
    ],
  ])('of %s is decoded', async (_what, body, decode, expected) => {
    const origin = await serve((_request, response) => void response.end(body));
    expect(await withClient(origin, (http) => http.get('/', {decode}))).toEqual(expected);
  });
});

test('a page of lines is fetched again if only its content shows that it was truncated', async () => {
  let requests = 0;
  const origin = await serve(({socket}) => {
    requests += 1;
    socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n');
    socket.end(requests === 1 ? '{"id":1}\n{"id":' : '{"id":1}\n{"id":2}\n');
  });
  expect(await pagesOf(origin, {decode: jsonLines()})).toEqual([
    {records: [{id: 1}, {id: 2}], bytes: 18},
  ]);
});
