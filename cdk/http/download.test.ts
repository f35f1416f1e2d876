import {brotliCompressSync, constants, deflateRawSync, gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {readAll, serveBody, serveRaw} from '../../test/http/downloading.ts';
import {serve} from '../../test/http/loopback.ts';
import {zipOf} from '../../test/http/zip.ts';
import {csv} from './decode/csv.ts';
import {jsonLines} from './decode/json-lines.ts';
import {xml} from './decode/xml.ts';

const ITEMS = Array.from({length: 2_500}, (_none, id) => ({id}));

describe('a download', () => {
  test('yields its records in batches of a thousand', async () => {
    const {batches, failure} = await readAll(await serveBody(JSON.stringify(ITEMS)));
    expect([batches.map(({length}) => length), failure]).toEqual([[1_000, 1_000, 500], undefined]);
    expect(batches.flat()).toEqual(ITEMS);
  });

  test('yields large records in batches of a mebibyte', async () => {
    const large = Array.from({length: 25}, (_none, id) => ({id, text: 'x'.repeat(100_000)}));
    const {batches} = await readAll(await serveBody(JSON.stringify(large)));
    expect(batches.map(({length}) => length)).toEqual([11, 11, 3]);
    expect(batches.flat()).toEqual(large);
  });

  test.each([
    ['an empty list', '[]', {}],
    ['an empty list at a path', '{"data":{"rows":[]}}', {records: 'data.rows'}],
    ['a CSV with a header only', 'id\n', {decode: csv()}],
    ['no lines', '', {decode: jsonLines()}],
    ['an empty zip', zipOf([]), {}],
  ])('of %s has no records', async (_what, body, options) => {
    const {batches, failure} = await readAll(await serveBody(body), options);
    expect([batches, failure]).toEqual([[], undefined]);
  });

  test('requests the format that it decodes, and logs its size', async () => {
    const accepted: unknown[] = [];
    const origin = await serve(({headers}, response) => {
      accepted.push(headers.accept);
      response.end('id\n1\n');
    });
    const {logged} = await readAll(origin, {decode: csv()});
    expect([accepted, logged]).toEqual([
      ['text/csv, */*;q=0.1'],
      ['GET api/export 200 0 ms 5 bytes'],
    ]);
  });

  test('finds the records by a path with wildcards', async () => {
    const body = '{"groups":[{"items":[{"id":1}]},{"items":[]},{"items":[{"id":2}]}]}';
    const {records} = await readAll(await serveBody(body), {records: 'groups.*.items'});
    expect(records).toEqual([{id: 1}, {id: 2}]);
  });

  test.each([
    ['JSON in gzip', gzipSync('{"rows":[{"id":"1"}]}'), {records: 'rows'}],
    [
      'XML in gzip',
      gzipSync('<rows><row><id>1</id></row></rows>'),
      {records: 'rows.row', decode: xml()},
    ],
    ['JSON Lines in zip', zipOf([{name: 'a.jsonl', content: '{"id":"1"}'}]), {decode: jsonLines()}],
  ])('unpacks %s', async (_what, body, options) => {
    const {records, failure} = await readAll(await serveBody(body), options);
    expect([records, failure]).toEqual([[{id: '1'}], undefined]);
  });

  test('reads the files of a zip one after another, each CSV with its own header', async () => {
    const body = zipOf([
      {name: 'data/', content: ''},
      {name: 'data/1.csv', content: 'id,name\n1,a\n'},
      {name: '__MACOSX/data/1.csv', content: 'x'},
      {name: 'data/2.csv', content: 'name,id\nb,2\n'},
    ]);
    const {records, failure} = await readAll(await serveBody(body), {decode: csv()});
    expect([records, failure]).toEqual([
      [
        {id: '1', name: 'a'},
        {id: '2', name: 'b'},
      ],
      undefined,
    ]);
  });

  test('names the file of a zip that has a fault', async () => {
    const body = zipOf([
      {name: '1.csv', content: 'id\n1\n'},
      {name: '2.csv', content: 'id\n1,2\n'},
    ]);
    const {failure} = await readAll(await serveBody(body), {decode: csv()});
    expect(failure).toMatch(
      /^SystemError: GET api\/export, file "2.csv": line 2 of the CSV has 2 fields/,
    );
  });

  test('without a list at the path is an error that lists the fields of the body', async () => {
    const {failure} = await readAll(await serveBody('{"items":[],"next":null}'), {records: 'rows'});
    expect(failure).toBe(
      'SystemError: GET api/export: "rows" in the body should be a list of objects, but is undefined. ' +
        "The body has: items, next. Set `records` to the path of the list. If a missing list is an empty one, set `withoutRecords: 'empty'`.",
    );
  });

  test('with a malformed record is an error with the number of the record', async () => {
    const {failure} = await readAll(await serveBody('[{"id":1},{"id":}]'));
    expect(failure).toMatch(
      /^SystemError: GET api\/export answered with something that is not JSON in record 2: Unexpected token/,
    );
  });
});

describe('a download that unpacks to more than `maxDownloadBytes`', () => {
  const lines = '{"id":1}\n'.repeat(100_000);
  const blank = '\n'.repeat(1_000_000);

  test.each([
    ['gzip', gzipSync(lines)],
    ['gzip of blank lines', gzipSync(blank)],
    ['gzip of many members', Buffer.concat(Array(100).fill(gzipSync(lines.slice(0, 9_000))))],
    ['zip', zipOf([{name: 'a', content: lines}])],
    [
      'zip of many files',
      zipOf(
        Array.from({length: 9}, (_none, n) => ({name: `${n}`, content: lines.slice(0, 90_000)})),
      ),
    ],
  ])('in %s is an error', async (_format, body) => {
    const {failure} = await readAll(
      await serveBody(body),
      {decode: jsonLines()},
      {maxDownloadBytes: 500_000},
    );
    expect(failure).toBe(
      'SystemError: GET api/export answered with more than 500000 bytes, unpacked. Request a smaller part, or raise `maxDownloadBytes`.',
    );
    const whole = await readAll(
      await serveBody(body),
      {decode: jsonLines()},
      {maxDownloadBytes: 2_000_000},
    );
    expect(whole.failure).toBe(undefined);
  });

  test.each([
    ['gzip', gzipSync(lines)],
    ['br', brotliCompressSync(lines)],
    ['zstd', zstdCompressSync(lines)],
    ['deflate', deflateRawSync(lines)],
  ])('as content-encoding %s is an error', async (encoding, body) => {
    const origin = await serveBody(body, {'content-encoding': encoding});
    const {failure} = await readAll(origin, {decode: jsonLines()}, {maxDownloadBytes: 500_000});
    expect(failure).toMatch(/answered with more than 500000 bytes \(0 MiB\), decompressed\./);
  });
});

describe('a download of a few bytes that unpack without end', () => {
  const many = Buffer.alloc(65 * 1024 ** 2, `${' '.repeat(999)}\n`);
  const packed = gzipSync(many);
  const expected = (where: string, how: string): string =>
    `SystemError: ${where} answered with more than 67108864 bytes${how}. That is over 200 times what was sent, so it may have no end. If it is right, set \`maxDownloadBytes\`.`;

  test.each<[string, Buffer, Record<string, string>, string]>([
    ['in gzip', packed, {}, expected('GET api/export', ', unpacked')],
    ['in zip', zipOf([{name: 'a', content: many}]), {}, expected('GET api/export', ', unpacked')],
    [
      'as content-encoding gzip',
      packed,
      {'content-encoding': 'gzip'},
      expected('api/export', ' (64 MiB), decompressed'),
    ],
    [
      'as content-encoding br',
      brotliCompressSync(many, {params: {[constants.BROTLI_PARAM_QUALITY]: 1}}),
      {'content-encoding': 'br'},
      expected('api/export', ' (64 MiB), decompressed'),
    ],
    [
      'as content-encoding zstd',
      zstdCompressSync(many),
      {'content-encoding': 'zstd'},
      expected('api/export', ' (64 MiB), decompressed'),
    ],
    [
      'in gzip as content-encoding gzip',
      gzipSync(packed),
      {'content-encoding': 'gzip'},
      expected('GET api/export', ', unpacked'),
    ],
  ])('%s is an error', async (_how, body, headers, failure) => {
    const outcome = await readAll(await serveBody(body, headers), {decode: jsonLines()});
    expect(outcome.failure).toBe(failure);
  });
});

describe('a truncated download', () => {
  const WHOLE = JSON.stringify(ITEMS);

  test.each([
    ['JSON', WHOLE.slice(0, -20), WHOLE, {}, 'JSON_TRUNCATED'],
    [
      'JSON Lines',
      '{"id":1}\n{"id":2}\n{"i',
      '{"id":1}\n',
      {decode: jsonLines()},
      'JSON_TRUNCATED',
    ],
    ['CSV', 'id\n1\n"2', 'id\n1\n', {decode: csv()}, 'CSV_TRUNCATED'],
    [
      'XML',
      '<r><e><id>1</id></e><e>',
      '<r><e><id>1</id></e></r>',
      {decode: xml(), records: 'r.e'},
      'XML_TRUNCATED',
    ],
    ['gzip', gzipSync(WHOLE).subarray(0, -100), gzipSync(WHOLE), {}, 'GZIP_TRUNCATED'],
    [
      'zip',
      zipOf([{name: 'a', content: WHOLE}]).subarray(0, -100),
      zipOf([{name: 'a', content: WHOLE}]),
      {},
      'ZIP_TRUNCATED',
    ],
  ])(
    'inside its %s is fetched again, and yields all records once',
    async (_what, cut, whole, options, code) => {
      const expected = await readAll(await serveBody(whole), options);
      const {records, logged, failure} = await readAll(await serveRaw(cut, whole), options);
      expect([records, failure]).toEqual([expected.records, undefined]);
      expect(records.length).toBeGreaterThan(0);
      expect(logged[1]).toBe(`GET api/export: ${code}; attempt 2 of 6 in 0.5 s.`);
    },
  );

  test.each([
    ['before its length is reached', 'content-length: 100\r\n\r\n[{"id":7},{"id":8}'],
    ['between its chunks', 'transfer-encoding: chunked\r\n\r\n12\r\n[{"id":7},{"id":8}\r\n'],
  ])('%s is fetched again, and nothing of the first attempt remains', async (_when, cut) => {
    let responses = 0;
    const origin = await serve(({socket}, response) => {
      responses += 1;
      if (responses === 1) socket.end(`HTTP/1.1 200 OK\r\n${cut}`);
      else response.end('[{"id":1}]');
    });
    const {records, failure} = await readAll(origin);
    expect([records, failure, responses]).toEqual([[{id: 1}], undefined, 2]);
  });

  test('is a TransientError if each attempt is truncated', async () => {
    const {batches, failure} = await readAll(await serveRaw('[{"id":1},'));
    expect([batches, failure]).toEqual([
      [],
      'TransientError: GET api/export failed 6 times, the last time with JSON_TRUNCATED. ' +
        'Check that 127.0.0.1:' +
        /\d+/.exec(failure?.split('127.0.0.1:')[1] ?? '')?.[0] +
        ' can be reached from here; if it can, try again later.',
    ]);
  });

  test('that the server declared complete is an error, and not fetched again', async () => {
    const {failure, logged} = await readAll(await serveBody('[{"id":1},'));
    expect(failure).toBe(
      "SystemError: GET api/export answered with JSON that ends in the middle (after 10 bytes). The server sent it as complete: report this to the API's owner.",
    );
    expect(logged).toHaveLength(1);
  });

  const zipped = zipOf([{name: 'a', content: WHOLE}]);

  test.each([
    ['whose content was damaged', 200, /damaged zip file: /],
    [
      'whose checksum differs',
      zipped.indexOf('PK\x01\x02') + 16,
      /zip file: its checksum differs\./,
    ],
  ])('inside a file of a zip %s is a transient error', async (_what, offset, expected) => {
    const body = Buffer.from(zipped);
    body.writeUInt8(body.readUInt8(offset) ^ 0xff, offset);
    const {failure} = await readAll(await serveBody(body));
    expect(failure).toMatch(
      /^TransientError: GET api\/export, file "a" answered with a damaged zip file: /,
    );
    expect(failure).toMatch(expected);
  });
});

describe('a refused download', () => {
  const status = (code: number, body = '') =>
    serve((_request, response) => void response.writeHead(code).end(body));

  test('is an error with the message of the server', async () => {
    const {failure} = await readAll(await status(403, '{"message":"No."}'));
    expect(failure).toMatch(/^ConfigError: GET api\/export answered 403: No\. /);
  });

  test('is retried if the failure is transient', async () => {
    let responses = 0;
    const origin = await serve((_request, response) => {
      responses += 1;
      if (responses === 1) response.writeHead(503).end('[{"id":7}]');
      else response.end('[{"id":1}]');
    });
    expect((await readAll(origin)).records).toEqual([{id: 1}]);
  });

  test('has no records if its status is in `emptyOn`', async () => {
    const {batches, failure} = await readAll(await status(404), {emptyOn: [404]});
    expect([batches, failure]).toEqual([[], undefined]);
  });
});
