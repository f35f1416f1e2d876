import {once} from 'node:events';
import {createServer, request as forward} from 'node:http';
import {createServer as createSecureServer, type ServerOptions} from 'node:https';
import {connect, type Server, type Socket} from 'node:net';
import type {TLSSocket} from 'node:tls';
import {afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {type Certificates, hasOpenssl, makeCertificates} from '../../../test/http/certificates.ts';
import {serve} from '../../../test/http/loopback.ts';
import {requestTo} from '../../../test/http/transport.ts';
import {networkCode} from '../response/faults.ts';
import {secretsOf} from './agent.ts';
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
const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

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

  test('must be a URL', async () => {
    expect(
      await failureOf(() => fetchText('http://127.0.0.1:1', {proxy: {url: 'proxy:3128'}})),
    ).toBe(
      'ConfigError: The proxy in the config is not a URL: it should look like http://proxy.example.com:3128.',
    );
  });

  test('has a password that counts as a secret', () => {
    expect([
      secretsOf({url: 'http://tap:p%40ss@proxy.test:3128'}),
      secretsOf({url: 'http://proxy.test:3128'}),
      secretsOf(undefined),
    ]).toEqual([['p%40ss', 'p@ss'], [], []]);
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
