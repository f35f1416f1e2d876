import type {ServerResponse} from 'node:http';
import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {serve} from '../../../test/http/loopback.ts';
import {faultOf, fetchOnce, fetchWith, requestTo} from '../../../test/http/transport.ts';
import {isTransientFault, networkCode} from '../response/faults.ts';
import {DEFAULT_TIMEOUTS} from './timeouts.ts';
import {openTransport, type TransportOptions} from './transport.ts';

const redirect = (response: ServerResponse, location: string, status = 302) =>
  response.writeHead(status, {location}).end();

const BODY = JSON.stringify(Array.from({length: 2_000}, (_, id) => ({id, name: `item ${id * 7}`})));

describe('a response', () => {
  test('has its status, its headers by lower-case names, its body and its URL', async () => {
    const origin = await serve((_request, response) => {
      response.sendDate = false;
      response.setHeader('X-Total', '7');
      response.setHeader('Link', ['<a>; rel="prev"', '<b>; rel="next"']);
      response.writeHead(418).end('short and stout');
    });
    const response = await fetchOnce(requestTo(`${origin}/pot?lid=on`));
    expect({...response, body: response.body.toString(), url: response.url.href}).toEqual({
      status: 418,
      headers: {
        'x-total': '7',
        link: '<a>; rel="prev", <b>; rel="next"',
        connection: 'keep-alive',
        'keep-alive': 'timeout=5',
        'transfer-encoding': 'chunked',
      },
      body: 'short and stout',
      url: `${origin}/pot?lid=on`,
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ])('in %s is decompressed', async (encoding, compress) => {
    const accepted: (string | undefined)[] = [];
    const origin = await serve(({headers}, response) => {
      accepted.push(headers['accept-encoding']);
      response.writeHead(200, {'content-encoding': encoding}).end(compress(BODY));
    });
    const {body, headers} = await fetchOnce(requestTo(`${origin}/`));
    expect(body.toString()).toBe(BODY);
    expect(headers['content-encoding']).toBeUndefined();
    expect(accepted).toEqual(['gzip, deflate, br, zstd']);
  });

  test('with an error status is decompressed too', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(403, {'content-encoding': 'gzip'}).end(gzipSync('no'));
    });
    const {status, body} = await fetchOnce(requestTo(`${origin}/`));
    expect([status, body.toString()]).toEqual([403, 'no']);
  });
});

describe('a truncated body', () => {
  const half = (whole: Buffer): Buffer => whole.subarray(0, whole.length / 2);

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ])('inside %s is a transient fault', async (encoding, compress) => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, {'content-encoding': encoding}).end(half(compress(BODY)));
    });
    expect(await faultOf(origin)).toEqual({code: 'Z_BUF_ERROR', transient: true});
  });

  test.each([
    ['gzip', 'Z_DATA_ERROR'],
    ['br', 'ERR__ERROR_FORMAT_PADDING_2'],
    ['zstd', 'ZSTD_error_prefix_unknown'],
  ])('that is not %s at all is a transient fault', async (encoding, code) => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, {'content-encoding': encoding}).end('nonsense nonsense');
    });
    expect(await faultOf(origin)).toEqual({code, transient: true});
  });

  test('before its length is reached is a transient fault', async () => {
    const origin = await serve(({socket}) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1, 2');
    });
    expect(await faultOf(origin)).toEqual({code: 'UND_ERR_SOCKET', transient: true});
  });

  test('between its chunks is a transient fault', async () => {
    const origin = await serve(({socket}) => {
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n');
    });
    expect(await faultOf(origin)).toEqual({code: 'UND_ERR_SOCKET', transient: true});
  });
});

describe('a connection', () => {
  test('that is reset is a transient fault', async () => {
    const origin = await serve(({socket}) => {
      socket.resetAndDestroy();
    });
    expect(await faultOf(origin)).toEqual({code: 'ECONNRESET', transient: true});
  });

  test.each([
    ['starts', 'garbage garbage\r\n'],
    ['continues', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\ngarbage\r\n'],
  ])('that %s with garbage is a transient fault', async (_when, garbage) => {
    const origin = await serve(({socket}) => {
      socket.end(garbage);
    });
    expect(await faultOf(origin)).toMatchObject({transient: true});
  });

  test('that is closed without a response is a transient fault', async () => {
    const origin = await serve(({socket}) => {
      socket.destroy();
    });
    expect(await faultOf(origin)).toEqual({code: 'UND_ERR_SOCKET', transient: true});
  });

  test.each([
    ['bytes that are not HTTP', 'nonsense\r\n\r\n'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz\r\n'],
  ])('that sends %s is a transient fault', async (_what, bytes) => {
    const origin = await serve(({socket}) => void socket.end(bytes));
    expect(await faultOf(origin)).toMatchObject({transient: true});
  });

  test('that is refused is a transient fault', async () => {
    nock.enableNetConnect('127.0.0.1');
    expect(await faultOf('http://127.0.0.1:1/')).toEqual({code: 'ECONNREFUSED', transient: true});
  });

  test('that we closed is not a transient fault', async () => {
    const {send, close} = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal);
    const origin = await serve(() => void close());
    const failure: unknown = await send(requestTo(origin)).catch((error) => error);
    expect([networkCode(failure), isTransientFault(failure)]).toEqual(['UND_ERR_DESTROYED', false]);
  });
});

describe('the largest body', () => {
  const fetchLimited = async (url: string, maxBodyBytes: number) => {
    const transport = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal, {maxBodyBytes});
    try {
      return (await transport.send(requestTo(url))).body.length;
    } finally {
      await transport.close();
    }
  };

  test.each([
    ['plain', (body: string) => Buffer.from(body)],
    ['gzip', (body: string) => gzipSync(body)],
  ])('of %s is read to its end, and one byte more is an error', async (encoding, encode) => {
    const origin = await serve((_request, response) => {
      if (encoding === 'gzip') response.setHeader('content-encoding', encoding);
      response.end(encode(BODY));
    });
    expect(await fetchLimited(`${origin}/items`, BODY.length)).toBe(BODY.length);
    expect(await failureOf(() => fetchLimited(`${origin}/items?key=hush`, BODY.length - 1))).toBe(
      `SystemError: ${origin}/items answered with more than ${BODY.length - 1} bytes (0 MiB), decompressed. ` +
        'Request smaller pages, or raise `maxBodyBytes`.',
    );
  });

  test('ends the connection, and the rest is not fetched', async () => {
    const closed = Promise.withResolvers<void>();
    const origin = await serve((_request, response) => {
      response.on('close', closed.resolve);
      response.write(BODY);
    });
    await expect(fetchLimited(origin, 1_000)).rejects.toThrow('more than 1000 bytes');
    await closed.promise;
  });
});

