import {ConfigError, messageOf, SystemError, TransientError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import {decodeUtf8, type OpenStore} from './store.ts';

const PACKAGE = '@aws-sdk/client-secrets-manager';

type Secret = {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
};

type Client = {
  readonly getSecretValue: (
    input: {readonly SecretId: string},
    options: {readonly abortSignal: AbortSignal},
  ) => Promise<Secret>;
  readonly destroy: () => void;
};

/** The part of the package that is used. The package is optional, and is loaded on first use. */
export type AwsPackage = {
  readonly SecretsManager: new (options: {
    readonly region?: string;
    readonly maxAttempts: number;
    readonly requestHandler: {readonly connectionTimeout: number; readonly requestTimeout: number};
  }) => Client;
};

const ATTEMPTS = 3;
/** In milliseconds, for one attempt. */
const TIMEOUTS = {connectionTimeout: 5_000, requestTimeout: 5_000};

const CHECK_CREDENTIALS =
  'AWS does not accept the credentials it was given: they may be mistyped or expired';
const MISSING_CREDENTIALS =
  'there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine or container a role';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html and …/CommonErrors.html */
const REASONS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'there is no such secret, or no value in it',
  AccessDeniedException:
    'no permission: allow secretsmanager:GetSecretValue on it, and kms:Decrypt on a key of your own',
  DecryptionFailure: 'no permission: allow kms:Decrypt on the key it is encrypted with',
  // For example, a secret that is marked for deletion.
  InvalidRequestException: 'it exists, but cannot be read now; it may be marked for deletion',
  InvalidParameterException: 'AWS does not accept this as the name of a secret',
  ValidationException: 'AWS does not accept this as the name of a secret',
  CredentialsProviderError: MISSING_CREDENTIALS,
  TokenProviderError: MISSING_CREDENTIALS,
  UnrecognizedClientException: CHECK_CREDENTIALS,
  InvalidClientTokenId: CHECK_CREDENTIALS,
  InvalidSignatureException: CHECK_CREDENTIALS,
  SignatureDoesNotMatch: CHECK_CREDENTIALS,
  IncompleteSignatureException: CHECK_CREDENTIALS,
  ExpiredTokenException: CHECK_CREDENTIALS,
};

const TRANSIENT =
  /^(Throttling|TooManyRequests|RequestTimeout|TimeoutError|InternalService|AbortError)/;

/** The SDK's errors have a name if they are the service's, and a code if they are the network's. */
const isTransient = (error: unknown): boolean => {
  if (!isObject(error)) return false;
  const {name, code, $metadata: metadata} = error;
  const status = isObject(metadata) ? Number(metadata['httpStatusCode'] ?? 0) : 0;
  return (
    TRANSIENT.test(String(name)) || typeof code === 'string' || status >= 500 || status === 429
  );
};

const awsError = (error: unknown): Error => {
  const name = isObject(error) ? String(error['name']) : '';
  const message = messageOf(error);
  // The client's own error has only a message. The second one is that of an empty or misspelled region.
  if (/^Region (is missing|not accepted)/.test(message)) {
    return new ConfigError('there is no AWS region: set AWS_REGION, or use the full ARN');
  }
  const reason = REASONS[name];
  if (reason !== undefined) return new ConfigError(`${reason} (${name})`);
  return isTransient(error)
    ? new TransientError(`the request to AWS failed: ${message}`)
    : new SystemError(`AWS refused the request: ${message} (${name})`);
};

/** An ARN contains the region of the secret. */
const regionOf = (target: string): string | undefined =>
  target.startsWith('arn:') ? target.split(':')[3] : undefined;

const secretIn = ({SecretString: text, SecretBinary: bytes}: Secret): string =>
  text ?? decodeUtf8(bytes ?? Buffer.alloc(0));

/** `aws-sm:<name or ARN>`: AWS Secrets Manager. Region and credentials are found as by all AWS tools. */
export const openAwsSm: OpenStore = ({load}) => {
  const clients = new Map<string | undefined, Promise<Client>>();
  const open = async (region: string | undefined): Promise<Client> => {
    const {SecretsManager} = await load<AwsPackage>(PACKAGE);
    return new SecretsManager({
      ...(region !== undefined && {region}),
      maxAttempts: ATTEMPTS,
      requestHandler: TIMEOUTS,
    });
  };
  const clientFor = (region: string | undefined): Promise<Client> => {
    const client = clients.get(region) ?? open(region);
    clients.set(region, client);
    return client;
  };
  return {
    fetch: async (target, signal) => {
      const client = await clientFor(regionOf(target));
      const secret = await client
        .getSecretValue({SecretId: target}, {abortSignal: signal})
        .catch((error: unknown) => {
          throw awsError(error);
        });
      return secretIn(secret);
    },
    close: async () => {
      for (const opened of await Promise.allSettled(clients.values())) {
        if (opened.status === 'fulfilled') opened.value.destroy();
      }
    },
  };
};
