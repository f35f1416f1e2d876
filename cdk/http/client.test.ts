import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {serve} from '../../test/http/loopback.ts';
import {ConfigError} from '../errors.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {bearer} from './auth/bearer.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from './client.ts';
import {linkHeader} from './paginate/link-header.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const API = 'https://api.test';

/** Calls a function with a client, and closes the client. */
const withClient = async <T>(
  options: HttpOptions,
  use: (http: HttpClient) => Promise<T>,
  signal = new AbortController().signal,
) => {
  const clock = virtualClock(NOW);
  const log: string[] = [];
  const {close, ...http} = openHttpClient(options, {
    signal,
    clock,
    random: () => 0.5,
    log: (level, message) => log.push(`${level} ${message}`),
  });
  try {
    return {result: await use(http), log, waits: clock.waits};
  } finally {
    await close();
  }
};

const get = async (options: HttpOptions, path: string) =>
  (await withClient(options, (http) => http.get(path))).result;

const failureOfGet = (options: HttpOptions, path: string) => failureOf(() => get(options, path));

describe('a request', () => {
  test.each([
    ['https://api.test', '/user', '/user'],
    ['https://api.test/', 'user', '/user'],
    ['https://api.test/api/v3', '/user', '/api/v3/user'],
    ['https://api.test/api/v3//', '//user', '/api/v3/user'],
    ['https://api.test/api/v3', 'https://api.test/other', '/other'],
  ])('to base %s and path %s goes to %s', async (baseUrl, path, expected) => {
    nock(API).get(expected).reply(200, {ok: true});
    expect(await get({baseUrl}, path)).toEqual({ok: true});
  });

  test('without a base goes to the given URL', async () => {
    nock(API).get('/user').reply(200, {ok: true});
    expect(await get({}, 'https://api.test/user')).toEqual({ok: true});
  });

  test('has its query, without undefined values, in addition to that of its path', async () => {
    nock(API)
      .get('/items')
      .query({sort: 'a b', q: 'x&y', page: '2', all: 'true', zero: '0', empty: ''})
      .reply(200, []);
    const {result} = await withClient({baseUrl: API}, (http) =>
      http.get('/items?sort=old&page=2', {
        query: {sort: 'a b', q: 'x&y', since: undefined, all: true, zero: 0, empty: ''},
      }),
    );
    expect(result).toEqual([]);
  });

  test('has a list in its query as several values of one name', async () => {
    const requested: string[] = [];
    nock(API)
      .get('/items')
      .query(true)
      .reply(200, (request: Request) => {
        requested.push(decodeURIComponent(new URL(request.url).search));
        return {};
      });
    await withClient({baseUrl: API}, (http) =>
      http.get('/items', {query: {'expand[]': ['a', 'b'], limit: 3}}),
    );
    expect(requested).toEqual(['?expand[]=a&expand[]=b&limit=3']);
  });

  test('has the headers of the kit, then of the source, then the credentials', async () => {
    const received: Record<string, string>[] = [];
    nock(API)
      .get('/user')
      .reply(200, async (request: Request) => {
        received.push(Object.fromEntries(request.headers));
        return {};
      });
    await get(
      {
        baseUrl: API,
        headers: {accept: 'application/vnd.test+json', 'x-version': '7'},
        auth: bearer('hush'),
      },
      '/user',
    );
    expect(received).toEqual([
      {
        accept: 'application/vnd.test+json',
        'accept-encoding': 'gzip, deflate, br, zstd',
        authorization: 'Bearer hush',
        connection: 'keep-alive',
        host: 'api.test',
        'user-agent': 'headwater',
        'x-version': '7',
      },
    ]);
  });

  test('is logged at DEBUG level after its response, without secrets of its query', async () => {
    nock(API).get('/user').query({page: '2', key: 'hush'}).reply(200, {ok: true});
    const {log} = await withClient({baseUrl: API}, (http) =>
      http.get('/user', {query: {page: 2, key: 'hush'}}),
    );
    expect(log).toEqual(['DEBUG GET https://api.test/user?page=2&key=**** 200 0 ms 11 bytes']);
  });

  test.each([['api.github.com'], ['localhost:8080'], ['ftp://api.test'], ['https://'], ['']])(
    'to a base of "%s" is a config error',
    async (baseUrl) => {
      expect(await failureOfGet({baseUrl}, '/user')).toBe(
        `ConfigError: "${baseUrl}" is not the URL of an API: it should look like https://api.example.com.`,
      );
    },
  );
});

