// Tests stores of secrets that accept a request, never respond, and do not close the connection.
import {expect, test} from '@jest/globals';
import {request} from 'undici';
import {serve} from '../../test/http/loopback.ts';
import {resolveHere} from '../../test/resolve-here.ts';
import type {AwsPackage} from './aws-sm.ts';
import type {ResolveRuntime} from './resolve.ts';

type Store = Pick<ResolveRuntime, 'load' | 'env'>;

const awsAt = async (endpoint: string): Promise<Store> => {
  const aws: AwsPackage = await import('@aws-sdk/client-secrets-manager');
  const credentials = {accessKeyId: 'AKIA', secretAccessKey: 'hush'};
  const SecretsManager = class extends aws.SecretsManager {
    constructor(options: ConstructorParameters<AwsPackage['SecretsManager']>[0]) {
      super(Object.assign({region: 'us-east-1'}, options, {endpoint, credentials}));
    }
  };
  return {load: async <T>(): Promise<T> => Object({SecretsManager})};
};

/** A client with the methods of Google's that ignores its time limit. */
const gcpAt = async (origin: string): Promise<Store> => {
  const SecretManagerServiceClient = class {
    initialize = async () => {};
    accessSecretVersion = ({name}: {name: string}) => request(`${origin}/v1/${name}:access`);
    close = () => new Promise(() => {});
  };
  return {load: async <T>(): Promise<T> => Object({SecretManagerServiceClient})};
};

const vaultAt = async (url: string): Promise<Store> => ({
  env: {VAULT_ADDR: url, VAULT_TOKEN: 'hvs.the-token'},
});

test.each([
  ['vault:secret/app#token', vaultAt],
  ['aws-sm:prod/db', awsAt],
  ['gcp-sm:projects/p/secrets/s', gcpAt],
])(
  'a store that never responds is given up after its time limit: %s',
  async (reference, storeAt) => {
    const requested = Promise.withResolvers<void>();
    const url = await serve(() => requested.resolve());
    const limits: number[] = [];
    // The time limit has passed as soon as the request is received.
    const sleep = (ms: number) => {
      limits.push(ms);
      return requested.promise;
    };
    const {error} = await resolveHere(reference, {...(await storeAt(url)), sleep});
    expect([error, limits]).toEqual([
      `transient_error: The reference ${reference} can't be resolved: no response within 20 s.`,
      [20_000, 20_000],
    ]);
  },
);
