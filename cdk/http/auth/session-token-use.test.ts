import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {type Call, type Reply, serveLogins} from '../../../test/http/login-server.ts';
import type {HttpClient} from '../client.ts';
import type {ResponseRule} from '../types.ts';
import {type SessionToken, sessionToken} from './session-token.ts';

const search = (http: HttpClient): Promise<unknown> =>
  http.search('/items', {json: {method: 'item.get', params: {limit: 1, list: ['x', 'y']}}});
const searchForm = (http: HttpClient): Promise<unknown> =>
  http.search('/items', {form: {limit: 1}});
const get = (http: HttpClient): Promise<unknown> => http.get('/items?limit=1');

const REFUSED =
  'The login was refused: check the credentials in the config, and that this user may use the API.';

/** Issues `session-1` and so on at /login, and accepts the last one where `read` finds it. */
const serveSessions = (read: (call: Call) => string | undefined, accepts = 'session-2') => {
  let issued = 0;
  return serveLogins((call) => {
    if (call.path !== '/login') {
      return read(call) === accepts ? [200, [{id: 1}]] : [401, {message: 'Session expired'}];
    }
    issued += 1;
    const token = `session-${issued}`;
    return [200, {result: token}, {'set-cookie': [`sid=${token}; Path=/; HttpOnly`, 'lang=en']}];
  });
};

const login = {path: '/login', json: {username: 'alice', password: 'hush-1'}};

const fieldOf = (body: string, ...path: readonly (string | number)[]): string =>
  String(path.reduce((value, key) => value[key], JSON.parse(body)));

describe('sessionToken sends its token, and a new one once when the API refuses it,', () => {
  test.each<[string, SessionToken, (http: HttpClient) => Promise<unknown>, (call: Call) => string]>(
    [
      [
        'in a header',
        {login, token: 'result', send: {header: 'X-Session', prefix: 'Id '}},
        get,
        ({headers}) => headers['x-session']?.replace('Id ', '') ?? '',
      ],
      [
        'in the query, beside the others',
        {login, token: 'result', send: {query: 'sid'}},
        get,
        ({query}) => (query['limit'] === '1' ? (query['sid'] ?? '') : ''),
      ],
      [
        'in the body of JSON-RPC, beside the others',
        {login, token: 'result', send: {body: 'auth'}},
        search,
        ({body}) => (fieldOf(body, 'method') === 'item.get' ? fieldOf(body, 'auth') : ''),
      ],
      [
        'inside an object of the body',
        {login, token: 'result', send: {body: 'params.sid'}},
        search,
        ({body}) =>
          fieldOf(body, 'params', 'limit') === '1' ? fieldOf(body, 'params', 'sid') : '',
      ],
      [
        'in an object of the body that is not there',
        {login, token: 'result', send: {body: 'meta.auth.sid'}},
        search,
        ({body}) => fieldOf(body, 'meta', 'auth', 'sid'),
      ],
      [
        'in a list of the body',
        {login, token: 'result', send: {body: 'params.list.0'}},
        search,
        ({body}) => fieldOf(body, 'params', 'list', 0),
      ],
      [
        'in a form',
        {login, token: 'result', send: {body: 'sid'}},
        searchForm,
        ({body}) => (body.startsWith('limit=1&') ? body.replace('limit=1&sid=', '') : ''),
      ],
      [
        'in a cookie',
        {login, token: 'result', send: {cookie: 'JSESSIONID'}},
        get,
        ({cookies}) => cookies['JSESSIONID'] ?? '',
      ],
      [
        'in the cookie that the login set',
        {login, token: {cookie: 'sid'}},
        get,
        ({cookies}) => (cookies['lang'] === 'en' ? (cookies['sid'] ?? '') : ''),
      ],
      [
        'in the cookie that the login set, and in a header',
        {login, token: {cookie: 'sid'}, send: {header: 'x-csrf'}},
        get,
        ({cookies, headers}) =>
          cookies['sid'] === headers['x-csrf'] ? (cookies['sid'] ?? '') : '',
      ],
    ],
  )('%s', async (_where, options, read, find) => {
    const {origin, calls} = await serveSessions(find);
    const {result, log, redact} = await withAuth(
      {baseUrl: origin, auth: sessionToken(options)},
      (http) => Promise.all([read(http), read(http)]),
    );
    expect(result).toEqual([[{id: 1}], [{id: 1}]]);
    expect(calls.filter(({path}) => path === '/login')).toHaveLength(2);
    expect(redact(log.join('\n'))).not.toMatch(/session-\d|hush-1/);
  });
});