describe('credentials', () => {
  const SENT = {reqheaders: {authorization: 'Bearer hush'}};
  const NOT_SENT = {badheaders: ['authorization']};

  test("are sent to the base's own origin, with any path", async () => {
    nock(API, SENT).get('/other').reply(200, {ok: true});
    expect(await get({baseUrl: `${API}/v3`, auth: bearer('hush')}, `${API}/other`)).toEqual({
      ok: true,
    });
  });

  test.each([
    ['host', 'https://cdn.test'],
    ['scheme and port', 'http://api.test:8080'],
    ['port', 'https://api.test:8443'],
  ])('are not sent to a next link with another %s', async (_part, other) => {
    nock(API, SENT)
      .get('/items')
      .reply(200, [{id: 1}], {link: `<${other}/items>; rel="next"`});
    nock(other, NOT_SENT)
      .get('/items')
      .reply(200, [{id: 2}]);
    const allowedHosts = [other];
    const {result} = await withClient({baseUrl: API, auth: bearer('hush'), allowedHosts}, (http) =>
      Array.fromAsync(http.paginate('/items', {next: linkHeader()})),
    );
    expect(result).toEqual([
      {records: [{id: 1}], bytes: 10},
      {records: [{id: 2}], bytes: 10},
      {records: [], bytes: 0, incompleteReason: expect.stringContaining('has no Link header')},
    ]);
  });

  test('are never sent without a base', async () => {
    nock(API, NOT_SENT).get('/user').reply(200, {ok: true});
    expect(await get({auth: bearer('hush')}, `${API}/user`)).toEqual({ok: true});
  });
});

describe('a refusal', () => {
  test.each([
    [
      401,
      {message: 'Bad credentials'},
      'ConfigError: GET https://api.test/user answered 401: Bad credentials. The API does not accept these ' +
        'credentials: check them in the config. They may be mistyped, expired or revoked.',
    ],
    [
      403,
      {error: 'forbidden', error_description: 'Scope "read" is missing.'},
      'ConfigError: GET https://api.test/user answered 403: Scope "read" is missing. The credentials are valid but ' +
        'may not read this: grant the missing permission, or leave this stream out.',
    ],
    [404, {error: 'not_found'}, 'SystemError: GET https://api.test/user answered 404: not_found.'],
    [
      422,
      {errors: [{field: 'since'}]},
      'SystemError: GET https://api.test/user answered 422: {"errors":[{"field":"since"}]}.',
    ],
    [400, 'Bad request...\n', 'SystemError: GET https://api.test/user answered 400: Bad request.'],
    [410, '', 'SystemError: GET https://api.test/user answered 410.'],
    [501, 'null', 'SystemError: GET https://api.test/user answered 501: null.'],
    [304, '', 'SystemError: GET https://api.test/user answered 304.'],
    [
      418,
      'x'.repeat(1_000),
      `SystemError: GET https://api.test/user answered 418: ${'x'.repeat(300)}….`,
    ],
  ])('of %d is an error with the message of the server', async (status, body, expected) => {
    nock(API).get('/user').query(true).reply(status, body);
    expect(await failureOfGet({baseUrl: API}, '/user?key=hush')).toBe(expected);
  });

  test('is an error without the message if that is an HTML page', async () => {
    nock(API)
      .get('/user')
      .reply(404, '<html>Not found</html>', {'content-type': 'text/html; charset=utf-8'});
    expect(await failureOfGet({baseUrl: API}, '/user')).toBe(
      'SystemError: GET https://api.test/user answered 404.',
    );
  });

  test("is explained by the source's own error", async () => {
    nock(API).get('/user').reply(404, {message: 'Not Found'});
    const explain: HttpOptions['explain'] = ({status, url, body}) =>
      new ConfigError(`${status} ${url.href} ${body}`);
    expect(await failureOfGet({baseUrl: API, explain}, '/user')).toBe(
      'ConfigError: 404 https://api.test/user {"message":"Not Found"}',
    );
  });

  test("is the kit's error if the source does not explain it", async () => {
    nock(API).get('/user').reply(404);
    expect(await failureOfGet({baseUrl: API, explain: () => undefined}, '/user')).toBe(
      'SystemError: GET https://api.test/user answered 404.',
    );
  });

  test('of a page is an error, after the pages before it', async () => {
    nock(API)
      .get('/items')
      .reply(200, [{id: 1}], {link: '</more>; rel="next"'});
    nock(API).get('/more').reply(404);
    const read: object[] = [];
    const failure = await failureOf(() =>
      withClient({baseUrl: API}, async (http) => {
        for await (const {records} of http.paginate('/items', {next: linkHeader()})) {
          read.push(...records);
        }
      }),
    );
    expect(read).toEqual([{id: 1}]);
    expect(failure).toBe('SystemError: GET https://api.test/more answered 404.');
  });

  test('whose status is in `emptyOn` is not an error', async () => {
    nock(API).get('/items').reply(409, {message: 'Git Repository is empty.'});
    const {result} = await withClient({baseUrl: API}, (http) =>
      Array.fromAsync(http.paginate('/items', {emptyOn: [409]})),
    );
    expect(result).toEqual([]);
  });
});

