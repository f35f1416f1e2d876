import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {readAll} from '../../../test/http/downloading.ts';
import {serve} from '../../../test/http/loopback.ts';
import {fetchOnce, requestTo} from '../../../test/http/transport.ts';
import {jsonLines} from '../decode/json-lines.ts';

const join = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2 */
const skippable = (content: string, number = 0): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50 + number, 0);
  head.writeUInt32LE(content.length, 4);
  return join(head, content);
};

const ONE = '{"id":1}\n';
const TWO = '{"id":2}\n';
const LARGE = `${'{"id":7}\n'.repeat(20_000)}`;

type Headers = Record<string, string | string[]>;

/** Sends a body in pieces, so that frames end inside of them and between them. */
const serveIn = (body: Buffer, size: number, headers: Headers, status = 200) =>
  serve(async (_request, response) => {
    response.writeHead(status, headers);
    for (let from = 0; from < body.length; from += size) {
      response.write(body.subarray(from, from + size));
      await new Promise(setImmediate);
    }
    response.end();
  });

const bodyOf = async (body: Buffer, size: number, headers: Headers): Promise<string> => {
  const origin = await serveIn(body, size, headers);
  try {
    return (await fetchOnce(requestTo(`${origin}/items`))).body.toString();
  } catch (error) {
    return String(error).replaceAll(origin, 'api');
  }
};

const zstd = zstdCompressSync;
const gzip = gzipSync;

describe('a body is whole', () => {
  test.each<[string, string | string[], Buffer, string]>([
    ['zstd of two frames', 'zstd', join(zstd(ONE), zstd(TWO)), ONE + TWO],
    ['zstd of three frames', 'zstd', join(zstd(ONE), zstd(LARGE), zstd(TWO)), ONE + LARGE + TWO],
    ['zstd with an empty frame', 'zstd', join(zstd(''), zstd(TWO)), TWO],
    ['zstd with a skippable frame at its start', 'zstd', join(skippable('x'), zstd(ONE)), ONE],
    [
      'zstd with skippable frames inside and at its end',
      'zstd',
      join(zstd(ONE), skippable(''), zstd(TWO), skippable('abc', 15)),
      ONE + TWO,
    ],
    ['zstd of a skippable frame only', 'zstd', skippable('abc'), ''],
    ['gzip of two members', 'gzip', join(gzip(ONE), gzip(TWO)), ONE + TWO],
    ['gzip of an empty and a large member', 'gzip', join(gzip(''), gzip(LARGE)), LARGE],
    ['gzip that is padded with zeros', 'gzip', join(gzip(ONE), Buffer.alloc(600)), ONE],
    ['x-gzip', 'x-gzip', gzip(ONE), ONE],
    ['an encoding in capitals', 'GZIP', gzip(ONE), ONE],
    ['brotli', 'br', brotliCompressSync(LARGE), LARGE],
    ['deflate', 'deflate', deflateSync(LARGE), LARGE],
    ['deflate with a small window', 'deflate', deflateSync(ONE, {windowBits: 9}), ONE],
    ['raw deflate', 'deflate', deflateRawSync(LARGE), LARGE],
    ['raw deflate without compression', 'deflate', deflateRawSync(ONE, {level: 0}), ONE],
    ['raw deflate of fixed codes', 'deflate', deflateRawSync('{}'), '{}'],
    ['gzip that is declared as deflate', 'deflate', gzip(ONE), ONE],
    ['gzip in zstd', 'gzip, zstd', zstd(gzip(ONE)), ONE],
    ['gzip in gzip', 'gzip,gzip', gzip(gzip(LARGE)), LARGE],
    ['encodings in two header lines', ['deflate', 'br'], brotliCompressSync(deflateSync(ONE)), ONE],
    ['an encoding of nothing', 'identity', Buffer.from(ONE), ONE],
    ['a name that is not an encoding', 'utf-8', Buffer.from(ONE), ONE],
    ['the name of an encoding that is already undone', 'aws-chunked,gzip', gzip(ONE), ONE],
    ['no bytes', 'gzip', Buffer.alloc(0), ''],
  ])('in %s', async (_what, encoding, body, expected) => {
    const headers = {'content-encoding': encoding};
    const sizes = body.length > 1_000 ? [1_000] : [1, 3];
    for (const size of [...sizes, body.length + 1]) {
      const received = await bodyOf(body, size, headers);
      expect(received.length).toBe(expected.length);
      expect(received === expected).toBe(true);
    }
  });
});