describe('a login', () => {
  test.each<[string, object, (call: Call) => boolean]>([
    ['with JSON', {json: {user: 'a'}}, ({body}) => body === '{"user":"a"}'],
    ['with a form', {form: {user: 'a b'}}, ({body}) => body === 'user=a+b'],
    ['with a query', {query: {user: 'a'}}, ({query}) => query['user'] === 'a'],
    ['with headers', {headers: {'X-User': 'a'}}, ({headers}) => headers['x-user'] === 'a'],
    ['by GET', {method: 'GET', query: {user: 'a'}}, ({method}) => method === 'GET'],
  ])('%s is sent', async (_how, request, isRight) => {
    const {origin} = await serveLogins((call) =>
      call.path === '/items' || isRight(call) ? [200, {result: 'session-1'}] : [400, {}],
    );
    const auth = sessionToken({
      login: {path: '/login', ...request},
      token: 'result',
      send: {header: 'x-session'},
    });
    expect((await withAuth({baseUrl: origin, auth}, get)).result).toEqual({result: 'session-1'});
  });

  test('whose token is in the body fails for a request without one', async () => {
    const {origin} = await serveSessions(() => undefined);
    const auth = sessionToken({login, token: 'result', send: {body: 'auth'}});
    expect(await failureOf(() => withAuth({baseUrl: origin, auth}, get))).toBe(
      `SystemError: GET ${origin}/items has no body, so it can't carry the session in its field "auth". Send it as a POST, or ` +
        'the session in the query or a header.',
    );
  });

  test('without a cookie as its token sends none, as some APIs demand more of a request with cookies', async () => {
    const {origin, calls} = await serveSessions(({headers}) => headers['x-session'], 'session-1');
    const auth = sessionToken({login, token: 'result', send: {header: 'x-session'}});
    await withAuth({baseUrl: origin, auth}, get);
    expect(calls.at(-1)?.cookies).toEqual({});
  });
});

describe('a session that the API ends without a 401 is opened again once, by a rule', () => {
  test.each<[string, Reply, ResponseRule]>([
    [
      'Zabbix, in the body',
      [200, {error: {code: -32_602, data: 'Session terminated, re-login, please.'}}],
      {body: {path: 'error.data', matches: /re-login|not authori[sz]ed/i}, action: 'refresh-token'},
    ],
    [
      'Odoo, by its code',
      [200, {error: {code: 100, message: 'Odoo Session Expired'}}],
      {body: {path: 'error.code', matches: /^100$/}, action: 'refresh-token'},
    ],
    [
      'a redirect to a login page',
      [302, '', {location: '/form'}],
      {header: {name: 'content-type', matches: /html/}, action: 'refresh-token'},
    ],
    [
      'a login page',
      [200, '<!doctype html><title>Sign in</title>'],
      {header: {name: 'content-type', matches: /html/}, action: 'refresh-token'},
    ],
  ])('%s', async (_who, ended, rule) => {
    let logins = 0;
    const {origin} = await serveLogins(({path, cookies}) => {
      if (path === '/form') return [200, '<!doctype html><title>Sign in</title>'];
      if (path !== '/login') return cookies['sid'] === 'session-2' ? [200, [{id: 1}]] : ended;
      logins += 1;
      return [204, undefined, {'set-cookie': `sid=session-${logins}`}];
    });
    const auth = sessionToken({login, token: {cookie: 'sid'}});
    const {result} = await withAuth({baseUrl: origin, auth, rules: [rule]}, (http) =>
      Promise.all([get(http), get(http)]),
    );
    expect([result, logins]).toEqual([[[{id: 1}], [{id: 1}]], 2]);
  });
});

