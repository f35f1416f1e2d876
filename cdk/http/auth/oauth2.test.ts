import {generateKeyPairSync} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {jwtVerify} from 'jose';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, failureWith, NOW, settled, withAuth} from '../../../test/http/authorized.ts';
import type {HttpClient} from '../client.ts';
import type {Rotation} from './auth.ts';
import {type OAuth2, oauth2} from './oauth2.ts';

const LOGIN = 'https://login.test';
const TOKEN_URL = `${LOGIN}/token`;
const client = {id: 'app-1.test_x', secret: 'se-cr+et/1'};
const machine: OAuth2 = {tokenUrl: TOKEN_URL, client, grant: 'client_credentials'};
const user: OAuth2 = {tokenUrl: TOKEN_URL, client, grant: {refreshToken: 'refresh-1'}};

const fields = async (request: Request) =>
  Object.fromEntries(new URLSearchParams(await request.text()));

/** A token endpoint that issues `access-1`, `access-2` and so on, and records its requests. */
const issuing = (grantOf: (count: number) => object = () => ({}), times = 20) => {
  const requests: Record<string, string>[] = [];
  nock(LOGIN)
    .post('/token')
    .times(times)
    .reply(200, async (request: Request) => {
      requests.push(await fields(request));
      const access_token = `access-${requests.length}`;
      return {access_token, token_type: 'Bearer', expires_in: 3_600, ...grantOf(requests.length)};
    });
  return requests;
};

/** An API that accepts one token and responds to any other with 401. */
const accepting = (isGood: (token: string) => boolean, times = 200) => {
  const seen: string[] = [];
  nock(API)
    .get('/items')
    .times(times)
    .reply(async (request: Request) => {
      const token = request.headers.get('authorization') ?? '';
      seen.push(token);
      return isGood(token) ? [200, [{id: 1}]] : [401, {message: 'Token expired'}];
    });
  return seen;
};

const get = (http: HttpClient) => http.get('/items');
const getMany = (http: HttpClient, count: number) =>
  Promise.all(Array.from({length: count}, () => get(http)));

describe('a client on its own behalf', () => {
  test('gets a token for the first request, by Basic, and uses it for all of them', async () => {
    const heads: (string | null)[] = [];
    nock(LOGIN)
      .post('/token', {scope: 'a b', audience: 'x', grant_type: 'client_credentials'})
      .reply(201, async (request: Request) => {
        heads.push(request.headers.get('authorization'), request.headers.get('content-type'));
        return {access_token: 'access-1', expires_in: '3600'};
      });
    const seen = accepting(() => true);
    const auth = oauth2({...machine, scope: 'a b', parameters: {audience: 'x'}});
    const {log, redact} = await withAuth({auth}, (http) => getMany(http, 3));
    const credentials = Buffer.from('app-1.test_x:se-cr%2Bet%2F1').toString('base64');
    expect(heads).toEqual([
      `Basic ${credentials}`,
      'application/x-www-form-urlencoded;charset=UTF-8',
    ]);
    expect(seen).toEqual(['Bearer access-1', 'Bearer access-1', 'Bearer access-1']);
    expect(log[0]).toBe('DEBUG POST https://login.test/token 201 0 ms 47 bytes');
    expect(redact(`${credentials} se-cr+et/1 se-cr%2Bet%2F1 access-1`)).toBe('**** **** **** ****');
  });

  test('may send its secret in the body', async () => {
    const requests = issuing();
    accepting(() => true);
    await withAuth({auth: oauth2({...machine, client: {...client, sentAs: 'post'}})}, get);
    expect(requests).toEqual([
      {client_id: client.id, client_secret: client.secret, grant_type: 'client_credentials'},
    ]);
  });

  test.each(['RS256', 'ES256'] as const)(
    'may identify itself by a signature with %s',
    async (algorithm) => {
      const {publicKey, privateKey} =
        algorithm === 'RS256'
          ? generateKeyPairSync('rsa', {modulusLength: 2048})
          : generateKeyPairSync('ec', {namedCurve: 'P-256'});
      const requests = issuing();
      accepting(() => true);
      const key = String(privateKey.export({type: 'pkcs8', format: 'pem'}));
      const auth = oauth2({...machine, client: {id: 'app', key, algorithm, keyId: 'k1'}});
      await withAuth({auth}, get);
      const {client_assertion = '', ...rest} = requests[0] ?? {};
      expect(rest).toEqual({
        client_id: 'app',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        grant_type: 'client_credentials',
      });
      const {payload, protectedHeader} = await jwtVerify(client_assertion, publicKey, {
        currentDate: new Date(NOW),
      });
      const iat = NOW / 1_000 - 60;
      expect(protectedHeader).toEqual({alg: algorithm, kid: 'k1'});
      expect(payload).toEqual({
        jti: expect.any(String),
        aud: TOKEN_URL,
        iss: 'app',
        sub: 'app',
        iat,
        nbf: iat,
        exp: iat + 120,
      });
    },
  );

  test('may be public, and sends only its id', async () => {
    const requests = issuing();
    accepting(() => true);
    await withAuth({auth: oauth2({...user, client: {id: 'app'}})}, get);
    expect(requests).toEqual([
      {client_id: 'app', grant_type: 'refresh_token', refresh_token: 'refresh-1'},
    ]);
  });
});

