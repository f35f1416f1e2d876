import {ConfigError, messageOf, SystemError, TransientError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import {decodeUtf8, type OpenStore} from './store.ts';

const PACKAGE = '@google-cloud/secret-manager';

type Version = {readonly payload?: {readonly data?: Uint8Array | string | null} | null};

type Client = {
  readonly initialize: () => Promise<unknown>;
  readonly accessSecretVersion: (
    request: {readonly name: string},
    options: {readonly timeout: number},
  ) => Promise<readonly [Version, ...(readonly unknown[])]>;
  readonly close: () => Promise<void>;
};

/** The part of the package that is used. The package is optional, and is loaded on first use. */
type GcpPackage = {readonly SecretManagerServiceClient: new () => Client};

/** In milliseconds, for all attempts of the client together. */
const TIMEOUT = 15_000;

/** gRPC status codes: https://grpc.io/docs/guides/status-codes/ */
const REASONS: Readonly<Record<number, string>> = {
  3: 'Google does not accept this as the name of a secret (INVALID_ARGUMENT)',
  5: 'there is no such secret, or no such version of it (NOT_FOUND)',
  7: 'no permission: grant roles/secretmanager.secretAccessor on it (PERMISSION_DENIED)',
  9: 'this version is disabled or destroyed (FAILED_PRECONDITION)',
  16: 'Google does not accept the credentials it was given (UNAUTHENTICATED)',
};

const NO_CREDENTIALS =
  'there are no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to the path of a key, or give this machine or container a service account';

/** Cancelled, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const TRANSIENT = new Set<unknown>([1, 4, 8, 10, 13, 14]);

const googleError = (error: unknown): Error => {
  const message = messageOf(error);
  const code = isObject(error) ? error['code'] : undefined;
  // google-auth-library has no code for this error.
  if (message.startsWith('Could not load the default credentials')) {
    return new ConfigError(NO_CREDENTIALS);
  }
  const reason = typeof code === 'number' ? REASONS[code] : undefined;
  if (reason !== undefined) return new ConfigError(reason);
  return TRANSIENT.has(code) || typeof code === 'string'
    ? new TransientError(`the request to Google failed: ${message}`)
    : new SystemError(`Google refused the request: ${message}`);
};

const secretIn = ({payload}: Version): string => {
  const data = payload?.data ?? '';
  return decodeUtf8(typeof data === 'string' ? Buffer.from(data, 'base64') : data);
};

/** `gcp-sm:projects/P/secrets/S`: Google's Secret Manager. Reads the latest version unless one is named. */
export const openGcpSm: OpenStore = ({load}) => {
  let opened: Promise<Client> | undefined;
  const open = async (): Promise<Client> => {
    const {SecretManagerServiceClient} = await load<GcpPackage>(PACKAGE);
    const client = new SecretManagerServiceClient();
    // Without this, a failure such as missing credentials would also be thrown where it cannot be caught.
    await client.initialize().catch((error: unknown) => {
      throw googleError(error);
    });
    return client;
  };
  return {
    fetch: async (target) => {
      opened ??= open();
      const client = await opened;
      const name = target.includes('/versions/') ? target : `${target}/versions/latest`;
      const [version] = await client
        .accessSecretVersion({name}, {timeout: TIMEOUT})
        .catch((error: unknown) => {
          throw googleError(error);
        });
      return secretIn(version);
    },
    close: async () => {
      // `fetch` has already reported why the client did not open.
      const client = await opened?.catch(() => undefined);
      await client?.close();
    },
  };
};
