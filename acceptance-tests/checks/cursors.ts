// Finds the cursors in records and states, and compares them.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {compareCursors} from '../invariants/cursors.ts';
import type {ConfiguredStream} from '../protocol/messages.ts';

const DAY = 86_400_000;

/** True if `a` comes before `b`; for times, by more than `days`. */
export const isBefore = (a: unknown, b: unknown, days = 0): boolean => {
  if (days > 0 && typeof a === 'string' && typeof b === 'string') {
    const apart = Date.parse(b) - Date.parse(a);
    if (!Number.isNaN(apart)) return apart > days * DAY;
  }
  return (compareCursors(a, b) ?? 0) < 0;
};

/** Each value under the name, at any depth: the states of partitions are nested. */
const deep = (value: unknown, name: string): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((inner) => deep(inner, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && !isObject(inner) ? [inner] : deep(inner, name),
  );
};

/** The cursors in the state of a stream: one, or one for each partition; empty if none is found. */
export const cursorsIn = (
  blob: JsonObject,
  {cursor}: ConfiguredStream,
  path: readonly string[] | undefined,
): readonly unknown[] => {
  const direct = at(blob, ...(path ?? cursor));
  const found = direct === undefined ? deep(blob, cursor.at(-1) ?? '') : [direct];
  return found.filter((value) => typeof value === 'string' || typeof value === 'number');
};

/** The lowest or the highest of some cursors. */
export const extreme = (values: readonly unknown[], which: 'first' | 'last'): unknown =>
  values.reduce(
    (best, value) =>
      (which === 'first' ? isBefore(value, best) : isBefore(best, value)) ? value : best,
    values[0],
  );
