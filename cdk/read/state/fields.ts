// Fields of a state's JSON: read with their types checked, written without those that have no value.

import type {CursorValue} from '../../author/types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {isCursorValue} from '../cursor/rules.ts';

export const cursorIn = (json: JsonObject, key: string): CursorValue | undefined => {
  const value = json[key];
  return isCursorValue(value) ? value : undefined;
};

/** Epoch milliseconds. */
export const timeIn = (json: JsonObject, key: string): number | undefined =>
  Date.parse(String(json[key])) || undefined;

export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Undefined for a value that is not an object, and where one of its entries is not understood. */
export const mapIn = <T>(
  value: unknown,
  parse: (entry: unknown) => T | undefined,
): ReadonlyMap<string, T> | undefined => {
  if (!isObject(value)) return undefined;
  const entries = new Map<string, T>();
  for (const [key, entry] of Object.entries(value)) {
    const parsed = parse(entry);
    if (parsed === undefined) return undefined;
    entries.set(key, parsed);
  }
  return entries;
};

export const isoOf = (instant: number): string => new Date(instant).toISOString();

/** Without the keys that have no value. */
export const defined = (keys: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));

export const jsonOf = <T>(map: ReadonlyMap<string, T>, print: (value: T) => unknown): JsonObject =>
  Object.fromEntries([...map].map(([key, value]) => [key, print(value)]));
