// Compares the cursors of records and states.
import {compareCursors} from '../invariants/cursors.ts';

const DAY = 86_400_000;

/** True if `a` comes before `b`; for times, by more than `days`. */
export const isBefore = (a: unknown, b: unknown, days = 0): boolean => {
  if (days > 0 && typeof a === 'string' && typeof b === 'string') {
    const apart = Date.parse(b) - Date.parse(a);
    if (!Number.isNaN(apart)) return apart > days * DAY;
  }
  return (compareCursors(a, b) ?? 0) < 0;
};

export const areComparable = (a: unknown, b: unknown): boolean =>
  compareCursors(a, b) !== undefined;

export const isCursor = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** The lowest or the highest of some cursors. */
export const extreme = (values: readonly unknown[], which: 'first' | 'last'): unknown =>
  values.reduce(
    (best, value) =>
      (which === 'first' ? isBefore(value, best) : isBefore(best, value)) ? value : best,
    values[0],
  );

const MINUTE = 60_000;

/** Offsets from UTC go up to 14 hours, and a date has none. */
const DATE_MARGIN = DAY + 14 * 60 * MINUTE;

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d{1,12})? ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

interface Time {
  /** Epoch milliseconds. */
  readonly instant: number;
  /** The length of time that its notation leaves open, in milliseconds. */
  readonly precision: number;
}

const zoneOf = (zone: string): string => {
  if (zone === 'Z') return zone;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
};

const timeInText = (text: string): Time | undefined => {
  const [, date, minutes, seconds, zone = 'Z'] = ISO.exec(text) ?? [];
  if (date === undefined) {
    return /^\w{3}, /.test(text) ? {instant: Date.parse(text), precision: 1000} : undefined;
  }
  if (minutes === undefined) return {instant: Date.parse(date), precision: DATE_MARGIN};
  const instant = Date.parse(`${date}T${minutes}${seconds ?? ':00'}${zoneOf(zone)}`);
  return {instant, precision: seconds === undefined ? MINUTE : 1000};
};

/** Epochs by their size: seconds, or finer, of the years 2001 to 2286. */
const timeInNumber = (number: number): Time | undefined => {
  for (const unit of [1000, 1, 1e-3, 1e-6]) {
    const instant = number * unit;
    if (instant >= 1e12 && instant < 1e13) return {instant, precision: Math.max(unit, 1)};
  }
  return undefined;
};

export const timeIn = (value: unknown): Time | undefined => {
  if (typeof value === 'number') return timeInNumber(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  return /^\d{10,19}(?:\.\d+)?$/.test(value) ? timeInNumber(Number(value)) : timeInText(value);
};

/**
 * True if a position is a time at most a minute before its read. Clocks differ, so a source may hold back its position by
 * that much, and read later records again the next time; this kit does (docs/state.md).
 */
export const isHeldBack = (position: unknown, startedAt: number): boolean => {
  const time = timeIn(position);
  return time !== undefined && time.instant >= startedAt - MINUTE - time.precision;
};