describe('a response', () => {
  test.each([
    [
      'an empty one',
      200,
      '',
      {},
      "an empty body instead of JSON. If the API means \"nothing here\", add {header: {name: 'content-length', matches: /^0$/}, action: 'ignore'} to `rules`; else report this to the API's owner.",
    ],
    [
      'a text',
      200,
      'Sorry',
      {'content-type': 'text/html'},
      "something that is not JSON (content-type text/html, 5 bytes). Is the URL in the config the API's own?",
    ],
    [
      'an HTML page',
      200,
      '<html></html>',
      {'content-type': 'text/html'},
      "HTML instead of JSON (content-type text/html). It may be a login or error page. Check the credentials, and that the URL in the config is the API's own.",
    ],
  ])('that is not JSON, but %s, is an error', async (_what, status, body, headers, expected) => {
    nock(API).get('/user').reply(status, body, headers);
    expect(await failureOfGet({baseUrl: API}, '/user')).toBe(
      `SystemError: GET https://api.test/user answered with ${expected}`,
    );
  });

  test('may start with a byte order mark', async () => {
    nock(API).get('/user').reply(200, '\uFEFF{"name": "Zoë 😀"}');
    expect(await get({baseUrl: API}, '/user')).toEqual({name: 'Zoë 😀'});
  });

  test('may be any JSON', async () => {
    nock(API).get('/count').reply(200, '7');
    expect(await get({baseUrl: API}, '/count')).toBe(7);
  });
});

describe('a transient fault', () => {
  test('is retried after a wait, and logged', async () => {
    nock(API).get('/user').reply(503);
    nock(API).get('/user').reply(429, '', {'retry-after': '30'});
    nock(API)
      .get('/user')
      .replyWithError(Object.assign(new Error('reset'), {code: 'ECONNRESET'}));
    nock(API).get('/user').reply(200, {ok: true});
    const {result, log, waits} = await withClient({baseUrl: API}, (http) => http.get('/user'));
    expect(result).toEqual({ok: true});
    expect(waits).toEqual([500, 31_500, 2_000]);
    expect(log).toEqual([
      'DEBUG GET https://api.test/user 503 0 ms 0 bytes',
      'INFO GET https://api.test/user: 503; attempt 2 of 6 in 0.5 s.',
      'DEBUG GET https://api.test/user 429 0 ms 0 bytes, attempt 2',
      'INFO GET https://api.test/user: 429; attempt 3 of 6 in 31.5 s.',
      'DEBUG GET https://api.test/user ECONNRESET 0 ms, attempt 3',
      'INFO GET https://api.test/user: ECONNRESET; attempt 4 of 6 in 2.0 s.',
      'DEBUG GET https://api.test/user 200 0 ms 11 bytes, attempt 4',
    ]);
  });

  test('that does not pass is a TransientError, even if the source explains refusals', async () => {
    nock(API).get('/user').times(2).reply(503);
    const explain = () => new ConfigError('Explained.');
    expect(await failureOfGet({baseUrl: API, explain, retry: {attempts: 2}}, '/user')).toBe(
      'TransientError: GET https://api.test/user answered 503. All 2 attempts failed: try again later.',
    );
  });

  test('by a time limit is a TransientError after all attempts', async () => {
    let received = 0;
    const baseUrl = await serve(() => {
      received += 1;
    });
    const failure = await failureOfGet(
      {baseUrl, timeouts: {total: {milliseconds: 300}}, retry: {attempts: 2}},
      '/slow',
    );
    expect(failure).toBe(
      `TransientError: GET ${baseUrl}/slow failed 2 times, the last time with a timeout. ` +
        `Check that ${new URL(baseUrl).host} can be reached from here; if it can, try again later.`,
    );
    expect(received).toBe(2);
  });
});

describe('a redirect', () => {
  test('is the base of relative next links, and its URL is explained', async () => {
    const baseUrl = await serve(({url}, response) => {
      if (url === '/old') response.writeHead(301, {location: '/new/items'}).end();
      else if (url === '/new/items') response.setHeader('link', '<?page=2>; rel="next"').end('[]');
      else response.writeHead(404).end();
    });
    const explain: HttpOptions['explain'] = ({url}) => new ConfigError(`Nothing at ${url.href}`);
    const failure = await failureOf(() =>
      withClient({baseUrl, explain}, (http) =>
        Array.fromAsync(http.paginate('/old', {next: linkHeader()})),
      ),
    );
    expect(failure).toBe(`ConfigError: Nothing at ${baseUrl}/new/items?page=2`);
  });
});

describe('an abort of the run', () => {
  test("ends a request in flight with the signal's reason, without another attempt", async () => {
    const stop = new AbortController();
    const stopped = new RangeError('Stopped by SIGTERM.');
    let received = 0;
    const baseUrl = await serve(() => {
      received += 1;
      stop.abort(stopped);
    });
    await expect(withClient({baseUrl}, (http) => http.get('/slow'), stop.signal)).rejects.toBe(
      stopped,
    );
    expect(received).toBe(1);
  });
});

describe('closing', () => {
  test('ends pending requests and refuses later ones', async () => {
    const {get, close} = openHttpClient(
      {baseUrl: await serve(() => void close())},
      {signal: new AbortController().signal, log: () => {}, clock: virtualClock(NOW)},
    );
    const expected = / failed: The client is destroyed\.$/;
    expect(await failureOf(() => get('/slow'))).toMatch(expected);
    expect(await failureOf(() => get('/late'))).toMatch(expected);
  });
});
