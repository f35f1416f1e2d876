// Looks into JSON of unknown shape: a value that is missing or of another type is undefined or empty.
import {isObject, type JsonObject} from './values.ts';

/** The value at a path of keys; undefined if the path leads nowhere. */
export const at = (value: unknown, ...path: readonly string[]): unknown => {
  let here = value;
  for (const key of path) {
    here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
};

export const stringAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

export const objectAt = (value: unknown, ...path: readonly string[]): JsonObject => {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
};
