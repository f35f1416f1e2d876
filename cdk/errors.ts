import {types} from 'node:util';

/**
 * The three ways to fail, by what helps: the user changes something (`ConfigError`), waiting does
 * (`TransientError`), or a developer must look (`SystemError`). They become Airbyte's failure types.
 * A message says what failed, with what value, and what to do next; it is shown to the user as it is.
 */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** The user must act: a bad key, a missing scope, a name that does not exist. Trying again is no use. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly failureType = 'config_error';
}

/** A passing fault that outlived its retries: throttling, 5xx, timeouts, DNS. A later run may succeed. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly failureType = 'transient_error';
}

/** A fault in the source, the kit or the API's answer: someone has to look at it. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly failureType = 'system_error';
}

/** The error of a failure type. */
export const errorOf = (type: FailureType, message: string, options?: ErrorOptions): Error => {
  if (type === 'config_error') return new ConfigError(message, options);
  return type === 'transient_error'
    ? new TransientError(message, options)
    : new SystemError(message, options);
};

/** Anything that was thrown counts as a system error unless it says otherwise. */
export const failureTypeOf = (error: unknown): FailureType =>
  error instanceof ConfigError || error instanceof TransientError
    ? error.failureType
    : 'system_error';

/** Inside a vm context, as jest's, errors of Node's own are made by another `Error`. */
const isError = (value: unknown): value is Error =>
  value instanceof Error || types.isNativeError(value);

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  isError(error) ? error.message || error.name : String(error);

/** The stack of an error with those of its causes, for `stack_trace`. */
export const stackOf = (error: unknown): string | undefined => {
  if (!isError(error)) return undefined;
  const cause = stackOf(error.cause);
  return cause === undefined ? error.stack : `${error.stack}\nCaused by: ${cause}`;
};