describe('an access token', () => {
  const LIFE = 3_600_000;

  test('that is about to expire is replaced once for 50 concurrent requests', async () => {
    const requests = issuing();
    const seen = accepting(() => true);
    await withAuth({auth: oauth2(machine)}, async (http, wait) => {
      await get(http);
      await wait(LIFE - 60_001);
      await get(http);
      await wait(1);
      await getMany(http, 50);
    });
    expect(requests).toHaveLength(2);
    expect(seen).toEqual([
      'Bearer access-1',
      'Bearer access-1',
      ...Array.from({length: 50}, () => 'Bearer access-2'),
    ]);
  });

  test.each([
    ['of 5 s after 4.5 s', {expires_in: 5}, 4_499],
    ['of 100 s after 90 s', {expires_in: 100}, 89_999],
  ])('%s is replaced', async (_life, granted, stillGood) => {
    const requests = issuing(() => granted);
    accepting(() => true);
    await withAuth({auth: oauth2(machine)}, async (http, wait) => {
      await get(http);
      await wait(stillGood);
      await get(http);
      expect(requests).toHaveLength(1);
      await wait(1);
      await get(http);
    });
    expect(requests).toHaveLength(2);
  });

  test.each([[undefined], [0]])('with a life of %p is kept until it is refused', async (life) => {
    const requests = issuing(() => ({expires_in: life}));
    accepting(() => true);
    await withAuth({auth: oauth2(machine)}, async (http, wait) => {
      await get(http);
      await wait(1_000_000_000);
      await get(http);
    });
    expect(requests).toHaveLength(1);
  });

  test('expires by our own clock, however wrong that of the server is', async () => {
    const requests = issuing();
    const now = NOW - 86_400_000;
    accepting(() => true);
    await withAuth({auth: oauth2(machine), now}, async (http, wait) => {
      await getMany(http, 3);
      await wait(LIFE - 60_001);
      await getMany(http, 3);
    });
    expect(requests).toHaveLength(1);
  });

  test('that the API suddenly refuses is replaced once, and each request is sent once more', async () => {
    const requests = issuing();
    const seen = accepting((token) => token !== 'Bearer access-1');
    const {result} = await withAuth({auth: oauth2(machine)}, (http) => getMany(http, 10));
    expect(result).toEqual(Array.from({length: 10}, () => [{id: 1}]));
    expect(requests).toHaveLength(2);
    expect(seen.toSorted()).toEqual([
      ...Array.from({length: 10}, () => 'Bearer access-1'),
      ...Array.from({length: 10}, () => 'Bearer access-2'),
    ]);
  });

  test('that is refused a second time fails with the 401', async () => {
    const requests = issuing();
    const seen = accepting(() => false);
    expect(await failureWith({auth: oauth2(machine)})).toBe(
      'ConfigError: GET https://api.test/items answered 401: Token expired. The API does not accept these credentials: ' +
        'check them in the config. They may be mistyped, expired or revoked.',
    );
    expect(requests).toHaveLength(2);
    expect(seen).toEqual(['Bearer access-1', 'Bearer access-2']);
  });
});

describe('a rotated refresh token', () => {
  const rotating = () => issuing((count) => ({refresh_token: `refresh-${count + 1}`}));

  test('is saved before the new access token is used, each one once', async () => {
    const events: string[] = [];
    const requests = rotating();
    nock(API)
      .get('/items')
      .times(100)
      .reply(200, async (request: Request) => {
        events.push(`API ${request.headers.get('authorization')}`);
        return [];
      });
    const onRotated = async ({from, to}: Rotation) => {
      events.push(`${from} -> ${to}`);
      await settled();
      events.push('saved');
    };
    const {redact} = await withAuth({auth: oauth2(user), onRotated}, async (http, wait) => {
      await getMany(http, 2);
      await wait(3_600_000);
      await getMany(http, 2);
    });
    expect(events).toEqual([
      'refresh-1 -> refresh-2',
      'saved',
      'API Bearer access-1',
      'API Bearer access-1',
      'refresh-2 -> refresh-3',
      'saved',
      'API Bearer access-2',
      'API Bearer access-2',
    ]);
    expect(requests.map((request) => request['refresh_token'])).toEqual(['refresh-1', 'refresh-2']);
    expect(redact('refresh-1 refresh-2 refresh-3 access-2')).toBe('**** **** **** ****');
  });

  test('that cannot be saved is not used, now or later', async () => {
    const requests = rotating();
    const seen = accepting(() => true);
    const onRotated = async () => {
      throw new Error('EPIPE');
    };
    const expected =
      'SystemError: The server issued a new refresh token, which could not be saved (the CONTROL message failed), so it was not used. ' +
      'Authorize again if the next run is refused.';
    await withAuth({auth: oauth2(user), onRotated}, async (http) => {
      expect(await failureOf(() => get(http))).toBe(expected);
      expect(await failureOf(() => get(http))).toBe(expected);
    });
    expect(requests).toHaveLength(1);
    expect(seen).toEqual([]);
  });

  test('is not saved if it is the same as before', async () => {
    issuing(() => ({refresh_token: 'refresh-1'}));
    accepting(() => true);
    const rotations: Rotation[] = [];
    const onRotated = async (rotation: Rotation) => void rotations.push(rotation);
    await withAuth({auth: oauth2(user), onRotated}, get);
    expect(rotations).toEqual([]);
  });
});

