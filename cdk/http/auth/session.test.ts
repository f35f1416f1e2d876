import {createHash} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {type Reply, serveLogins} from '../../../test/http/login-server.ts';
import {ConfigError} from '../../errors.ts';
import type {HttpClient} from '../client.ts';
import {xml} from '../decode/xml.ts';
import {basic} from './basic.ts';
import {session} from './session.ts';

const search = (http: HttpClient): Promise<unknown> =>
  http.search('/items', {json: {method: 'item.get', params: {limit: 1, list: ['x', 'y']}}});
const get = (http: HttpClient): Promise<unknown> => http.get('/items');

describe('a login of several requests', () => {
  test('answers a challenge, as at a FRITZ!Box', async () => {
    const md5 = (text: string) => createHash('md5').update(text, 'utf16le').digest('hex');
    const info = (sid: string) =>
      `<?xml version="1.0"?><SessionInfo><SID>${sid}</SID><Challenge>1234abcd</Challenge></SessionInfo>`;
    let opened = 0;
    const {origin, paths} = await serveLogins(({path, query}) => {
      if (path === '/items') return query['sid'] === 'sid-00002' ? [200, []] : [403, 'No.'];
      const isRight = query['response'] === `1234abcd-${md5('1234abcd-hush-1')}`;
      if (isRight) opened += 1;
      return [200, info(isRight ? `sid-0000${opened}` : '0000000000000000')];
    });
    const fritzBox = (password: string) =>
      session(async (http) => {
        type Info = {readonly SessionInfo: {readonly SID: string; readonly Challenge: string}};
        const first = await http.get('/login_sid.lua');
        const {Challenge} = (await first.content<Info>(xml())).SessionInfo;
        const response = `${Challenge}-${md5(`${Challenge}-${password}`)}`;
        const second = await http.get('/login_sid.lua', {query: {username: 'alice', response}});
        const {SID} = (await second.content<Info>(xml())).SessionInfo;
        if (/^0+$/.test(SID)) throw new ConfigError('The FRITZ!Box refused the password.');
        return {query: {sid: SID}};
      });
    const rules = [{status: 403, action: 'refresh-token'}] as const;
    const {log, redact} = await withAuth({baseUrl: origin, auth: fritzBox('hush-1'), rules}, get);
    expect(paths()).toEqual([
      ...['GET /login_sid.lua', 'GET /login_sid.lua', 'GET /items'],
      ...['GET /login_sid.lua', 'GET /login_sid.lua', 'GET /items'],
    ]);
    expect(redact(log.join('\n'))).not.toMatch(/sid-0000|1234abcd-/);
    const refused = withAuth({baseUrl: origin, auth: fritzBox('wrong')}, get);
    expect(await failureOf(() => refused)).toBe('ConfigError: The FRITZ!Box refused the password.');
  });

  const mediaWiki = (password: string) =>
    session(async (http) => {
      // https://www.mediawiki.org/wiki/API:Login
      const tokens = await http.get('/api.php', {query: {action: 'query', meta: 'tokens'}});
      const {query} = await tokens.content<{query: {tokens: {logintoken: string}}}>();
      const {logintoken} = query.tokens;
      await http.post('/api.php', {form: {username: 'alice', password, logintoken}});
      return {sessionCookie: 'wiki_session'};
    });

  const serveMediaWiki = () => {
    let started = 0;
    const start = (): Reply => {
      started += 1;
      const headers = {'set-cookie': [`wiki_session=anon-${started}; path=/; HttpOnly`]};
      return [200, {query: {tokens: {logintoken: `token-${started}+\\`}}}, headers];
    };
    const finish = (id: string, body: string): Reply => {
      const form = new URLSearchParams(body);
      if (id !== `anon-${started}` || form.get('logintoken') !== `token-${started}+\\`) {
        return [200, {error: {code: 'badtoken', info: 'Invalid CSRF token.'}}];
      }
      return form.get('password') === 'hush-1'
        ? [200, {clientlogin: {status: 'PASS'}}, {'set-cookie': `wiki_session=user-${started}`}]
        : [200, {clientlogin: {status: 'FAIL', message: 'Incorrect password entered.'}}];
    };
    return serveLogins(({method, path, body, cookies: {wiki_session: id = ''}}) => {
      if (path === '/items') return id === 'user-2' ? [200, []] : [401, {}];
      return method === 'GET' ? start() : finish(id, body);
    });
  };

  test('keeps the cookies between its requests, as MediaWiki needs it', async () => {
    const {origin, paths} = await serveMediaWiki();
    const {result, redact} = await withAuth({baseUrl: origin, auth: mediaWiki('hush-1')}, get);
    expect(result).toEqual([]);
    expect(paths().filter((path) => path === 'POST /api.php')).toHaveLength(2);
    expect(redact('user-2 anon-1 hush-1 token-1+\\ alice')).toBe('**** **** **** **** alice');
  });

  test('that is refused with status 200 by one of them is a config error', async () => {
    const {origin} = await serveMediaWiki();
    const refused = withAuth({baseUrl: origin, auth: mediaWiki('wrong')}, get);
    expect(await failureOf(() => refused)).toMatch(
      /^ConfigError: POST http:\S+\/api.php answered 200: .*Incorrect password entered.* The login was refused: /,
    );
  });

  test('fetches a CSRF token and its cookies with the credentials, as SAP needs it', async () => {
    let issued = 0;
    const {origin, calls} = await serveLogins(({path, headers, cookies}) => {
      if (headers['authorization'] !== 'Basic YWxpY2U6aHVzaC0x') return [401, {}];
      if (headers['x-csrf-token'] === 'fetch') {
        issued += 1;
        const set = [`SAP_SESSIONID=s-${issued}; path=/`, 'sap-usercontext=sap-client=100'];
        return [200, {}, {'x-csrf-token': `csrf-${issued}`, 'set-cookie': set}];
      }
      const isFresh = headers['x-csrf-token'] === 'csrf-2' && cookies['SAP_SESSIONID'] === 's-2';
      const isRight = path === '/items' && isFresh;
      return isRight
        ? [200, []]
        : [403, 'CSRF token validation failed', {'x-csrf-token': 'Required'}];
    });
    const credentials = basic({username: 'alice', password: 'hush-1'});
    const sap = session(
      async (http) => {
        const {headers} = await http.get('/', {headers: {'x-csrf-token': 'fetch'}});
        return {headers: {'x-csrf-token': headers['x-csrf-token'] ?? ''}};
      },
      {credentials},
    );
    const {result, redact} = await withAuth({baseUrl: origin, auth: sap}, (http) =>
      Promise.all(Array.from({length: 10}, () => search(http))),
    );
    expect(result).toEqual(Array.from({length: 10}, () => []));
    expect(calls.filter(({path}) => path === '/')).toHaveLength(2);
    expect(redact('csrf-1 csrf-2')).toBe('**** ****');
  });

  test('posts a form of a web page with its CSRF cookie, as Django needs it', async () => {
    const {origin} = await serveLogins(({method, path, headers, body, cookies}) => {
      if (path === '/items') return cookies['sessionid'] === 'user-1' ? [200, []] : [403, {}];
      if (method === 'GET') {
        return [200, '<!doctype html>', {'set-cookie': 'csrftoken=csrf-1; Path=/; Max-Age=3600'}];
      }
      const isAllowed = headers['x-csrftoken'] === 'csrf-1' && cookies['csrftoken'] === 'csrf-1';
      return isAllowed && body === 'username=alice&password=hush-1'
        ? [302, '', {location: '/', 'set-cookie': 'sessionid=user-1; HttpOnly; Path=/'}]
        : [403, '<h1>CSRF verification failed</h1>'];
    });
    const django = session(async (http) => {
      const {cookies} = await http.get('/login/');
      await http.post('/login/', {
        form: {username: 'alice', password: 'hush-1'},
        headers: {'x-csrftoken': cookies['csrftoken'] ?? ''},
        rules: [{status: 302, action: 'success'}],
      });
      return {sessionCookie: 'sessionid'};
    });
    expect((await withAuth({baseUrl: origin, auth: django}, get)).result).toEqual([]);
  });

  test('that sets no cookie where one should be is a config error', async () => {
    const {origin} = await serveLogins(() => [200, '<!doctype html><title>Log in</title>']);
    const auth = session(async (http) => {
      await http.post('/login', {form: {password: 'hush-1'}});
      return {sessionCookie: 'sessionid'};
    });
    expect(await failureOf(() => withAuth({baseUrl: origin, auth}, get))).toBe(
      `ConfigError: The login at ${origin} set no cookie "sessionid", so it was refused: check the credentials in the config, ` +
        'and that this user may use the API.',
    );
  });

  test.each<[string, Reply, RegExp]>([
    ['401', [401, {message: 'No.'}], /^ConfigError: .* answered 401: No\. The login was refused/],
    ['an error with 200', [200, {error: 'No.'}], /^ConfigError: .* answered 200: No\. The login/],
    ['a page', [200, '<!doctype html><title>Hi</title>'], /^ConfigError: .* HTML instead of JSON/],
    ['nothing', [200, ''], /^ConfigError: .* answered 200\. Its body is empty\. The login was/],
  ])('that answers with %s is a config error', async (_what, reply, expected) => {
    const {origin} = await serveLogins(() => reply);
    const auth = session(async (http) => {
      const {token} = await (await http.post('/login')).content<{token: string}>();
      return {headers: {'x-token': token}};
    });
    expect(await failureOf(() => withAuth({baseUrl: origin, auth}, get))).toMatch(expected);
  });

  test('runs again at the end of `validFor`', async () => {
    const {origin, paths} = await serveLogins(() => [200, {}]);
    const auth = session(async (http) => {
      await http.post('/login');
      return {headers: {'x-token': 'token-1'}, validFor: {minutes: 10}};
    });
    await withAuth({baseUrl: origin, auth}, async (http, wait) => {
      await get(http);
      await wait(500_000);
      await get(http);
      await wait(60_000);
      await get(http);
    });
    expect(paths()).toEqual([
      'POST /login',
      'GET /items',
      'GET /items',
      'POST /login',
      'GET /items',
    ]);
  });

  test('on another host gets neither the credentials nor the cookies of the API', async () => {
    const other = await serveLogins(() => [200, {token: 'token-1'}]);
    const {origin, calls} = await serveLogins(() => [200, {}, {'set-cookie': 'a=secret-1'}]);
    const elsewhere = other.origin.replace('127.0.0.1', 'localhost');
    const auth = session(
      async (http) => {
        await http.get('/start');
        const {token} = await (await http.post(`${elsewhere}/login`)).content<{token: string}>();
        return {headers: {'x-token': token}};
      },
      {credentials: basic({username: 'alice', password: 'hush-1'})},
    );
    await withAuth({baseUrl: origin, auth}, get).catch(() => {});
    expect(other.calls.map(({headers}) => [headers['authorization'], headers['cookie']])).toEqual(
      other.calls.map(() => [undefined, undefined]),
    );
    expect(calls[0]?.headers['authorization']).toMatch(/^Basic /);
  });
});
