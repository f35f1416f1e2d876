import type {IncomingMessage, ServerResponse} from 'node:http';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {serve} from '../../../test/http/loopback.ts';
import {apiKey} from '../auth/api-key.ts';
import type {HttpClient} from '../client.ts';
import {nextUrl} from '../paginate/next-url.ts';

const KEY = 'hush/key+1';
const json = {client_secret: 'hush', page: 1};

/** Calls a function with a client whose key is in the query, and whose config has another secret. */
const withKey = async (baseUrl: string, use: (http: HttpClient) => Promise<unknown>) =>
  withAuth(
    {
      baseUrl,
      auth: apiKey({query: 'api_key', value: KEY}),
      retry: {attempts: 1},
      secrets: ['open-sesame'],
      allowedHosts: ['127.0.0.1'],
    },
    use,
  );

/** Two servers: the first one handles each request, the other records what arrives. */
const twoServers = async (
  handle: (message: IncomingMessage, response: ServerResponse, elsewhere: string) => void,
) => {
  const received: string[] = [];
  const elsewhere = await serve((message, response) => {
    let body = '';
    message.on('data', (chunk) => {
      body += chunk;
    });
    message.on('end', () => {
      received.push(`${message.method} ${message.url}${body && ` ${body}`}`);
      response.end('{"items": []}');
    });
  });
  const origin = await serve((message, response) => handle(message, response, elsewhere));
  return {origin, elsewhere, received};
};

const redirect = (response: ServerResponse, location: string, status = 302) =>
  response.writeHead(status, {location}).end();

const ENCODED = encodeURIComponent(KEY);

describe('a redirect to another origin', () => {
  test.each([
    ['that repeats the query', (url: string) => url, '/items?page=2'],
    ['that renames the parameter', () => `/items?k=${ENCODED}&page=2`, '/items?page=2'],
    [
      'with the first URL in a parameter',
      (url: string) => `/login?to=${encodeURIComponent(`http://api.test${url}`)}&x=1`,
      '/login?x=1',
    ],
    [
      'with the key encoded twice',
      () => `/items?k=${encodeURIComponent(ENCODED)}&page=2`,
      '/items?page=2',
    ],
    [
      'with the key in base64',
      () => `/items?k=${encodeURIComponent(Buffer.from(KEY).toString('base64'))}&page=2`,
      '/items?page=2',
    ],
    ['with another secret of the config', () => '/items?t=open-sesame&page=2', '/items?page=2'],
    [
      "with the target's own signature, which stays as it is",
      () => '/file?X-Amz-Signature=ab%2fc&b=x+y',
      '/file?X-Amz-Signature=ab%2fc&b=x+y',
    ],
    ['without a query', () => '/items', '/items'],
    ['with user and password', () => '/items?page=2', '/items?page=2'],
  ])('%s is followed without the credential', async (_case, target, expected) => {
    const {origin, received} = await twoServers(({url = ''}, response, elsewhere) =>
      redirect(response, `${elsewhere}${target(url)}`),
    );
    await withKey(origin, (http) => http.get('/items', {query: {page: 2}}));
    expect(received).toEqual([`GET ${expected}`]);
  });

  test('and back does not restore the credential', async () => {
    const received: (string | undefined)[] = [];
    const hop: {origin?: string} = {};
    const origin = await serve(({url = ''}, response) => {
      if (url.startsWith('/start'))
        return redirect(response, `${hop.origin}/?${url.split('?')[1]}`);
      received.push(url);
      return response.end('[]');
    });
    hop.origin = await serve(({url = ''}, response) => {
      received.push(url);
      redirect(response, `${origin}/end?api_key=${ENCODED}&x=1`);
    });
    await withKey(origin, (http) => http.get('/start', {query: {page: 2}}));
    expect(received).toEqual(['/?page=2', '/end?x=1']);
  });

  test.each([
    [
      'repeats a parameter that the author named like a credential',
      '/items?access_token=unknown',
      (url: string) => url,
      'the value of "access_token", which may be a credential',
    ],
    [
      'puts such a value into another parameter',
      '/items?sig=unknown-value',
      () => '/items?next=a%2520unknown-value',
      'the value of "sig", which may be a credential',
    ],
    [
      'repeats a path that holds a secret',
      '/botopen-sesame/updates',
      (url: string) => url,
      'a credential in its path',
    ],
    ['has the key in its path', '/items', () => `/items/${ENCODED}`, 'a credential in its path'],
  ])('that %s is an error', async (_case, path, target, part) => {
    const {origin, elsewhere, received} = await twoServers(({url = ''}, response, to) =>
      redirect(response, `${to}${target(url)}`),
    );
    const failure = await failureOf(() => withKey(origin, (http) => http.get(path)));
    expect([failure, received]).toEqual([
      `ConfigError: GET ${origin}${path.split('?')[0]} was redirected to ${elsewhere}, another origin, with ${part}. Nothing was sent there, because credentials are for ${origin} only. If the API has moved, set its new URL in the config.`,
      [],
    ]);
  });

  test.each([
    '/items?author=bob',
    '/items?page_token=abcdefgh',
    '/items?keyword=abcdefgh',
    '/items?key=',
  ])('that repeats %s keeps it, because it is not a credential', async (path) => {
    const {origin, received} = await twoServers(({url = ''}, response, to) =>
      redirect(response, `${to}${url}`),
    );
    await withKey(origin, (http) => http.get(path));
    expect(received).toEqual([`GET ${path}`]);
  });

  type Call = (http: HttpClient) => Promise<unknown>;

  test.each<[string, number, Call]>([
    ['search', 307, (http) => http.search('/items', {json})],
    ['search', 308, (http) => http.search('/items', {json})],
    ['search by a form', 307, (http) => http.search('/items', {form: {secret: 'hush'}})],
    ['post', 308, (http) => http.post('/items', {json})],
    ['put', 301, (http) => http.put('/items', {json})],
    ['patch', 302, (http) => http.patch('/items', {json})],
    ['graphql', 307, (http) => http.graphql('{me {id}}')],
  ])('of a %s by %d does not take the body along', async (_call, status, call) => {
    const {origin, elsewhere, received} = await twoServers((_message, response, to) =>
      redirect(response, `${to}/items`, status),
    );
    const failure = await failureOf(() => withKey(origin, call));
    expect(failure).toContain(
      `was redirected to ${elsewhere}, another origin, with the body of the request. Nothing was sent there`,
    );
    expect(received).toEqual([]);
  });

  test.each([301, 302, 303, 307, 308])(
    'by %d to a host that is not listed is an error',
    async (status) => {
      const {origin, elsewhere, received} = await twoServers(({url = ''}, response, to) =>
        redirect(response, `${to}${url}`, status),
      );
      const failure = await failureOf(() =>
        withAuth({baseUrl: origin, retry: {attempts: 1}}, (http) => http.get('/items')),
      );
      expect([failure, received]).toEqual([
        `ConfigError: GET ${origin}/items was redirected to ${elsewhere}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['${new URL(elsewhere).host}']\` for requests without credentials.`,
        [],
      ]);
    },
  );

  test('by its second step to a host that is not listed is an error', async () => {
    const {origin, elsewhere, received} = await twoServers(({url = ''}, response, to) =>
      redirect(response, url === '/items' ? '/moved' : `${to}/items`),
    );
    const failure = await failureOf(() =>
      withAuth({baseUrl: origin, allowedHosts: []}, (http) => http.get('/items')),
    );
    expect(failure).toContain(
      `was redirected to ${elsewhere}, another origin, so nothing was sent`,
    );
    expect(received).toEqual([]);
  });

  test('of a download gets its file without credentials', async () => {
    const {origin, elsewhere, received} = await twoServers((_message, response, to) =>
      redirect(response, `${to}/file?X-Amz-Signature=abc`),
    );
    const {host} = new URL(elsewhere);
    await withAuth(
      {baseUrl: origin, auth: apiKey({query: 'api_key', value: KEY}), allowedHosts: [host]},
      (http) => Array.fromAsync(http.download('/export', {records: 'items'})),
    );
    expect(received).toEqual(['GET /file?X-Amz-Signature=abc']);
  });

  test('within an origin keeps the query and the body', async () => {
    const received: string[] = [];
    const origin = await serve((message, response) => {
      if (message.url?.startsWith('/old')) {
        message.resume();
        return redirect(response, message.url.replace('old', 'new'), 307);
      }
      message.on('data', (body) => received.push(`${message.method} ${message.url} ${body}`));
      return message.on('end', () => response.end('{}'));
    });
    await withKey(origin, (http) => http.search('/old', {json}));
    expect(received).toEqual([`POST /new?api_key=${ENCODED} ${JSON.stringify(json)}`]);
  });
});

