import {ConfigError} from '../../errors.ts';
import type {Auth} from './auth.ts';

/** For each value of the constant field, a function from that option of the config to its `Auth`. */
type Choices<C, K extends keyof C> = {
  readonly [V in C[K] & string]: (option: Extract<C, Readonly<Record<K, V>>>) => Auth;
};

/**
 * Selects the credentials by a `oneOf` of the config whose options differ in a constant field. An unknown one is an error.
 * @example selectAuth(config.credentials, 'type', {token: ({token}) => bearer(token), login: (login) => basic(login)})
 */
export const selectAuth = <C extends object, K extends keyof C & string>(
  option: C,
  field: K,
  choices: Choices<C, K>,
): Auth => {
  const chosen = String(option[field]);
  // TypeScript can't see that `chosen` distinguishes the options.
  const table = new Map(Object.entries<(option: never) => Auth>(choices));
  const make = table.get(chosen) as ((option: C) => Auth) | undefined;
  if (make !== undefined) return make(option);
  throw new ConfigError(
    `${field} in the config is "${chosen}", but must be one of ${[...table.keys()].join(', ')}.`,
  );
};