describe('a token endpoint that refuses', () => {
  const refusing = (status: number, body: object | string, headers = {}) =>
    nock(LOGIN).post('/token').times(5).reply(status, body, headers);
  const at = 'POST https://login.test/token answered';

  test.each([
    [
      401,
      {error: 'invalid_client'},
      `ConfigError: ${at} 401: invalid_client. (invalid_client) The client id, or the secret or key that goes with it, is wrong, expired or revoked: check both in the config.`,
    ],
    [
      400,
      {error: 'invalid_grant', error_description: 'Token was revoked.'},
      `ConfigError: ${at} 400: Token was revoked. (invalid_grant) The authorization has expired, or was revoked or already used: authorize again, and put the new credentials into the config.`,
    ],
    [
      200,
      {error: 'bad_refresh_token', error_description: 'Expired.'},
      `ConfigError: ${at} 200: Expired. (bad_refresh_token) The authorization has expired, or was revoked or already used: authorize again, and put the new credentials into the config.`,
    ],
    [
      400,
      {error: 'invalid_scope'},
      `ConfigError: ${at} 400: invalid_scope. (invalid_scope) The client may not have this scope: grant it where the client is registered.`,
    ],
    [
      403,
      'Forbidden',
      `ConfigError: ${at} 403: Forbidden. The client id, or the secret or key that goes with it, is wrong, expired or revoked: check both in the config.`,
    ],
    [
      400,
      {error: 'temporarily_unavailable'},
      `TransientError: ${at} 400: temporarily_unavailable. (temporarily_unavailable) Try again later.`,
    ],
    [404, '', `SystemError: ${at} 404. The server issued no access token.`],
    [
      503,
      {error: 'server_error'},
      `TransientError: ${at} 503: server_error. All 2 attempts failed: try again later.`,
    ],
    [
      200,
      {access_token: 7},
      'SystemError: POST https://login.test/token returned no usable access token. Check that the token URL is the one of this API.',
    ],
    [
      200,
      '<html></html>',
      `ConfigError: ${at} with HTML instead of JSON (content-type not given). It may be a login or error page. Check the credentials, and that the URL in the config is the API's own.`,
    ],
  ])('with %d and %j is an error with advice', async (status, body, expected) => {
    refusing(status, body, {'www-authenticate': 'Basic realm="login"'});
    const failure = await failureWith({auth: oauth2(user)});
    expect(failure).toBe(expected);
    for (const secret of ['refresh-1', client.secret, 'se-cr']) {
      expect(failure).not.toContain(secret);
    }
  });

  test('gets no further request in the run', async () => {
    const scope = nock(LOGIN).post('/token').reply(400, {error: 'invalid_grant'});
    await withAuth({auth: oauth2(user)}, async (http) => {
      const failures = await Promise.allSettled([get(http), get(http)]);
      expect(failures.map(({status}) => status)).toEqual(['rejected', 'rejected']);
      expect(await failureOf(() => get(http))).toMatch(/^ConfigError: .* \(invalid_grant\)/);
    });
    expect(scope.isDone()).toBe(true);
  });

  test('gets another request for the next one if the failure is transient', async () => {
    nock(LOGIN).post('/token').times(2).reply(503);
    await withAuth({auth: oauth2(machine)}, async (http) => {
      expect(await failureOf(() => get(http))).toMatch(/^TransientError: POST/);
      issuing();
      accepting(() => true);
      expect(await get(http)).toEqual([{id: 1}]);
    });
  });

  test('cannot send credentials elsewhere by a redirect', async () => {
    refusing(307, '', {location: 'https://thief.test/token'});
    const thief = nock('https://thief.test').post('/token').reply(200, {access_token: 'x'});
    expect(await failureWith({auth: oauth2(user)})).toBe(
      `SystemError: ${at} 307. The server issued no access token.`,
    );
    expect(thief.isDone()).toBe(false);
  });
});

test('an invalid refresh token is refused at once', async () => {
  expect(await failureOf(() => oauth2({...user, grant: {refreshToken: 'two words'}}))).toBe(
    'ConfigError: The token in the config is empty, or holds a space, a line break or another character that no token has: paste it again.',
  );
});
