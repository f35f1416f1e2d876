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

/** What is used of the package. It is loaded only when it is needed, and need not be installed. */
type GcpPackage = {readonly SecretManagerServiceClient: new () => Client};

/** For all attempts of the client together, in milliseconds. */
const TIMEOUT = 15_000;

/** Codes of gRPC: https://grpc.io/docs/guides/status-codes/ */
const REASONS: Readonly<Record<number, string>> = {
  3: 'Google does not take this for the name of a secret (INVALID_ARGUMENT)',
  5: 'there is no such secret, or no such version of it (NOT_FOUND)',
  7: 'no permission: grant roles/secretmanager.secretAccessor on it (PERMISSION_DENIED)',
  9: 'this version is disabled or destroyed (FAILED_PRECONDITION)',
  16: 'Google does not accept the credentials it was given (UNAUTHENTICATED)',
};

const NO_CREDENTIALS =
  'there are no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to the path of a key, or give this machine or container a service account';

/** Cancelled, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const PASSING = new Set<unknown>([1, 4, 8, 10, 13, 14]);

const googleError = (error: unknown): Error => {
  const told = messageOf(error);
  const code = isObject(error) ? error['code'] : undefined;
  // google-auth-library, which has no code for it.
  if (told.startsWith('Could not load the default credentials')) {
    return new ConfigError(NO_CREDENTIALS);
  }
  const reason = typeof code === 'number' ? REASONS[code] : undefined;
  if (reason !== undefined) return new ConfigError(reason);
  return PASSING.has(code) || typeof code === 'string'
    ? new TransientError(`Google could not be asked: ${told}`)
    : new SystemError(`Google refused: ${told}`);
};

const bytesOf = (data: Uint8Array | string): Uint8Array =>
  typeof data === 'string' ? Buffer.from(data, 'base64') : data;

const secretIn = ({payload}: Version): string => {
  const text = decodeUtf8(bytesOf(payload?.data ?? ''));
  if (text !== undefined) return text;
  throw new ConfigError('it is binary, and no text in UTF-8');
};

/** `gcp-sm:projects/P/secrets/S`: Google's Secret Manager, the latest version unless one is named. */
export const openGcpSm: OpenStore = ({load}) => {
  let opened: Promise<Client> | undefined;
  const open = async (): Promise<Client> => {
    const {SecretManagerServiceClient} = await load<GcpPackage>(PACKAGE);
    const client = new SecretManagerServiceClient();
    // Where this fails, as without credentials, each call would throw the failure once more where nobody can catch it.
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
      // Fetching has told what opening has against it.
      const client = await opened?.catch(() => undefined);
      await client?.close();
    },
  };
};
