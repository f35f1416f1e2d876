// OAuth 2 against oidc-provider, a certified server, whose access tokens live for two seconds here.
import {spawn} from 'node:child_process';
import {generateKeyPairSync} from 'node:crypto';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {ROOT, runProgram, runSource, workspace} from '../e2e/run-program.ts';
import {startOidcProvider} from './oidc-provider.ts';

const OAUTH = join(ROOT, 'test/programs/oauth/main.ts');
const SUCCEEDED = {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}};
/** Longer than an access token lives. */
const EXPIRED = 2_200;
const secret = 's3-cr+et';

const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const key = String(privateKey.export({type: 'pkcs8', format: 'pem'}));
const {folder, file} = workspace();

let server: Awaited<ReturnType<typeof startOidcProvider>>;
beforeAll(async () => {
  const jwk = publicKey.export({format: 'jwk'});
  server = await startOidcProvider({...jwk, kid: 'k1', alg: 'ES256', use: 'sig'});
});
afterAll(() => server.close());

/** Checks the source with 50 requests at once after each pause; what it printed, and what the server saw. */
const check = async (config: object) => {
  const path = file('config.json', config);
  const {messages, stdout, status} = await runSource(OAUTH, ['check', '--config', path], {
    LOG_LEVEL: 'debug',
  });
  const said = messages.filter(({type}) => type !== 'LOG');
  return {said, stdout, status, grants: await server.log()};
};

describe('a client on its own behalf', () => {
  test.each([
    ['basic', () => ({id: 'by-basic', secret})],
    ['post', () => ({id: 'by-post', secret})],
    ['signed', () => ({id: 'signer', key, audience: server.url})],
  ])(
    'that shows who it is by way of "%s" gets one token for 50 requests, and another when it is old',
    async (type, credentials) => {
      const {said, stdout, grants} = await check({
        api_url: server.url,
        credentials: {type, ...credentials()},
        pauses: [0, EXPIRED],
      });
      expect(said).toEqual([SUCCEEDED]);
      expect(grants).toEqual(['granted client_credentials', 'granted client_credentials']);
      expect(stdout.match(/GET \S+\/items 200/g)).toHaveLength(100);
      expect(stdout).not.toContain(secret);
    },
    30_000,
  );

  test('is told what is wrong when its secret is', async () => {
    const {said, grants, status} = await check({
      api_url: server.url,
      credentials: {type: 'basic', id: 'by-basic', secret: 'wrong-one'},
    });
    expect(said).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message:
            `POST ${server.url}/token answered 401: client authentication failed. (invalid_client) The client id, or the secret ` +
            'or key that goes with it, is wrong, expired or revoked: check both in the config.',
        },
      },
    ]);
    expect(grants).toEqual([expect.stringMatching(/^refused client_credentials/)]);
    expect(status).toBe(0);
  }, 30_000);
});

