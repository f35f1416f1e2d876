import {homedir} from 'node:os';
import {join} from 'node:path';
import {ConfigError, SystemError} from '../errors.ts';
import {apiKey} from '../http/auth/api-key.ts';
import {type HttpClient, openHttpClient} from '../http/client.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import {openFile} from './file.ts';
import type {OpenStore, StoreContext} from './store.ts';

type Vault = HttpClient & {readonly close: () => Promise<void>};

/** Short, because a command waits for its config. */
const SOON = {seconds: 5};
const TIMEOUTS = {connect: SOON, headers: SOON, idle: SOON, total: {seconds: 10}};
const RETRY = {attempts: 3, cap: {seconds: 2}, longest: SOON};

/** Searched as by Vault's own command: https://developer.hashicorp.com/vault/docs/commands#environment-variables */
const findToken = async ({env, ...context}: StoreContext, signal: AbortSignal): Promise<string> => {
  if (env['VAULT_TOKEN']) return env['VAULT_TOKEN'];
  const path = env['VAULT_TOKEN_FILE'] || join(env['HOME'] || homedir(), '.vault-token');
  try {
    return String(await openFile({env, ...context}).fetch(path, signal)).trim();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `there is no token for Vault: set VAULT_TOKEN, or VAULT_TOKEN_FILE to the path of a file with it (${path}: ${error.message})`,
    );
  }
};

/** The status of a refusal. Its meaning depends on the other request. */
const refusedWith = (error: unknown): number | undefined =>
  isObject(error) && typeof error['vaultStatus'] === 'number' ? error['vaultStatus'] : undefined;

const connect = async (context: StoreContext, signal: AbortSignal): Promise<Vault> => {
  const {env, onSecret} = context;
  const address = env['VAULT_ADDR'];
  if (!address) {
    throw new ConfigError(
      'VAULT_ADDR is not set: set it to the URL of Vault, such as https://vault:8200',
    );
  }
  const token = await findToken(context, signal);
  const namespace = env['VAULT_NAMESPACE'];
  return openHttpClient(
    {
      baseUrl: address,
      auth: apiKey({header: 'x-vault-token', value: token}),
      headers: {
        // Vault's agent may require it, as proof that the request does not come from a browser.
        'x-vault-request': 'true',
        ...(namespace && {'x-vault-namespace': namespace}),
      },
      timeouts: TIMEOUTS,
      retry: RETRY,
      explain: ({status}) => Object.assign(new Error('refused'), {vaultStatus: status}),
    },
    {signal: context.signal, log: () => {}, onSecret},
  );
};

type Result = {readonly status: number; readonly data: unknown};

const request = async (vault: Vault, path: string): Promise<Result> => {
  try {
    const body = await vault.get(path);
    return {status: 200, data: isObject(body) ? body['data'] : undefined};
  } catch (error) {
    const status = refusedWith(error);
    if (status === undefined) throw error;
    return {status, data: undefined};
  }
};

const refusal = ({status}: Result): Error => {
  switch (status) {
    case 200:
    case 404:
      return new ConfigError('there is no such secret, or its last version was deleted');
    case 401:
    case 403:
      return new ConfigError(
        'no permission: the token may be wrong or expired, or its policies do not let it read this',
      );
    default:
      return new SystemError(`Vault answered ${status}`);
  }
};

/**
 * A mount's secrets may be versioned, with `data` in the path and the fields one level deeper. Only an internal API tells.
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version, …/kv/kv-v1#read-secret
 */
const read = async (vault: Vault, target: string): Promise<JsonObject> => {
  const [mount = '', ...path] = target.split('/').map(encodeURIComponent);
  const versioned = await request(vault, `v1/${[mount, 'data', ...path].join('/')}`);
  const {data: fields, metadata} = isObject(versioned.data) ? versioned.data : {};
  if (isObject(fields) && isObject(metadata)) return fields;
  if (versioned.status !== 403 && versioned.status !== 404) throw refusal(versioned);
  const plain = await request(vault, `v1/${[mount, ...path].join('/')}`);
  if (isObject(plain.data)) return plain.data;
  throw refusal(versioned);
};

/** `vault:<mount>/<path>#<key>`: a key-value secret of HashiCorp Vault or OpenBao. */
export const openVault: OpenStore = (context) => {
  let opened: Promise<Vault> | undefined;
  return {
    fetch: async (target, signal) => {
      opened ??= connect(context, signal);
      return read(await opened, target);
    },
    close: async () => {
      // `fetch` has already reported why connecting failed.
      const vault = await opened?.catch(() => undefined);
      await vault?.close();
    },
  };
};
