import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {API, failureWith, withAuth} from '../../../test/http/authorized.ts';
import type {HttpClient} from '../client.ts';
import {type SessionToken, sessionToken} from './session-token.ts';

const login: SessionToken = {
  login: {path: '/session', json: {username: 'alice', password: 'hush-1'}},
  token: 'data.id',
  send: {header: 'X-Session'},
};

/** Issues `session-1`, `session-2` and so on. */
const sessions = (times = 5) => {
  const bodies: unknown[] = [];
  nock(API)
    .post('/session')
    .times(times)
    .reply(200, async (request: Request) => {
      bodies.push(await request.json());
      return {data: {id: `session-${bodies.length}`}};
    });
  return bodies;
};

const api = (isGood: (session: string) => boolean, header = 'x-session') => {
  const seen: string[] = [];
  nock(API)
    .get('/items')
    .times(100)
    .reply(async (request: Request) => {
      const session = request.headers.get(header) ?? '';
      seen.push(session);
      return isGood(session) ? [200, []] : [401, {message: 'Session expired'}];
    });
  return seen;
};
const get = (http: HttpClient) => http.get('/items');
const getMany = (http: HttpClient, count: number) =>
  Promise.all(Array.from({length: count}, () => get(http)));

describe('sessionToken', () => {
  test('logs in once for 50 concurrent requests, and has its secrets masked', async () => {
    const bodies = sessions();
    const seen = api(() => true);
    const {log, redact} = await withAuth({auth: sessionToken(login)}, (http) => getMany(http, 50));
    expect(bodies).toEqual([{username: 'alice', password: 'hush-1'}]);
    expect(seen).toEqual(Array.from({length: 50}, () => 'session-1'));
    expect(log[0]).toBe('DEBUG POST https://api.test/session 200 0 ms 27 bytes');
    expect(redact('alice hush-1 session-1')).toBe('alice **** ****');
  });

  test('takes the token from a header, and sends it with a prefix', async () => {
    nock(API).post('/session').reply(201, '', {'X-Subject-Token': 'session-1'});
    const seen = api(() => true, 'authorization');
    const auth = sessionToken({
      ...login,
      token: {header: 'X-Subject-Token'},
      send: {header: 'Authorization', prefix: 'Session '},
    });
    await withAuth({auth}, get);
    expect(seen).toEqual(['Session session-1']);
  });

  test('logs in on another host if its URL says so', async () => {
    nock('https://login.test').post('/v1').reply(200, {token: 'session-1'});
    const seen = api(() => true);
    const auth = sessionToken({
      ...login,
      login: {...login.login, path: 'https://login.test/v1'},
      token: 'token',
    });
    await withAuth({auth}, get);
    expect(seen).toEqual(['session-1']);
  });

  test('logs in again once when the session has ended', async () => {
    const bodies = sessions();
    const seen = api((session) => session === 'session-2');
    const {result} = await withAuth({auth: sessionToken(login)}, (http) => getMany(http, 3));
    expect(result).toEqual([[], [], []]);
    expect(bodies).toHaveLength(2);
    expect(seen.toSorted()).toEqual([
      ...['session-1', 'session-1', 'session-1'],
      ...['session-2', 'session-2', 'session-2'],
    ]);
  });

  test('returns a second 401 unchanged', async () => {
    const bodies = sessions();
    api(() => false);
    expect(await failureWith({auth: sessionToken(login)})).toBe(
      'ConfigError: GET https://api.test/items answered 401: Session expired. The API does not accept these credentials: ' +
        'check them in the config. They may be mistyped, expired or revoked.',
    );
    expect(bodies).toHaveLength(2);
  });

  test('does not try refused credentials again, since that may lock the account', async () => {
    const scope = nock(API).post('/session').reply(400, {message: 'Wrong password'});
    const refused =
      'ConfigError: POST https://api.test/session answered 400: Wrong password. The login was refused: check the credentials ' +
      'in the config, and that this user may use the API.';
    const {result} = await withAuth({auth: sessionToken(login)}, (http) =>
      Promise.allSettled([get(http), get(http), get(http).catch(() => get(http))]),
    );
    expect(result.map((outcome) => outcome.status === 'rejected' && `${outcome.reason}`)).toEqual([
      refused,
      refused,
      refused,
    ]);
    expect(scope.isDone()).toBe(true);
  });

  test.each([
    [
      {data: {}},
      {},
      'data.id',
      'SystemError: POST https://api.test/session answered 200, but its field "data.id" is undefined where a token should be.',
    ],
    [
      {},
      {'x-token': ''},
      {header: 'X-Token'},
      'SystemError: POST https://api.test/session answered 200, but its header "X-Token" is empty where a token should be.',
    ],
  ])(
    'names the location of the token if the response is %j',
    async (body, headers, token, expected) => {
      nock(API).post('/session').reply(200, body, headers);
      expect(await failureWith({auth: sessionToken({...login, token})})).toBe(expected);
    },
  );
});