describe('a rotated refresh token', () => {
  const configFor = (refresh_token: string) => ({
    api_url: server.url,
    credentials: {type: 'refresh', id: 'web', secret, refresh_token},
    pauses: [0, EXPIRED, EXPIRED],
  });
  const rotations = (said: Readonly<Awaited<ReturnType<typeof check>>['said']>) =>
    said.flatMap(({control}) => (control ? [control.connectorConfig?.config] : []));
  const THREE = Array.from({length: 3}, () => 'granted refresh_token');

  test('is used once however many requests wait for it, told each time, and good for the next run', async () => {
    const config = configFor(await server.consent());
    const first = await check(config);
    expect(first.grants).toEqual(THREE);
    const told = rotations(first.said);
    const tokens = told.map((changed) => String(Object(changed?.['credentials']).refresh_token));
    expect(told).toEqual(tokens.map(configFor));
    expect(new Set([config.credentials.refresh_token, ...tokens]).size).toBe(4);
    expect(first.said.at(-1)).toEqual(SUCCEEDED);

    const second = await check(told.at(-1) ?? {});
    expect(second.grants).toEqual(THREE);
    expect(second.said.at(-1)).toEqual(SUCCEEDED);
    expect(first.stdout.match(/GET \S+\/items 200/g)).toHaveLength(150);
  }, 60_000);

  test('that an earlier run has used is a refusal that says what to do', async () => {
    const config = {...configFor(await server.consent()), pauses: [0]};
    await check(config);
    const {said, grants} = await check(config);
    expect(grants).toEqual(['revoked', 'refused refresh_token: refresh token already used']);
    expect(said).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message:
            `POST ${server.url}/token answered 400: grant request is invalid. (invalid_grant) The authorization has expired, or was ` +
            'revoked or already used: authorize again, and put the new credentials into the config.',
        },
      },
    ]);
  }, 30_000);

  /** Checks the source, and kills it at the moment it says that its config changed; the changed config. */
  const checkUntilRotated = async (config: object) => {
    const path = file('config.json', config);
    const child = spawn(OAUTH, ['check', '--config', path], {stdio: ['ignore', 'pipe', 'inherit']});
    const ended = once(child, 'close');
    for await (const line of createInterface(child.stdout)) {
      const [message] = parseMessages(`${line}\n`);
      if (message?.type !== 'CONTROL') continue;
      child.kill('SIGKILL');
      expect((await ended)[1]).toBe('SIGKILL');
      return message.control?.connectorConfig?.config ?? {};
    }
    throw new Error('It ended without a CONTROL message.');
  };

  test('is in the hands of whoever reads before it is used: killed there, the next run goes on with it', async () => {
    let config: object = {...configFor(await server.consent()), pauses: [0]};
    for (let kill = 0; kill < 3; kill += 1) config = await checkUntilRotated(config);
    expect(await server.log()).toEqual(THREE);
    const {said, grants} = await check(config);
    expect(said.at(-1)).toEqual(SUCCEEDED);
    expect(grants).toEqual(['granted refresh_token']);
  }, 60_000);

  test('is kept in the token store of a local sync, whose next run starts from it', async () => {
    const config = file('config.json', configFor(await server.consent()));
    const written = readFileSync(config, 'utf8');
    const [tokens, out] = [join(folder, 'tokens'), join(folder, 'out')];
    const sync = (name: string) =>
      runProgram(join(ROOT, 'headwater/main.ts'), [
        ...['sync', OAUTH, '--config', config, '--to', `jsonl:${join(out, name)}`],
        ...['--tokens', tokens],
      ]);
    const runs = [await sync('first'), await sync('second'), await sync('third')];
    expect(runs.map(({status}) => status)).toEqual([0, 0, 0]);
    expect(await server.log()).toEqual(THREE);
    expect(readFileSync(config, 'utf8')).toBe(written);
    const rows = ['first', 'second', 'third'].map(
      (name) => readdirSync(join(out, name)).filter((path) => path.endsWith('.jsonl')).length,
    );
    expect(rows).toEqual([1, 1, 1]);
  }, 60_000);

  test('behind a reference does not strand the user either', async () => {
    const config = {
      ...configFor('env:OIDC_REFRESH_TOKEN'),
      credentials: {
        type: 'refresh',
        id: 'web',
        secret: `file:${file('secret', secret)}`,
        refresh_token: 'env:OIDC_REFRESH_TOKEN',
      },
      pauses: [0],
    };
    const {messages, stdout} = await runSource(
      OAUTH,
      ['check', '--config', file('config.json', config)],
      {OIDC_REFRESH_TOKEN: await server.consent()},
    );
    const [told] = rotations(messages);
    const token = String(Object(told?.['credentials']).refresh_token);
    expect(told).toEqual({...config, credentials: {...config.credentials, refresh_token: token}});
    expect(stdout).not.toContain(secret);
    const {said, grants} = await check(told ?? {});
    expect(said.at(-1)).toEqual(SUCCEEDED);
    expect(grants).toEqual(['granted refresh_token', 'granted refresh_token']);
  }, 30_000);
});
