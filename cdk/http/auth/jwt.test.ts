import {createSecretKey, generateKeyPairSync, type KeyObject} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {jwtVerify} from 'jose';
import nock from 'nock';
import {API, failureWith, NOW, withAuth} from '../../../test/http/authorized.ts';
import {secret} from '../../testing/secrets.ts';
import type {HttpClient} from '../client.ts';
import {jwt} from './jwt.ts';

const rsa = generateKeyPairSync('rsa', {modulusLength: 2048});
const ec = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1') =>
  String(key.export({type, format: 'pem'}));
const RSA = pemOf(rsa.privateKey, 'pkcs8');
const HEX = '00ff'.repeat(16);
const GHOST_SECRET = createSecretKey(Buffer.from(HEX, 'hex'));

const verified = async (token: string | undefined, key: KeyObject, at = NOW) => {
  const {payload, protectedHeader} = await jwtVerify(token ?? '', key, {currentDate: new Date(at)});
  return {payload, header: protectedHeader};
};

/** Records the authorization of each request. Tokens that the API does not accept get a 401. */
const api = (statusOf: (count: number) => number = () => 200) => {
  const seen: string[] = [];
  nock(API)
    .get('/items')
    .times(20)
    .reply(async (request: Request) => {
      seen.push(request.headers.get('authorization') ?? '');
      return [statusOf(seen.length), []];
    });
  return seen;
};
const get = (http: HttpClient) => http.get('/items');
const iat = NOW / 1_000 - 60;

describe('a token that the source signs', () => {
  test.each([
    ['RS256', 'PKCS 8', RSA, rsa.publicKey],
    ['RS256', 'PKCS 1, as GitHub gives it', pemOf(rsa.privateKey, 'pkcs1'), rsa.publicKey],
    ['RS256', 'one line', RSA.replaceAll('\n', '\\n'), rsa.publicKey],
    ['ES256', 'PKCS 8', pemOf(ec.privateKey, 'pkcs8'), ec.publicKey],
    ['ES256', 'SEC 1', pemOf(ec.privateKey, 'sec1'), ec.publicKey],
  ] as const)('by %s with a key in %s verifies', async (algorithm, _form, key, publicKey) => {
    const seen = api();
    const auth = jwt({algorithm, key, claims: {iss: 'app', sub: 'me'}});
    const {redact} = await withAuth({auth}, get);
    const [, token] = seen[0]?.split('Bearer ') ?? [];
    expect(await verified(token, publicKey)).toEqual({
      header: {typ: 'JWT', alg: algorithm},
      payload: {iss: 'app', sub: 'me', iat, exp: iat + 300},
    });
    expect(redact(`${key} ${token}`)).toBe('**** ****');
  });

  test('by HS256 with a hex key and a key id, as for Ghost, can be verified', async () => {
    const seen = api();
    const auth = jwt({
      algorithm: 'HS256',
      key: HEX,
      encoding: 'hex',
      header: {kid: 'id-1'},
      claims: {aud: '/admin/'},
      life: {minutes: 4},
      prefix: 'Ghost',
    });
    await withAuth({auth}, get);
    const [, token] = seen[0]?.split('Ghost ') ?? [];
    expect(await verified(token, GHOST_SECRET)).toEqual({
      header: {typ: 'JWT', kid: 'id-1', alg: 'HS256'},
      payload: {aud: '/admin/', iat, exp: iat + 240},
    });
  });

  test('is signed once for many requests, and again before it expires', async () => {
    const seen = api();
    const key = secret('HS256');
    const auth = jwt({algorithm: 'HS256', key, claims: {iss: 'app'}});
    await withAuth({auth}, async (http, wait) => {
      await Promise.all([get(http), get(http)]);
      await wait(216_000);
      await get(http);
    });
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(2);
    const token = seen[2]?.replace('Bearer ', '');
    const signed = await verified(token, createSecretKey(Buffer.from(key)), NOW + 216_000);
    expect(signed.payload.iat).toBe(iat + 216);
  });

  test.each([
    [
      'something that is not a key',
      {algorithm: 'RS256' as const, key: 'BEGIN hush'},
      "ConfigError: The private key in the config can't be used with RS256: paste the whole PEM file, from its BEGIN line to its END line, unencrypted.",
    ],
    [
      'a key of another kind',
      {algorithm: 'ES256' as const, key: RSA},
      "ConfigError: The private key in the config can't be used with ES256: paste the whole PEM file, from its BEGIN line to its END line, unencrypted.",
    ],
    [
      'an empty secret',
      {algorithm: 'HS256' as const, key: ''},
      'ConfigError: The signing key in the config is empty or not in utf8: paste it again.',
    ],
    [
      'something that is not hex',
      {algorithm: 'HS256' as const, key: '00fg', encoding: 'hex' as const},
      'ConfigError: The signing key in the config is empty or not in hex: paste it again.',
    ],
  ])('cannot be signed with %s', async (_what, key, expected) => {
    expect(await failureWith({auth: jwt({...key, claims: {}})})).toBe(expected);
  });
});

