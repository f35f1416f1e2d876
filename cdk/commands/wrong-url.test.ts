// A wrong URL in the config makes a check FAILED; an API that is down makes it end with an error.
import {once} from 'node:events';
import {createServer, type RequestListener} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {type Certificates, hasOpenssl, makeCertificates} from '../../test/http/certificates.ts';
import {CRM, failing, outcomeOf, STRING, sourceWith} from '../../test/http/checking.ts';
import {bearer} from '../http/auth/bearer.ts';
import {oauth2} from '../http/auth/oauth2.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

const listen = async (server: Server, host = '127.0.0.1'): Promise<string> => {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  server.listen(0, host);
  servers.push(server);
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeEach(() => nock.enableNetConnect(/^(127\.|localhost)/));

afterEach(async () => {
  nock.disableNetConnect();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

const serve = async (handle: RequestListener) => `http://${await listen(createServer(handle))}`;

const respond = (status: number, body: string, headers = {}) =>
  serve((_request, response) => response.writeHead(status, headers).end(body));

const page = (title: string): string => `<!doctype html><html><title>${title}</title></html>`;

/** A port that nothing listens at. */
const freePort = async (): Promise<string> => {
  const address = await listen(createTcpServer());
  const server = servers.pop();
  server?.close();
  if (server) await once(server, 'close');
  return address;
};

const at = (api_url: string) => outcomeOf({api_url});

const CHECK = 'Check "api_url" in the config.';
const NOTHING = `The API has nothing at this address, or something else responds there. ${CHECK}`;
const loopback = (host: string): string =>
  `${host} is the machine or container that the source itself runs in. From a container, the machine around it is host.docker.internal.`;

describe('a check is FAILED if at the URL in the config', () => {
  afterEach(() => nock.cleanAll());

  test('nothing listens', async () => {
    const address = await freePort();
    expect(await at(`http://${address}`)).toBe(
      `FAILED GET http://${address}/me failed with ECONNREFUSED. Nothing listens at ${address}: the host or the port is wrong, or the server is not running. ${loopback('127.0.0.1')} ${CHECK}`,
    );
  });

  test('the name has several addresses, and nothing listens at any', async () => {
    const errors = ['127.0.0.1', '::1'].map((address) =>
      Object.assign(new Error(), {code: 'ECONNREFUSED', address, port: 8080}),
    );
    failing('http://localhost:8080', 'ECONNREFUSED', {errors});
    expect(await at('http://localhost:8080')).toBe(
      `FAILED GET http://localhost:8080/me failed with ECONNREFUSED at 127.0.0.1:8080 and [::1]:8080. Nothing listens at localhost:8080: the host or the port is wrong, or the server is not running. ${loopback('localhost')} ${CHECK}`,
    );
  });

  const fault = (...parts: readonly [string, string, object, string, string]) => parts;
  const NETWORK: readonly (readonly [string, string, object, string, string])[] = [
    [
      'the host does not exist',
      'ENOTFOUND',
      {hostname: 'crm.test'},
      '',
      'There is no host crm.test.',
    ],
    [
      'the host has no port that is used',
      'EADDRNOTAVAIL',
      {address: '10.0.0.1', port: 80},
      ' at 10.0.0.1:80',
      'Nothing listens at crm.test: the host or the port is wrong, or the server is not running.',
    ],
    ...['EHOSTUNREACH', 'ENETUNREACH'].map((code) =>
      fault(
        'the host is in no network that can be reached',
        code,
        {address: '2001:db8::1', port: 80},
        ' at [2001:db8::1]:80',
        'No network leads from here to crm.test: the host is wrong, or in a network or of an IP version that this machine has no access to.',
      ),
    ),
    ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'].map((code) =>
      fault(
        'no connection is accepted',
        code,
        {},
        '',
        'crm.test did not accept a connection in time: the host or the port is wrong, or a firewall is in the way.',
      ),
    ),
    ...['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT'].map((code) =>
      fault(
        'another protocol is spoken',
        code,
        {},
        '',
        'What listens at crm.test does not speak HTTP, or only closes connections. It may want https:// instead of http://.',
      ),
    ),
  ];
  test.each(NETWORK)('%s (%s)', async (_what, code, more, where, reason) => {
    failing('http://crm.test', code, more);
    expect(await at('http://crm.test')).toBe(
      `FAILED GET http://crm.test/me failed with ${code}${where}. ${reason} ${CHECK}`,
    );
  });

  test.each([
    [
      'greets first',
      (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.0\r\n'),
      'a response that is not HTTP',
    ],
    [
      'closes connections',
      (socket: Socket) => socket.once('data', () => socket.end()),
      'UND_ERR_SOCKET',
    ],
  ])('a server of another protocol %s', async (_what, greet, fault) => {
    const address = await listen(createTcpServer(greet));
    expect(await at(`http://${address}`)).toBe(
      `FAILED GET http://${address}/me failed with ${fault}. What listens at ${address} does not speak HTTP, or only closes connections. It may want https:// instead of http://. ${CHECK}`,
    );
  });

  test('plain HTTP is spoken instead of TLS', async () => {
    const url = (await respond(200, '{}')).replace('http:', 'https:');
    expect(await at(url)).toBe(
      `FAILED GET ${url}/me failed: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER). No secure connection could be made: what listens at ${new URL(url).host} does not speak TLS. Check the host and the port of the URL in the config, or set http:// if it is meant to be plain HTTP.`,
    );
  });

  test('a redirect leads back to itself', async () => {
    const url = await serve((request, response) => {
      response.writeHead(302, {location: request.url ?? ''}).end();
    });
    expect(await at(url)).toMatch(
      /^FAILED GET .*\/me failed with REDIRECT_LOOP. .* redirects without end. Check "api_url" in the config.$/,
    );
  });

  test.each([
    ['something else responds', 404, '{"message": "no route matched"}', ': no route matched'],
    ['something else responds', 404, page('404 Not Found'), ' with the web page "404 Not Found"'],
    ['something else responds', 404, '', ''],
    ['something else responds', 405, '', ''],
    ['something else responds', 410, '', ''],
    ['something else responds', 501, '', ''],
    [
      'nginx wants TLS',
      400,
      page('400 The plain HTTP request was sent to HTTPS port'),
      ' with the web page "400 The plain HTTP request was sent to HTTPS port"',
    ],
    [
      'Go wants TLS',
      400,
      'Client sent an HTTP request to an HTTPS server.\n',
      ': Client sent an HTTP request to an HTTPS server',
    ],
    ['an API gateway has other paths', 422, page('Unknown'), ' with the web page "Unknown"'],
  ])('%s, with status %d (%#)', async (_what, status, body, found) => {
    const url = `${await respond(status, body)}/api/v9`;
    expect(await at(url)).toBe(`FAILED GET ${url}/me answered ${status}${found}. ${NOTHING}`);
  });

  test('a redirect has no target', async () => {
    const url = await respond(302, '');
    expect(await at(url)).toBe(`FAILED GET ${url}/me answered 302. ${CHECK}`);
  });

  test('a redirect leads to another host, which gets no request', async () => {
    const other = await respond(404, '');
    const url = await serve((_request, response) => {
      response.writeHead(302, {location: `${other}/me`}).end();
    });
    const source = sourceWith(({api_url = ''}) => ({
      baseUrl: api_url,
      auth: bearer('kept-safe-03'),
    }));
    expect(await outcomeOf({api_url: url}, source)).toBe(
      `FAILED GET ${url}/me was redirected to ${other}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['${new URL(other).host}']\` for requests without credentials.`,
    );
  });

  test('a redirect leads to a listed host, which gets no credentials', async () => {
    const other = await respond(404, '');
    const url = await serve((_request, response) => {
      response.writeHead(302, {location: `${other}/me`}).end();
    });
    const source = sourceWith(({api_url = ''}) => ({
      baseUrl: api_url,
      auth: bearer('kept-safe-03'),
      allowedHosts: ['127.0.0.1'],
    }));
    expect(await outcomeOf({api_url: url}, source)).toBe(
      `FAILED GET ${url}/me (redirected to ${other}/me) answered 404. No credentials were sent to ${other}, because they are for ${url} only. If the API has moved, set its new URL in the config.`,
    );
  });

  test('a web page refuses permission', async () => {
    const url = await respond(403, page('403 Forbidden'));
    expect(await at(url)).toBe(
      `FAILED GET ${url}/me answered 403 with the web page "403 Forbidden". If "api_url" in the config is right, grant the credentials the missing permission.`,
    );
  });

  test('there is a web page of another product', async () => {
    const url = await respond(200, page('Welcome to nginx!'), {'content-type': 'text/html'});
    expect(await at(url)).toBe(
      `FAILED GET ${url}/me answered 200 with the web page "Welcome to nginx!", so something else than the API responds there, or it wants a login. ${CHECK}`,
    );
  });

  test('a redirect leads to a login page', async () => {
    const url = await serve(({url: path}, response) => {
      if (path === '/login') response.end(page('Sign in'));
      else response.writeHead(302, {location: '/login'}).end();
    });
    expect(await at(url)).toBe(
      `FAILED GET ${url}/me (redirected to ${url}/login) answered 200 with the web page "Sign in", so something else than the API responds there, or it wants a login. ${CHECK}`,
    );
  });

  test.each([
    [
      'text',
      'OK',
      "answered with something that is not JSON (content-type not given, 2 bytes). Is the URL in the config the API's own?",
    ],
    [
      'XML',
      '<?xml version="1.0"?><a/>',
      "answered with XML instead of JSON (content-type not given). It may be an error of the API. Check `decode`, and that the URL in the config is the API's own.",
    ],
  ])('there is %s instead of JSON', async (_what, body, message) => {
    const url = await respond(200, body);
    expect(await at(url)).toBe(
      `FAILED GET ${url}/me ${message} The URL comes from "api_url" in the config.`,
    );
  });

  test('a login gets a web page, or finds nothing', async () => {
    const properties = {api_url: STRING, client_id: STRING, client_secret: STRING};
    const source = sourceWith(
      ({api_url = '', client_id = '', client_secret = ''}) => ({
        baseUrl: api_url,
        auth: oauth2({
          tokenUrl: `${api_url}/oauth/token`,
          grant: 'client_credentials',
          client: {id: client_id, secret: client_secret},
        }),
      }),
      {properties},
    );
    for (const [status, rest] of [
      [200, 'so something else than the API responds there, or it wants a login'],
      [404, 'The API has nothing at this address, or something else responds there'],
    ] as const) {
      const api_url = await respond(status, page('Odoo'));
      expect(
        await outcomeOf({api_url, client_id: 'tap', client_secret: 'kept-safe-01'}, source),
      ).toBe(
        `FAILED POST ${api_url}/oauth/token answered ${status} with the web page "Odoo"${status === 200 ? ', ' : '. '}${rest}. ${CHECK}`,
      );
    }
  });
});

const secure = hasOpenssl ? describe : describe.skip;

secure('a check is FAILED if the certificate at the URL in the config', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  const open = (host?: string) =>
    listen(
      createSecureServer(certificates.server, (_, response) => response.end('{}')),
      host,
    );

  test('is signed by an unknown authority', async () => {
    expect(await at(`https://${await open()}`)).toMatch(
      /^FAILED GET .*UNABLE_TO_VERIFY_LEAF_SIGNATURE.*No secure connection could be made: check the URL in the config; if the server's certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS\.$/,
    );
  });

  test('is for another name', async () => {
    const api_url = `https://${(await open('127.0.0.2')).replace('127.0.0.1', '127.0.0.2')}`;
    const source = sourceWith(({api_url: baseUrl = ''}) => ({
      baseUrl,
      tls: {ca: certificates.ca},
    }));
    expect(await outcomeOf({api_url}, source)).toMatch(
      /^FAILED GET .*ERR_TLS_CERT_ALTNAME_INVALID.*No secure connection could be made: set the URL in the config to a name that the certificate is for\.$/,
    );
  });

  test('is asked for in plain HTTP', async () => {
    expect(await at(`http://${await open()}`)).toMatch(
      /^FAILED GET .* failed with (UND_ERR_SOCKET|ECONNRESET)\. .* It may want https:\/\/ instead of http:\/\/\. Check "api_url"/,
    );
  });
});

describe('a check of a URL from the config ends with an error if', () => {
  test.each([500, 502, 503, 504, 408])('the API answers %d', async (status) => {
    const url = await respond(status, page('Down for maintenance'));
    expect(await at(url)).toMatch(new RegExp(`^TransientError: GET ${url}/me answered ${status}`));
  });

  test('the API limits its rate', async () => {
    const url = await respond(429, '{}', {'retry-after': '9'});
    expect(await at(url)).toMatch(/^TransientError: .* requires a wait of/);
  });

  test.each(['{"message": "per_page is missing"}', 'per_page is missing'])(
    'the API refuses the request itself: %s',
    async (body) => {
      const url = await respond(400, body);
      expect(await at(url)).toBe(`SystemError: GET ${url}/me answered 400: per_page is missing.`);
    },
  );

  test('the name server is down', async () => {
    failing('http://crm.test', 'EAI_AGAIN', {hostname: 'crm.test'});
    expect(await at('http://crm.test')).toMatch(/^TransientError: .* EAI_AGAIN\./);
  });

  test('connections break after the API has responded', async () => {
    const api_url = await serve(({url, socket}, response) => {
      if (url === '/me') response.end('{}');
      else socket.destroy();
    });
    const source = {
      ...CRM,
      check: async ({http}: Parameters<typeof CRM.check>[0]) => {
        await http.get('/me');
        await http.get('/items');
      },
    };
    expect(await outcomeOf({api_url}, source)).toMatch(
      /^TransientError: GET .*\/items failed 3 times, the last time with UND_ERR_SOCKET\./,
    );
  });

  test('a proxy is down', async () => {
    const url = await freePort();
    const source = sourceWith(({api_url = ''}) => ({
      baseUrl: api_url,
      proxy: {url: `http://${url}`},
    }));
    expect(await outcomeOf({api_url: 'http://127.0.0.1:8080'}, source)).toMatch(
      /^TransientError: /,
    );
  });

  test('a redirect leads to a host that does not exist', async () => {
    failing('http://crm.test', 'ENOTFOUND', {hostname: 'login.test'});
    expect(await at('http://crm.test')).toMatch(/^TransientError: /);
  });
});
