import {SystemError} from '../errors.ts';
import type {AuthRuntime} from '../http/auth/auth.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import {withoutInternalKeys} from '../protocol/config.ts';
import {configChange} from '../protocol/messages.ts';
import type {Runtime} from './command.ts';

/** What each reference in the config stands for. */
type Values = ReadonlyMap<string, unknown>;

/** By value, not by place: a source can't name the wrong field, and a token that stands in two is changed in both. */
const replaced = (value: unknown, is: (value: unknown) => boolean, to: string): unknown => {
  if (is(value)) return to;
  if (Array.isArray(value)) return value.map((item) => replaced(item, is, to));
  return isObject(value) ? replacedIn(value, is, to) : value;
};

const replacedIn = (config: JsonObject, is: (value: unknown) => boolean, to: string): JsonObject =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, replaced(value, is, to)]));

const usedUp = (reference: string): string =>
  `The reference ${reference} now stands for a refresh token that is used up. The config that goes out in a CONTROL message has the new one in its place: run with that config from now on, or store the new token where the reference leads.`;

/**
 * Tells the platform each rotated refresh token, as the user's whole config with the token in its place: nothing is
 * left out, no default is filled in, and all other references stay what they are.
 * @param given the config as the user wrote it
 * @param values what its references stand for
 */
export const rotationTeller = (
  given: JsonObject,
  values: Values,
  {emit, now, log}: Pick<Runtime, 'emit' | 'now' | 'log'>,
): AuthRuntime['onRotated'] => {
  let config = withoutInternalKeys(given);
  return async ({from, to}) => {
    const used = new Set<string>();
    const isUsedUp = (value: unknown): boolean => {
      if (typeof value !== 'string' || values.get(value) !== from) return value === from;
      used.add(value);
      return true;
    };
    const changed = replacedIn(config, isUsedUp, to);
    if (JSON.stringify(changed) === JSON.stringify(config)) {
      throw new SystemError(
        'The refresh token that was replaced does not stand in the config: pass it to oauth2 as the config has it.',
      );
    }
    config = changed;
    await emit(configChange(config, now()));
    for (const reference of used) log('WARN', usedUp(reference));
  };
};
