import {once} from 'node:events';
import {createServer, request as forward} from 'node:http';
import {createServer as createSecureServer, type ServerOptions} from 'node:https';
import {connect, createServer as createTcpServer, type Server, type Socket} from 'node:net';
import type {TLSSocket} from 'node:tls';
import {afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {type Certificates, hasOpenssl, makeCertificates} from '../../../test/http/certificates.ts';
import {serve} from '../../../test/http/loopback.ts';
import {requestTo} from '../../../test/http/transport.ts';
import {networkCode} from '../response/faults.ts';
import {DEFAULT_TIMEOUTS} from './timeouts.ts';
import {openTransport, type TransportOptions} from './transport.ts';

const fetchText = async (url: string, options: TransportOptions = {}): Promise<string> => {
  const transport = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal, options);
  try {
    const {body} = await transport.send(requestTo(url));
    return body.toString();
  } finally {
    await transport.close();
  }
};

const open: Server[] = [];
const sockets: Socket[] = [];
const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

afterEach(async () => {
  for (const variable of variables) delete process.env[variable];
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

/** Listens on a free port, and returns it. */
const listen = async (server: Server): Promise<number> => {
  nock.enableNetConnect(/^(127\.0\.0\.1|api\.test)/);
  server.on('connection', (socket) => sockets.push(socket));
  open.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
};

/** A proxy for http and https that records its requests. It sends all of them to this machine. */
const startProxy = async () => {
  const requests: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const {'proxy-authorization': credentials} = incoming.headers;
    requests.push(`${incoming.method} ${incoming.url}${credentials ? ` ${credentials}` : ''}`);
    const {port, pathname} = new URL(incoming.url ?? '');
    forward({port, path: pathname, host: '127.0.0.1', agent: false}, (response) => {
      response.pipe(outgoing);
    }).end();
  });
  proxy.on('connect', ({url = ''}, socket) => {
    requests.push(`CONNECT ${url.replace(/\d+$/, 'PORT')}`);
    const upstream = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
  });
  return {requests, url: `http://127.0.0.1:${await listen(proxy)}`};
};

describe('a proxy in the environment', () => {
  test('is used for http', async () => {
    const origin = await serve((_request, response) => response.end('through'));
    const {requests, url} = await startProxy();
    process.env['HTTP_PROXY'] = url;
    const target = `${origin.replace('127.0.0.1', 'api.test')}/items`;
    expect([await fetchText(target), requests]).toEqual(['through', [`GET ${target}`]]);
  });

  test.each([
    ['without a scheme', 'HTTP_PROXY', (host: string) => host],
    ['with a slash', 'HTTP_PROXY', (host: string) => `http://${host}/`],
    ['for all schemes', 'ALL_PROXY', (host: string) => host],
  ])('is used %s', async (_how, variable, spell) => {
    const origin = await serve((_request, response) => response.end('through'));
    const {requests, url} = await startProxy();
    process.env[variable] = spell(new URL(url).host);
    const target = `${origin.replace('127.0.0.1', 'api.test')}/items`;
    expect([await fetchText(target), requests]).toEqual(['through', [`GET ${target}`]]);
  });

  test('is not used for the hosts of NO_PROXY', async () => {
    const origin = await serve((_request, response) => response.end('straight'));
    const {requests, url} = await startProxy();
    process.env['HTTP_PROXY'] = url;
    process.env['NO_PROXY'] = 'other.test,127.0.0.1';
    expect([await fetchText(origin), requests]).toEqual(['straight', []]);
  });
});

describe('a proxy in the config', () => {
  test('is used instead of the one in the environment, with its user and password', async () => {
    const origin = await serve((_request, response) => response.end('through'));
    const {requests, url} = await startProxy();
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
    const target = `${origin.replace('127.0.0.1', 'api.test')}/items`;
    const proxy = {url: url.replace('//', '//tap:p%40ss@')};
    const credentials = `Basic ${Buffer.from('tap:p@ss').toString('base64')}`;
    expect([await fetchText(target, {proxy}), requests]).toEqual([
      'through',
      [`GET ${target} ${credentials}`],
    ]);
  });

  test('is not used for the hosts in `except`', async () => {
    const origin = await serve((_request, response) => response.end('straight'));
    const {requests, url} = await startProxy();
    const proxy = {url, except: 'other.test,127.0.0.1'};
    expect([await fetchText(origin, {proxy}), requests]).toEqual(['straight', []]);
  });
});