describe('a session in a cookie', () => {
  const auth = sessionToken({login, token: {cookie: 'sid'}});

  /** Sets `sid` at each login with these attributes; `more` may set others in responses of the API. */
  const serveCookies = (attributes: string, more: (call: Call, count: number) => string[]) => {
    let [logins, requests] = [0, 0];
    return serveLogins((call) => {
      if (call.path === '/login') {
        logins += 1;
        return [204, undefined, {'set-cookie': `sid=session-${logins}${attributes}`}];
      }
      requests += 1;
      const status = call.cookies['sid'] === undefined ? 401 : 200;
      return [status, [], {'set-cookie': more(call, requests)}];
    });
  };
  const sent = (calls: readonly Call[]) =>
    calls.filter(({path}) => path === '/items').map(({cookies}) => cookies['sid']);

  test('is renewed shortly before the cookie expires', async () => {
    const {origin, calls} = await serveCookies('; Max-Age=600', () => []);
    await withAuth({baseUrl: origin, auth}, async (http, wait) => {
      await get(http);
      await wait(530_000);
      await get(http);
      await wait(20_000);
      await get(http);
    });
    expect(sent(calls)).toEqual(['session-1', 'session-1', 'session-2']);
  });

  test('lasts longer if the API prolongs the cookie, and has the value that it was given last', async () => {
    const {origin, calls} = await serveCookies('; Max-Age=600', (_call, count) => [
      `sid=rolled-${count}; Max-Age=600`,
    ]);
    await withAuth({baseUrl: origin, auth}, async (http, wait) => {
      await get(http);
      await wait(500_000);
      await get(http);
      await wait(500_000);
      await get(http);
    });
    expect(sent(calls)).toEqual(['session-1', 'rolled-1', 'rolled-2']);
  });

  test('is opened again once the API deletes the cookie', async () => {
    const {origin, calls} = await serveCookies('', (_call, count) =>
      count === 1 ? ['sid=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT'] : [],
    );
    await withAuth({baseUrl: origin, auth}, async (http) => {
      await get(http);
      await get(http);
    });
    expect(sent(calls)).toEqual(['session-1', 'session-2']);
  });

  test('keeps its cookies if the API sets others in each response', async () => {
    const {origin, calls} = await serveCookies('', (_call, count) => [`sid=rolled-${count}`]);
    await withAuth({baseUrl: origin, auth}, async (http) => {
      for (let count = 0; count < 110; count += 1) await get(http);
    });
    const [first, ...rolled] = sent(calls);
    expect([first, rolled[0], rolled.at(-1)]).toEqual(['session-1', 'rolled-1', 'rolled-100']);
  });

  const COOKIE = {'set-cookie': 'sid=session-1'};
  test.each<[string, Reply, string | undefined]>([
    ['a redirect after it', [302, '', {location: '/home', ...COOKIE}], undefined],
    ['a page', [200, '<!doctype html><title>Welcome</title>', COOKIE], undefined],
    [
      'a redirect back to the form, with a cookie of nobody',
      [302, '', {location: '/login', ...COOKIE}],
      `302. It redirects to ORIGIN/login. ${REFUSED}`,
    ],
    [
      'a redirect to an error',
      [303, '', {location: '/?error=bad_password', ...COOKIE}],
      `303. It redirects to ORIGIN/. ${REFUSED}`,
    ],
    [
      'an error in JSON, with a cookie of nobody',
      [200, {success: false, message: 'Wrong password.'}, COOKIE],
      `200: Wrong password. ${REFUSED}`,
    ],
    [
      'a sentence',
      [200, 'Fails.', {'content-type': 'text/plain'}],
      `200: Fails. It sets no cookie "sid". ${REFUSED}`,
    ],
    ['nothing', [204], `204. It sets no cookie "sid". ${REFUSED}`],
    [
      'a cookie that is empty',
      [200, {}, {'set-cookie': 'sid='}],
      `200: {}. It sets no cookie "sid". ${REFUSED}`,
    ],
  ])('by a login that answers with %s', async (_what, reply, expected) => {
    const {origin} = await serveLogins(({path}) => (path === '/login' ? reply : [200, []]));
    const read = () => withAuth({baseUrl: origin, auth}, get);
    if (expected === undefined) expect((await read()).result).toEqual([]);
    else {
      expect(await failureOf(read)).toBe(
        `ConfigError: POST ${origin}/login answered ${expected.replace('ORIGIN', origin)}`,
      );
    }
  });
});

describe('a session does not cross to another origin', () => {
  const elsewhere = async (respond: (call: Call) => Reply) => {
    const server = await serveLogins(respond);
    return {...server, origin: server.origin.replace('127.0.0.1', 'localhost')};
  };

  test.each<[string, SessionToken]>([
    ['in the query', {login, token: 'result', send: {query: 'sid'}}],
    ['in a header', {login, token: 'result', send: {header: 'x-session'}}],
    ['in a cookie', {login, token: {cookie: 'sid'}}],
  ])('by a redirect, %s', async (_where, options) => {
    const other = await serveLogins(() => [200, []]);
    const {origin} = await serveLogins(({path, query}) =>
      path === '/login'
        ? [200, {result: 'session-1'}, {'set-cookie': 'sid=session-1'}]
        : [302, '', {location: `${other.origin}/items?sid=${query['sid'] ?? ''}`}],
    );
    const allowedHosts = [new URL(other.origin).host];
    await withAuth({baseUrl: origin, auth: sessionToken(options), allowedHosts}, get).catch(
      () => {},
    );
    expect(JSON.stringify(other.calls)).not.toContain('session-1');
  });

  test('in a body, by a redirect that repeats it', async () => {
    const other = await elsewhere(() => [200, []]);
    const {origin} = await serveLogins(({path}) =>
      path === '/login'
        ? [200, {result: 'session-1'}]
        : [307, '', {location: `${other.origin}/items`}],
    );
    const auth = sessionToken({login, token: 'result', send: {body: 'auth'}});
    const allowedHosts = [new URL(other.origin).host];
    expect(
      await failureOf(() => withAuth({baseUrl: origin, auth, allowedHosts}, search)),
    ).toContain('another origin, with the body of the request. Nothing was sent there');
    expect(other.calls).toEqual([]);
  });
});
