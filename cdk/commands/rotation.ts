import {SystemError} from '../errors.ts';
import type {AuthRuntime} from '../http/auth/auth.ts';
import {isObject, type JsonObject} from '../json.ts';
import {withoutInternalKeys} from '../protocol/config.ts';
import {configChange} from '../protocol/messages.ts';
import type {Runtime} from './command.ts';

/** By value, not by place: a source can't name the wrong field, and a token that stands in two is changed in both. */
const replaced = (value: unknown, from: string, to: string): unknown => {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to));
  return isObject(value) ? replacedIn(value, from, to) : value;
};

const replacedIn = (config: JsonObject, from: string, to: string): JsonObject =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, replaced(value, from, to)]),
  );

/**
 * Tells the platform each rotated refresh token, as the user's whole config with the token in its place: nothing is
 * left out, no default is filled in.
 * @param given the config as the user wrote it
 */
export const rotationTeller = (
  given: JsonObject,
  {emit, now}: Pick<Runtime, 'emit' | 'now'>,
): AuthRuntime['onRotated'] => {
  let config = withoutInternalKeys(given);
  return async ({from, to}) => {
    const changed = replacedIn(config, from, to);
    if (JSON.stringify(changed) === JSON.stringify(config)) {
      throw new SystemError(
        'The refresh token that was replaced does not stand in the config: pass it to oauth2 as the config has it.',
      );
    }
    config = changed;
    await emit(configChange(config, now()));
  };
};