describe('a signed token that is exchanged', () => {
  const PATH = '/app/installations/7/access_tokens';
  const installation = {
    algorithm: 'RS256',
    key: RSA,
    claims: {iss: '42'},
    exchange: {path: PATH, token: 'token', expiresAt: 'expires_at'},
  } as const;

  /** GitHub's endpoint for the installation of an App. */
  const installing = () => {
    const assertions: string[] = [];
    nock(API)
      .post(PATH)
      .times(5)
      .reply(201, async (request: Request) => {
        assertions.push(request.headers.get('authorization')?.replace('Bearer ', '') ?? '');
        const expires_at = new Date(NOW + assertions.length * 3_600_000).toISOString();
        return {token: `ghs_${assertions.length}`, expires_at};
      });
    return assertions;
  };

  test('gets the token of a GitHub App, once until it expires', async () => {
    const assertions = installing();
    const seen = api();
    const {redact} = await withAuth({auth: jwt(installation)}, async (http, wait) => {
      await Promise.all([get(http), get(http)]);
      await wait(3_539_999);
      await get(http);
      await wait(1);
      await get(http);
    });
    expect(seen).toEqual(['Bearer ghs_1', 'Bearer ghs_1', 'Bearer ghs_1', 'Bearer ghs_2']);
    expect(assertions).toHaveLength(2);
    expect(await verified(assertions[0], rsa.publicKey)).toEqual({
      header: {typ: 'JWT', alg: 'RS256'},
      payload: {iss: '42', iat, exp: iat + 300},
    });
    expect(redact(`ghs_1 ${assertions[0]}`)).toBe('**** ****');
  });

  test('gets a new token once if the API refuses it', async () => {
    const assertions = installing();
    const seen = api((count) => (count === 1 ? 401 : 200));
    await withAuth({auth: jwt(installation)}, get);
    expect(seen).toEqual(['Bearer ghs_1', 'Bearer ghs_2']);
    expect(assertions).toHaveLength(2);
  });

  test('gets the token of a Google service account by the JWT bearer grant', async () => {
    const forms: Record<string, string>[] = [];
    nock('https://oauth2.test')
      .post('/token')
      .reply(200, async (request: Request) => {
        forms.push(Object.fromEntries(new URLSearchParams(await request.text())));
        return {access_token: 'ya29.1', expires_in: 3_599, token_type: 'Bearer', id_token: 'e.f.g'};
      });
    const seen = api();
    const auth = jwt({
      algorithm: 'RS256',
      key: RSA,
      claims: {iss: 'robot@project.test', scope: 'read'},
      header: {kid: 'k1'},
      life: {hours: 1},
      exchange: {tokenUrl: 'https://oauth2.test/token'},
    });
    await withAuth({auth}, get);
    const {assertion, ...form} = forms[0] ?? {};
    expect(seen).toEqual(['Bearer ya29.1']);
    expect(form).toEqual({grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer'});
    expect(await verified(assertion, rsa.publicKey)).toEqual({
      header: {typ: 'JWT', kid: 'k1', alg: 'RS256'},
      payload: {
        iss: 'robot@project.test',
        scope: 'read',
        aud: 'https://oauth2.test/token',
        iat,
        exp: iat + 3_600,
      },
    });
  });

  test.each([
    [
      401,
      {message: 'A JSON web token could not be decoded'},
      `ConfigError: POST https://api.test${PATH} answered 401: A JSON web token could not be decoded. The API does not accept ` +
        'these credentials: check them in the config. They may be mistyped, expired or revoked.',
    ],
    [
      201,
      {tokens: []},
      `SystemError: POST https://api.test${PATH} answered 201, but its field "token" is undefined where a token should be.`,
    ],
  ])('and refused with %d is an error with the status', async (status, body, expected) => {
    nock(API).post(PATH).reply(status, body);
    expect(await failureWith({auth: jwt(installation)})).toBe(expected);
  });
});
