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

/** What is used of the package. It is loaded only when it is needed, and need not be installed. */
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
  // A secret that is being deleted is one.
  InvalidRequestException: 'it is there, but not to be read now; it may be marked for deletion',
  InvalidParameterException: 'AWS does not take this for the name of a secret',
  ValidationException: 'AWS does not take this for the name of a secret',
  CredentialsProviderError: MISSING_CREDENTIALS,
  TokenProviderError: MISSING_CREDENTIALS,
  UnrecognizedClientException: CHECK_CREDENTIALS,
  InvalidClientTokenId: CHECK_CREDENTIALS,
  InvalidSignatureException: CHECK_CREDENTIALS,
  SignatureDoesNotMatch: CHECK_CREDENTIALS,
  IncompleteSignatureException: CHECK_CREDENTIALS,
  ExpiredTokenException: CHECK_CREDENTIALS,
};

const NO_REGION = 'there is no AWS region: set AWS_REGION, or give the whole ARN';

const PASSING =
  /^(Throttling|TooManyRequests|RequestTimeout|TimeoutError|InternalService|AbortError)/;

/** Errors of the SDK: those of the service have a name, those of the network a code. */
const isPassing = (error: unknown): boolean => {
  if (!isObject(error)) return false;
  const {name, code, $metadata: metadata} = error;
  const status = isObject(metadata) ? Number(metadata['httpStatusCode'] ?? 0) : 0;
  return PASSING.test(String(name)) || typeof code === 'string' || status >= 500 || status === 429;
};

const awsError = (error: unknown): Error => {
  const name = isObject(error) ? String(error['name']) : '';
  const told = messageOf(error);
  // An error of the client's own, known by its words alone; of an empty or misspelt region it is the second.
  if (/^Region (is missing|not accepted)/.test(told)) return new ConfigError(NO_REGION);
  const reason = REASONS[name];
  if (reason !== undefined) return new ConfigError(`${reason} (${name})`);
  return isPassing(error)
    ? new TransientError(`AWS could not be asked: ${told}`)
    : new SystemError(`AWS refused: ${told} (${name})`);
};

/** An ARN says in which region the secret is. */
const regionOf = (target: string): string | undefined =>
  target.startsWith('arn:') ? target.split(':')[3] : undefined;

const secretIn = ({SecretString: text, SecretBinary: bytes}: Secret): string => {
  const found = text ?? (bytes && decodeUtf8(bytes));
  if (found !== undefined) return found;
  throw new ConfigError('it is binary, and no text in UTF-8');
};

/** `aws-sm:<name or ARN>`: AWS Secrets Manager. Region and credentials come from where all AWS tools look for them. */
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
