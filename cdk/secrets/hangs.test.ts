// Stores of secrets that take a request and never answer it, nor let go of what was asked.
import {expect, test} from '@jest/globals';
import {request} from 'undici';
import {serve} from '../../test/http/loopback.ts';
import type {AwsPackage} from './aws-sm.ts';
import type {ResolveRuntime} from './resolve.ts';
import {resolveHere} from './resolve-here.ts';

type Lent = Pick<ResolveRuntime, 'load' | 'env'>;

const awsAt = async (endpoint: string): Promise<Lent> => {
  const aws: AwsPackage = await import('@aws-sdk/client-secrets-manager');
  const credentials = {accessKeyId: 'AKIA', secretAccessKey: 'hush'};
  const SecretsManager = class extends aws.SecretsManager {
    constructor(options: ConstructorParameters<AwsPackage['SecretsManager']>[0]) {
      super(Object.assign({region: 'us-east-1'}, options, {endpoint, credentials}));
    }
  };
  return {load: async <T>(): Promise<T> => Object({SecretsManager})};
};

/** A client of the shape of Google's, that does not even keep to the time limit it is given. */
const gcpAt = async (origin: string): Promise<Lent> => {
  const SecretManagerServiceClient = class {
    initialize = async () => {};
    accessSecretVersion = ({name}: {name: string}) => request(`${origin}/v1/${name}:access`);
    close = () => new Promise(() => {});
  };
  return {load: async <T>(): Promise<T> => Object({SecretManagerServiceClient})};
};

const vaultAt = async (url: string): Promise<Lent> => ({
  env: {VAULT_ADDR: url, VAULT_TOKEN: 'hvs.the-token'},
});

test.each([
  ['vault:secret/app#token', vaultAt],
  ['aws-sm:prod/db', awsAt],
  ['gcp-sm:projects/p/secrets/s', gcpAt],
])('a secret that never answers is given up after a while: %s', async (reference, storeAt) => {
  const asked = Promise.withResolvers<void>();
  const url = await serve(() => asked.resolve());
  const limits: number[] = [];
  // The time is over as soon as the request is there.
  const sleep = (ms: number) => {
    limits.push(ms);
    return asked.promise;
  };
  const {error} = await resolveHere(reference, {...(await storeAt(url)), sleep});
  expect([error, limits]).toEqual([
    `transient_error: The reference ${reference} can't be resolved: no answer came within 20 s.`,
    [20_000, 20_000],
  ]);
});
