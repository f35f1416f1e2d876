// Cursors of records and of states, and which of two comes first.
import {at, isObject} from '../json.ts';
import type {ConfiguredStream, Json} from '../wire.ts';

const DAY = 86_400_000;

/** A place in time in milliseconds, where the text is one. */
const timeOf = (value: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  // Without a zone, a text with a time would be read in this machine's own.
  const hasTime = /\d{2}:\d{2}/.test(value);
  const hasZone = /(Z|z|[+-]\d{2}:?\d{2})$/.test(value.trim());
  const time = Date.parse(hasTime && !hasZone ? `${value}Z` : value);
  return Number.isNaN(time) ? undefined : time;
};

/**
 * Negative where `a` comes before `b`, less `days` of tolerance where they are times; undefined where they can't be
 * compared.
 */
export const compareCursors = (a: unknown, b: unknown, days = 0): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  const [timeA, timeB] = [timeOf(a), timeOf(b)];
  if (timeA !== undefined && timeB !== undefined) return timeA - timeB + days * DAY;
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : Number(a > b);
};

/** Each value under the name, however deep: partitions keep theirs below. */
const deep = (value: unknown, name: string): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((inner) => deep(inner, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && !isObject(inner) ? [inner] : deep(inner, name),
  );
};

/** The cursors in a state of a stream: one, or one of each of its partitions; none where they can't be found. */
export const cursorsIn = (
  blob: Json,
  {cursor}: ConfiguredStream,
  path: readonly string[] | undefined,
): readonly unknown[] => {
  const direct = at(blob, ...(path ?? cursor));
  const found = direct === undefined ? deep(blob, cursor.at(-1) ?? '') : [direct];
  return found.filter((value) => typeof value === 'string' || typeof value === 'number');
};

/** The first, or the last, of some cursors. */
export const extreme = (values: readonly unknown[], which: 'first' | 'last'): unknown =>
  values.reduce((best, value) => {
    const order = compareCursors(value, best) ?? 0;
    return (which === 'first' ? order < 0 : order > 0) ? value : best;
  }, values[0]);