describe('a body fails', () => {
  const trailing = (name: string): RegExp =>
    new RegExp(
      `^TransientError: api/items answered with bytes after the end of its ${name} body, so it is not clear where the body ends\\. Try again later; if the error stays, report it to the API's owner\\.$`,
    );
  const cut = /^Error: unexpected end of file$/;

  test.each<[string, string, Buffer, RegExp]>([
    ['zstd cut in its second frame', 'zstd', join(zstd(ONE), zstd(TWO).subarray(0, -3)), cut],
    [
      'zstd cut in a skippable frame',
      'zstd',
      join(zstd(ONE), skippable('abc').subarray(0, -1)),
      cut,
    ],
    [
      'zstd with other bytes at its end',
      'zstd',
      join(zstd(ONE), '<html>'),
      /^Error: Unknown frame descriptor$/,
    ],
    ['gzip cut in its second member', 'gzip', join(gzip(ONE), gzip(TWO).subarray(0, 5)), cut],
    [
      'gzip with other bytes at its end',
      'gzip',
      join(gzip(ONE), '<html>'),
      /^Error: incorrect header check$/,
    ],
    [
      'gzip with bytes after its padding',
      'gzip',
      join(gzip(ONE), Buffer.alloc(9), gzip(TWO)),
      trailing('gzip'),
    ],
    [
      'brotli with a second stream',
      'br',
      join(brotliCompressSync(ONE), brotliCompressSync(TWO)),
      trailing('br'),
    ],
    [
      'deflate with a second stream',
      'deflate',
      join(deflateSync(ONE), deflateSync(TWO)),
      trailing('deflate'),
    ],
    [
      'raw deflate with a second stream',
      'deflate',
      join(deflateRawSync(ONE), deflateRawSync(TWO)),
      trailing('deflate'),
    ],
    ['raw deflate cut in the middle', 'deflate', deflateRawSync(LARGE).subarray(0, -5), cut],
    [
      'zstd with a window of 16 MiB',
      'zstd',
      Buffer.from('28b52ffd0070010000', 'hex'),
      /^SystemError: api\/items answered with zstd that needs a window of more than 8 MiB\. Set the header `accept-encoding: gzip` in `connect`, or report this to the API's owner\.$/,
    ],
    [
      'compress',
      'compress',
      Buffer.from('1f9d90', 'hex'),
      /^SystemError: api\/items answered in the content-encoding "compress", which can't be read here, though the request accepts only gzip, deflate, br and zstd\. Report this to the API's owner\.$/,
    ],
    [
      'six encodings',
      'gzip,gzip,gzip,gzip,gzip,gzip',
      gzip(''),
      /^SystemError: api\/items answered with a body that is compressed 6 times \(content-encoding\), which is more than 5\. Report this to the API's owner\.$/,
    ],
  ])('in %s', async (_what, encoding, body, expected) => {
    const sizes = body.length > 1_000 ? [1_000] : [1, 3];
    for (const size of [...sizes, body.length + 1]) {
      expect(await bodyOf(body, size, {'content-encoding': encoding})).toMatch(expected);
    }
  });

  test('if its connection ended before its first byte', async () => {
    const origin = await serve(({socket}) => {
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n\r\n');
    });
    expect(await failureOf(() => fetchOnce(requestTo(origin)))).toBe(
      'Error: unexpected end of file',
    );
  });
});

test('a refusal in an encoding that cannot be read keeps its status', async () => {
  const origin = await serveIn(Buffer.from('x'), 9, {'content-encoding': 'compress'}, 403);
  expect((await fetchOnce(requestTo(origin))).status).toBe(403);
});

test('a download in zstd of two frames has the records of both', async () => {
  const body = join(zstd(ONE), zstd(LARGE), zstd(TWO));
  const origin = await serveIn(body, 7, {'content-encoding': 'zstd'});
  const {records, failure} = await readAll(origin, {decode: jsonLines()});
  expect([records.length, failure]).toEqual([20_002, undefined]);
});