describe('a proxy that fails', () => {
  const PASSWORD = 'p@ss-w0rd';

  /** A proxy that handles each connection in this way. The errors of a client that uses it, with the port replaced. */
  const failureThrough = async (
    target: string,
    play: ((socket: Socket, head: string) => void) | undefined,
    userInfo = '',
  ): Promise<string> => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (head) => play?.(socket, String(head)));
    });
    const port = await listen(server);
    if (play === undefined) await new Promise((resolve) => open.pop()?.close(resolve));
    const proxy = {url: `${userInfo}127.0.0.1:${port}`};
    const failure = await failureOf(() =>
      withAuth({baseUrl: target, proxy, retry: {attempts: 2}}, (http) => http.get('/items')),
    );
    expect(failure).not.toContain(encodeURIComponent(PASSWORD));
    expect(failure).not.toContain(PASSWORD);
    return failure.replaceAll(String(port), 'PORT');
  };
  const responds = (text: string) => (socket: Socket) =>
    void socket.end(`HTTP/1.1 ${text}\r\n\r\n`);
  const NAME = 'the proxy http://127.0.0.1:PORT (config)';
  const ADVICE =
    'Check that the proxy can be reached from here, and api.test from there; if it can, try again later.';
  const failed = (method: string, fault: string): string =>
    `TransientError: GET ${method}://api.test/items failed 2 times, the last time with ${fault} through ${NAME}. ${ADVICE}`;
  const USER = `tap:${encodeURIComponent(PASSWORD)}@`;

  test.each([
    ['is down, for http', 'http', undefined, '', failed('http', 'ECONNREFUSED')],
    ['is down, for https', 'https', undefined, USER, failed('https', 'ECONNREFUSED')],
    [
      'closes the connection',
      'https',
      (socket: Socket) => void socket.destroy(),
      '',
      failed('https', 'UND_ERR_PRX_CONN'),
    ],
    [
      'responds to CONNECT with 502',
      'https',
      responds('502 Bad Gateway'),
      USER,
      failed('https', 'PROXY_STATUS_502'),
    ],
    [
      'responds to CONNECT with 403',
      'https',
      responds('403 Forbidden'),
      USER,
      'ConfigError: The proxy http://127.0.0.1:PORT (config) refused to connect to api.test with status 403. Ask its owner to allow that host, or set NO_PROXY or another proxy.',
    ],
    [
      'responds to CONNECT with 407',
      'https',
      responds('407 Proxy Authentication Required'),
      '',
      'ConfigError: The proxy http://127.0.0.1:PORT (config) refused to connect to api.test with status 407. It requires a user and a password: put them into its URL, http://user:password@127.0.0.1:PORT.',
    ],
    [
      'does not accept the password for https',
      'https',
      responds('407 Proxy Authentication Required'),
      USER,
      'ConfigError: The proxy http://127.0.0.1:PORT (config) refused to connect to api.test with status 407. It does not accept the user and the password in its URL: check them.',
    ],
    [
      'does not accept the password for http',
      'http',
      responds('407 Proxy Authentication Required'),
      USER,
      'ConfigError: The proxy http://127.0.0.1:PORT (config) refused to connect to api.test with status 407. It does not accept the user and the password in its URL: check them.',
    ],
    [
      'responds with 502 for http',
      'http',
      responds('502 Bad Gateway\r\ncontent-length: 3\r\n\r\nno!'),
      USER,
      `TransientError: GET http://api.test/items answered 502 through ${NAME}: no!. All 2 attempts failed: try again later.`,
    ],
  ])('is named, and not the API: it %s', async (_how, scheme, play, userInfo, expected) => {
    expect(await failureThrough(`${scheme}://api.test`, play, userInfo)).toBe(expected);
  });
});

(hasOpenssl ? describe : describe.skip)('certificates', () => {
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates();
  });

  /** Responds with the name in the client certificate. */
  const serveSecurely = async (options: ServerOptions = {}): Promise<number> => {
    const server = createSecureServer({...made.server, ...options}, ({socket}, response) => {
      const {subject} = (socket as TLSSocket).getPeerCertificate();
      response.end(`Hello ${subject?.CN ?? 'stranger'}`);
    });
    return listen(server);
  };

  test('of a private authority are trusted if the config has it', async () => {
    const port = await serveSecurely();
    expect(await fetchText(`https://127.0.0.1:${port}/`, {tls: {ca: made.ca}})).toBe(
      'Hello stranger',
    );
  });

  test('of an unknown authority are refused', async () => {
    const port = await serveSecurely();
    const failure: unknown = await fetchText(`https://127.0.0.1:${port}/`).catch((error) => error);
    expect(networkCode(failure)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('of the client are sent to a server that requests them', async () => {
    const port = await serveSecurely({requestCert: true, ca: made.ca});
    const tls = {ca: made.ca, ...made.client};
    expect(await fetchText(`https://127.0.0.1:${port}/`, {tls})).toBe('Hello tap');
  });

  test('of the client are required by a server that insists on them', async () => {
    const port = await serveSecurely({requestCert: true, rejectUnauthorized: true, ca: made.ca});
    const failure = await failureOf(() =>
      fetchText(`https://127.0.0.1:${port}/`, {tls: {ca: made.ca}}),
    );
    expect(failure).toMatch(/certificate required|ECONNRESET|other side closed/);
  });

  test('work through a proxy too', async () => {
    const port = await serveSecurely({requestCert: true, ca: made.ca});
    const {requests, url} = await startProxy();
    process.env['HTTPS_PROXY'] = url;
    const tls = {ca: made.ca, ...made.client};
    expect(await fetchText(`https://api.test:${port}/`, {tls})).toBe('Hello tap');
    expect(requests).toEqual(['CONNECT api.test:PORT']);
  });
});
