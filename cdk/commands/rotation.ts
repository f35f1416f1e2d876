import {SystemError} from '../errors.ts';
import type {AuthRuntime} from '../http/auth/auth.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import {withoutInternalKeys} from '../protocol/config.ts';
import {configChange} from '../protocol/messages.ts';
import type {Runtime} from './command.ts';

/** Replaces by value, not by field: a source cannot name the wrong field, and a token in two fields is replaced in both. */
const replaced = (value: unknown, is: (value: unknown) => boolean, to: string): unknown => {
  if (is(value)) return to;
  if (Array.isArray(value)) return value.map((item) => replaced(item, is, to));
  return isObject(value) ? replacedIn(value, is, to) : value;
};

const replacedIn = (config: JsonObject, is: (value: unknown) => boolean, to: string): JsonObject =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, replaced(value, is, to)]));

const usedUp = (reference: string): string =>
  `The refresh token of the reference ${reference} was used up. The config in the CONTROL message has the new token in place of the reference: run with that config from now on, or store the new token where the reference points.`;

/**
 * Sends each rotated refresh token to the platform, in the user's whole config: nothing is left out, no default is filled
 * in, and all other references stay references.
 * @param given the config as the user wrote it
 * @param values the value of each of its references
 */
export const rotationAnnouncer = (
  given: JsonObject,
  values: ReadonlyMap<string, unknown>,
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
        'The refresh token that was rotated is not in the config: pass it to oauth2 unchanged.',
      );
    }
    config = changed;
    await emit(configChange(config, now()));
    for (const reference of used) log('WARN', usedUp(reference));
  };
};