describe('a link to the next page at another origin', () => {
  const pagesFrom = (origin: string, options: Parameters<HttpClient['paginate']>[1]) =>
    withKey(origin, (http) =>
      Array.fromAsync(http.paginate('/items', {records: 'items', ...options})),
    );

  test('is followed without the credential that it repeats', async () => {
    const {origin, received} = await twoServers(({url = ''}, response, elsewhere) =>
      response.end(JSON.stringify({items: [{id: 1}], next: `${elsewhere}${url}&page=2`})),
    );
    await pagesFrom(origin, {next: nextUrl('next'), headers: {'x-tenant': 'hush'}});
    expect(received).toEqual(['GET /items?page=2']);
  });

  test('that is not listed is not followed', async () => {
    const {origin, elsewhere, received} = await twoServers((_message, response, to) =>
      response.end(JSON.stringify({items: [{id: 1}], next: `${to}/items`})),
    );
    const failure = await failureOf(() =>
      withAuth({baseUrl: origin}, (http) =>
        Array.fromAsync(http.paginate('/items', {records: 'items', next: nextUrl('next')})),
      ),
    );
    expect([failure, received]).toEqual([
      `ConfigError: GET ${origin}/items continues at ${elsewhere}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['${new URL(elsewhere).host}']\` for requests without credentials, \`authOrigins: ['${elsewhere}']\` for requests with them.`,
      [],
    ]);
  });

  test('takes no body along', async () => {
    const {origin, elsewhere, received} = await twoServers((_message, response, to) =>
      response.end(JSON.stringify({items: [{id: 1}], next: `${to}/items?page=2`})),
    );
    const failure = await failureOf(() =>
      pagesFrom(origin, {method: 'POST', json, next: nextUrl('next')}),
    );
    expect([failure, received]).toEqual([
      `ConfigError: POST ${origin}/items continues at ${elsewhere}, another origin, with the body of the request. Nothing was sent there, because credentials are for ${origin} only. If the API has moved, set its new URL in the config.`,
      [],
    ]);
  });
});
