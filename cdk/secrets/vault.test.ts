// The responses are those of https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and …/kv-v1.
import type {IncomingMessage} from 'node:http';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {sendJson} from '../../test/http/api-server.ts';
import {serve} from '../../test/http/loopback.ts';
import {resolveHere} from '../../test/resolve-here.ts';

const {folder, file} = workspace();

type Reply = {readonly status?: number; readonly body: unknown};

const NOTHING: Reply = {status: 404, body: {errors: []}};
const DENIED: Reply = {
  status: 403,
  body: {errors: ['1 error occurred:\n\t* permission denied\n\n']},
};

const versioned = (data: object | null): Reply => ({
  body: {
    request_id: '1',
    lease_duration: 0,
    data: {
      data,
      metadata: {
        created_time: '2026-03-22T02:24:06.945319214Z',
        custom_metadata: null,
        deletion_time: data === null ? '2026-03-23T00:00:00Z' : '',
        destroyed: false,
        version: 2,
      },
    },
  },
});
const plain = (data: object): Reply => ({
  body: {auth: null, data, lease_duration: 2_764_800, lease_id: '', renewable: false},
});

/** A server with these replies, which records its requests. */
const vaultWith = async (replies: Readonly<Record<string, Reply>>) => {
  const requests: IncomingMessage[] = [];
  const url = await serve((request, response) => {
    requests.push(request);
    const {status = 200, body} = replies[request.url ?? ''] ?? NOTHING;
    sendJson(response, body, {status});
  });
  const env = {VAULT_ADDR: url, VAULT_TOKEN: 'hvs.the-token'};
  return {env, requests, url, paths: () => requests.map((request) => request.url)};
};

const reasonIn = (error: string | undefined) =>
  error?.replace(/The reference \S+ can't be resolved: /, '');

describe('a secret of Vault', () => {
  test('is read with its version, and once for all its keys', async () => {
    const vault = await vaultWith({
      '/v1/secret/data/team/app': versioned({token: 'hush-hush', port: 5432}),
    });
    const env = {...vault.env, VAULT_ADDR: `${vault.url}/`, VAULT_NAMESPACE: 'admin/team'};
    const {config, secrets} = await resolveHere(
      ['vault:secret/team/app#token', 'vault:secret/team/app#port'],
      {env},
    );
    expect([config, secrets]).toEqual([
      ['hush-hush', 5432],
      ['hvs.the-token', 'hush-hush', '5432'],
    ]);
    expect(vault.paths()).toEqual(['/v1/secret/data/team/app']);
    expect(vault.requests[0]?.headers).toMatchObject({
      'x-vault-token': 'hvs.the-token',
      'x-vault-namespace': 'admin/team',
      'x-vault-request': 'true',
    });
  });

  test.each([
    ['does not exist with a version', NOTHING],
    ['may not be read with a version', DENIED],
  ])('that %s is read without a version', async (_, first) => {
    const vault = await vaultWith({
      '/v1/kv/data/app': first,
      '/v1/kv/app': plain({token: 'hush-hush'}),
    });
    const {config} = await resolveHere('vault:kv/app#token', {env: vault.env});
    expect(config).toBe('hush-hush');
  });

  test('is read with the token of a file if the environment has no token', async () => {
    const vault = await vaultWith({'/v1/secret/data/app': versioned({token: 'hush-hush'})});
    file('token', 'hvs.from-a-file\n');
    file('.vault-token', 'hvs.from-home');
    const env = {VAULT_ADDR: vault.url};
    await resolveHere('vault:secret/app#token', {
      env: {...env, VAULT_TOKEN_FILE: join(folder, 'token')},
    });
    await resolveHere('vault:secret/app#token', {env: {...env, HOME: folder}});
    expect(vault.requests.map(({headers}) => headers['x-vault-token'])).toEqual([
      'hvs.from-a-file',
      'hvs.from-home',
    ]);
  });
});

describe('a secret that Vault does not return', () => {
  const GONE = 'config_error: there is no such secret, or its last version was deleted.';
  const FORBIDDEN =
    'config_error: no permission: the token may be wrong or expired, or its policies do not let it read this.';

  test.each([
    ['does not exist', {}, GONE],
    ['was deleted', {'/v1/secret/data/app': {...versioned(null), status: 404}}, GONE],
    ['is forbidden', {'/v1/secret/data/app': DENIED, '/v1/secret/app': DENIED}, FORBIDDEN],
    [
      'does not exist in a mount whose policies cover only versioned paths',
      {'/v1/secret/app': DENIED},
      GONE,
    ],
    [
      'has other keys',
      {'/v1/secret/data/app': versioned({password: 'hush-hush'})},
      'config_error: the secret has no key token.',
    ],
    [
      'is requested in a wrong way',
      {'/v1/secret/data/app': {status: 400, body: {errors: ['unsupported operation']}}},
      'system_error: Vault answered 400.',
    ],
  ])('fails with the reason if it %s', async (_, replies, reason) => {
    const {env} = await vaultWith(replies);
    const {error} = await resolveHere('vault:secret/app#token', {env});
    expect(reasonIn(error)).toBe(reason);
  });

  test('fails with a transient error if Vault is sealed', async () => {
    const {env, requests} = await vaultWith({
      '/v1/secret/data/app': {status: 503, body: {errors: ['Vault is sealed']}},
    });
    const {error} = await resolveHere('vault:secret/app#token', {env});
    expect(error).toMatch(
      /^transient_error: The reference vault:secret\/app#token can't be resolved: GET .* answered 503/,
    );
    expect(requests).toHaveLength(3);
  });

  test('fails with the variable to set if the address or the token is missing', async () => {
    const {error: noAddress} = await resolveHere('vault:secret/app#token');
    const {error: noToken} = await resolveHere('vault:secret/app#token', {
      env: {VAULT_ADDR: 'http://127.0.0.1:1', HOME: join(folder, 'nobody')},
    });
    expect([noAddress, noToken].map(reasonIn)).toEqual([
      'config_error: VAULT_ADDR is not set: set it to the URL of Vault, such as https://vault:8200.',
      `config_error: there is no token for Vault: set VAULT_TOKEN, or VAULT_TOKEN_FILE to the path of a file with it (${join(folder, 'nobody/.vault-token')}: there is no such file: mount it where the source runs).`,
    ]);
  });
});
