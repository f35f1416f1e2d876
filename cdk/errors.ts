import {types} from 'node:util';
import {excerpt} from './json/trim.ts';

/**
 * Airbyte's failure types, by what helps: the user must change something, waiting, or a developer must look. A message
 * says what failed, with what value, and what to do next; it is shown to the user unchanged.
 */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** The user must act: a bad key, a missing scope, a name that does not exist. It is not retried. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly failureType = 'config_error';
}

/** A temporary fault that outlived its retries: throttling, 5xx, timeouts, DNS. A later run may succeed. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly failureType = 'transient_error';
}

/** A fault in the source, the kit or the API's response: a developer must look. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly failureType = 'system_error';
}

/** Thrown by `read` if the API no longer knows the token that it got as `since`: the slice is then read from its beginning. */
export class ExpiredToken extends SystemError {}

const ERRORS = {
  config_error: ConfigError,
  transient_error: TransientError,
  system_error: SystemError,
};

export const errorOf = (type: FailureType, message: string, options?: ErrorOptions): Error =>
  new ERRORS[type](message, options);

/** Any other thrown value counts as a system error. */
export const failureTypeOf = (error: unknown): FailureType =>
  error instanceof ConfigError || error instanceof TransientError
    ? error.failureType
    : 'system_error';

/** Inside a vm context, such as jest's, Node's own errors are not instances of its `Error`. */
const isError = (value: unknown): value is Error =>
  value instanceof Error || types.isNativeError(value);

export const messageOf = (error: unknown): string =>
  isError(error) ? error.message || error.name : String(error);

/** A parser's message may quote all that it was given, and a stack begins with the message. */
const MAX_STACK = 5_000;
const MAX_STACKS = 15_000;

/** The stacks of an error and its causes, for `stack_trace`. */
export const stackOf = (error: unknown): string | undefined => {
  if (!isError(error)) return undefined;
  const cause = stackOf(error.cause);
  const own = error.stack && excerpt(error.stack, MAX_STACK);
  return cause === undefined ? own : excerpt(`${own}\nCaused by: ${cause}`, MAX_STACKS);
};
