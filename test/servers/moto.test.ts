// References to AWS Secrets Manager in a config. moto imitates it; the source runs as a program and as a bundle.
import {copyFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {CreateSecretCommand, SecretsManagerClient} from '@aws-sdk/client-secrets-manager';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {GITHUB, HEADWATER, ROOT, runProgram, runSource, workspace} from '../e2e/run-program.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';
import {describeWith, freePort, responds, SERVERS, type Server, startServer} from './servers.ts';

const REGION = 'eu-west-1';
const TOKEN = 'ghp_hush/hush+1';
const BINARY = 'ghp_from-bytes';

describeWith('moto')('a source whose config refers to AWS Secrets Manager', () => {
  const {folder, file} = workspace();
  let moto: Server;
  let api: ApiServer;
  let env: Readonly<Record<string, string>>;
  let arn: string;
  const tokens: (string | undefined)[] = [];

  beforeAll(async () => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIA-moto',
      AWS_SECRET_ACCESS_KEY: 'anything',
      // The credentials of this machine must not be used.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    moto = await startServer({
      command: join(SERVERS, 'python/moto/bin/moto_server'),
      args: ['-H', '127.0.0.1', '-p', String(port)],
      isReady: responds(`${endpoint}/moto-api/`),
    });
    const client = new SecretsManagerClient({
      endpoint,
      region: REGION,
      credentials: {accessKeyId: 'AKIA-moto', secretAccessKey: 'anything'},
    });
    const create = async (Name: string, secret: string | Buffer) => {
      const value = typeof secret === 'string' ? {SecretString: secret} : {SecretBinary: secret};
      return (await client.send(new CreateSecretCommand({Name, ...value}))).ARN ?? '';
    };
    arn = await create('prod/github', TOKEN);
    await create('prod/all', JSON.stringify({github: {token: TOKEN}, repository: 'octo/secret'}));
    await create('prod/bytes', Buffer.from(BINARY));
    client.destroy();
    api = await serveApi((request, response) => {
      tokens.push(request.headers.authorization);
      sendJson(response, {});
    });
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await moto?.close();
  });

  /** Checks the source with this token. Resolves to its output and the tokens that the API received. */
  const check = async (
    config: {readonly token: string; readonly repositories?: readonly string[]},
    {program = GITHUB, more = {}}: {program?: string; more?: Record<string, string>} = {},
  ) => {
    const path = file('config.json', {repositories: ['octo/one'], ...config, api_url: api.url});
    const {messages, stdout} = await runSource(program, ['check', '--config', path], {
      ...env,
      LOG_LEVEL: 'debug',
      ...more,
    });
    const results = messages.flatMap(({connectionStatus, trace}) => [
      ...(connectionStatus ? [connectionStatus] : []),
      ...(trace?.error ? [trace.error] : []),
    ]);
    return {results, stdout, requested: tokens.splice(0)};
  };
  const failed = (reference: string, reason: string) => ({
    status: 'FAILED',
    message: `The reference ${reference} can't be resolved: ${reason}.`,
  });

  test.each([
    ['by its name', () => 'aws-sm:prod/github', TOKEN],
    ['by its ARN', () => `aws-sm:${arn}`, TOKEN],
    ['by a key of a JSON secret', () => 'aws-sm:prod/all#github.token', TOKEN],
    ['in bytes', () => 'aws-sm:prod/bytes', BINARY],
  ])(
    'gets a secret %s, and never prints it',
    async (_, token, value) => {
      const {results, stdout, requested} = await check({token: token()});
      expect([results, requested]).toEqual([[{status: 'SUCCEEDED'}], [`Bearer ${value}`]]);
      expect(stdout).not.toContain(value);
    },
    30_000,
  );

  test('gets a value in a list', async () => {
    const {results} = await check({
      token: 'x',
      repositories: ['a/b', 'aws-sm:prod/all#repository'],
    });
    expect(results).toEqual([{status: 'SUCCEEDED'}]);
    expect(api.requests.at(-1)).toContain('/repos/octo/secret');
  }, 30_000);

  test.each([
    [
      'aws-sm:prod/missing',
      'there is no such secret, or no value in it (ResourceNotFoundException)',
    ],
    ['aws-sm:prod/all#github.key', 'the secret has no key github.key'],
    [
      'aws-sm:prod/github#key',
      'the secret is not JSON, so it has no fields: leave out the # and the key',
    ],
    [
      'aws-sm:prod/all#github',
      'the value of the key github is an object, not a string, a number or a boolean',
    ],
  ])(
    'fails for %s, which leads nowhere, and sends no request to its API',
    async (token, reason) => {
      const {results, stdout, requested} = await check({token});
      expect([results, requested]).toEqual([[failed(token, reason)], []]);
      expect(stdout).not.toContain(TOKEN);
    },
    30_000,
  );

  test('reports a missing region and missing credentials', async () => {
    const token = 'aws-sm:prod/github';
    const region = await check({token}, {more: {AWS_REGION: ''}});
    const credentials = await check({token}, {more: {AWS_ACCESS_KEY_ID: ''}});
    const byArn = await check({token: `aws-sm:${arn}`}, {more: {AWS_REGION: ''}});
    expect([region.results, credentials.results, byArn.results]).toEqual([
      [failed(token, 'there is no AWS region: set AWS_REGION, or use the full ARN')],
      [
        failed(
          token,
          'there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine or container a role (CredentialsProviderError)',
        ),
      ],
      [{status: 'SUCCEEDED'}],
    ]);
  }, 60_000);

  test('fails with a transient error if AWS cannot be reached', async () => {
    const {results} = await check(
      {token: 'aws-sm:prod/github'},
      {more: {AWS_ENDPOINT_URL: 'http://127.0.0.1:1'}},
    );
    expect(results).toMatchObject([
      {
        failure_type: 'transient_error',
        message:
          "The reference aws-sm:prod/github can't be resolved: the request to AWS failed: connect ECONNREFUSED 127.0.0.1:1.",
      },
    ]);
  }, 30_000);

  test('finds the client beside its bundle, and reports how to install it if it is missing', async () => {
    const bundled = await runProgram(HEADWATER, ['bundle', 'github']);
    expect(bundled.status).toBe(0);
    const program = join(folder, 'main.mjs');
    copyFileSync(join(ROOT, 'dist/github/main.js'), program);
    // Its first line names `node`, and the host's own may be older.
    const run = () =>
      check(
        {token: 'aws-sm:prod/github'},
        {program, more: {PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`}},
      );
    const without = await run();
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const beside = await run();
    expect([without.results, beside.results]).toEqual([
      [
        failed(
          'aws-sm:prod/github',
          'its package is not installed: run `npm install @aws-sdk/client-secrets-manager` next to the program, or add it to the image as in docs/secrets.md',
        ),
      ],
      [{status: 'SUCCEEDED'}],
    ]);
  }, 60_000);
});