describe('the largest headers', () => {
  const fetchWithHeader = async (bytes: number, options: TransportOptions) => {
    const origin = await serve((_request, response) => {
      response.setHeader('x-long', 'a'.repeat(bytes)).end('[]');
    });
    const failure = await failureOf(() =>
      fetchWith(options, requestTo(`${origin}/items?key=hush`)),
    );
    return failure.replaceAll(origin, 'api');
  };

  test.each([
    [16_500, {}, 16_384, 16],
    [100_000, {}, 16_384, 16],
    [70_000, {maxHeaderBytes: 65_536}, 65_536, 64],
  ])(
    'with %d bytes in one of them are an error that names the option',
    async (bytes, options, limit, kib) => {
      expect(await fetchWithHeader(bytes, options)).toBe(
        `SystemError: GET api/items answered with headers of more than ${limit} bytes (${kib} KiB). If the API needs that many, raise \`maxHeaderBytes\`.`,
      );
    },
  );

  test('are read up to the limit', async () => {
    const origin = await serve((message, response) => {
      response.setHeader('x-long', 'a'.repeat(Number(message.url?.slice(1)))).end('[]');
    });
    const lengthOf = async (bytes: number, options: TransportOptions) =>
      (await fetchWith(options, requestTo(`${origin}/${bytes}`))).headers['x-long']?.length;
    expect(await lengthOf(16_000, {})).toBe(16_000);
    expect(await lengthOf(100_000, {maxHeaderBytes: 128_000})).toBe(100_000);
  });
});

describe('a host that is not allowed', () => {
  test.each([
    ['a request', (_origin: string, elsewhere: string) => `${elsewhere}/items`],
    ['a redirect', (origin: string) => `${origin}/items`],
  ])('gets no request by %s', async (_way, target) => {
    let received = 0;
    const elsewhere = (
      await serve((_request, response) => {
        received += 1;
        response.end('[]');
      })
    ).replace('127.0.0.1', 'localhost');
    nock.enableNetConnect(/127\.0\.0\.1|localhost/);
    const origin = await serve((_request, response) => redirect(response, `${elsewhere}/items`));
    const transport = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal, {
      allowedHosts: ['127.0.0.1'],
    });
    const failure: unknown = await transport
      .send(requestTo(target(origin, elsewhere)))
      .catch((error) => error);
    await transport.close();
    expect(String(failure)).toBe(
      target(origin, elsewhere).startsWith(origin)
        ? `ConfigError: GET ${origin}/items was redirected to ${elsewhere}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['${new URL(elsewhere).host}']\` for requests without credentials.`
        : `SystemError: ${elsewhere} is not among the hosts that this source may reach (127.0.0.1), so nothing was sent there. If it should be, add it to \`allowedHosts\`.`,
    );
    expect([isTransientFault(failure), received]).toEqual([false, 0]);
  });
});

describe('a time limit', () => {
  test('ends a response that never starts, and one that stops in the middle', async () => {
    const origin = await serve(({url}, response) => {
      if (url === '/stops') response.write('[');
    });
    const limits = {headers: 20, idle: 20};
    expect(
      await Promise.all([faultOf(`${origin}/never`, limits), faultOf(`${origin}/stops`, limits)]),
    ).toEqual([
      {code: 'UND_ERR_HEADERS_TIMEOUT', transient: true},
      {code: 'UND_ERR_BODY_TIMEOUT', transient: true},
    ]);
  });

  test('for the whole exchange ends a response that trickles forever', async () => {
    const origin = await serve((_request, response) => {
      const trickle = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(trickle));
    });
    expect(await faultOf(origin, {total: 50})).toEqual({
      code: 'TimeoutError: The operation was aborted due to timeout',
      transient: true,
    });
  });
});

describe('an abort', () => {
  const stopped = new RangeError('Stopped by SIGTERM.');

  test.each([
    ['before the headers', () => {}],
    ['within the body', (response: ServerResponse) => void response.write('[')],
  ])("of the run ends a request %s with the signal's reason", async (_when, begin) => {
    const stop = new AbortController();
    const origin = await serve((_request, response) => {
      begin(response);
      setImmediate(() => stop.abort(stopped));
    });
    await expect(fetchOnce(requestTo(origin), {}, stop.signal)).rejects.toBe(stopped);
  });

  test('before the request prevents it from being sent', async () => {
    let received = 0;
    const origin = await serve(() => {
      received += 1;
    });
    await expect(fetchOnce(requestTo(origin), {}, AbortSignal.abort(stopped))).rejects.toBe(
      stopped,
    );
    expect(received).toBe(0);
  });
});
