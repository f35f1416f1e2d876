import type {CursorValue} from '../source.ts';

const TIMESTAMP =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Epoch milliseconds of an ISO 8601 text; undefined for any other value. */
const instantOf = (value: CursorValue): number | undefined => {
  if (typeof value !== 'string' || !TIMESTAMP.test(value)) return undefined;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? undefined : instant;
};

const order = <T extends string | number>(a: T, b: T): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/**
 * Which of two cursor values comes first: below zero, `a` does. Timestamps compare as instants, whatever
 * their zone and precision; what is finer than a millisecond, and every other text, by its characters.
 */
export const compareCursors = (a: CursorValue, b: CursorValue): number => {
  if (typeof a === 'number' && typeof b === 'number') return order(a, b);
  const [first, second] = [instantOf(a), instantOf(b)];
  const byInstant = first !== undefined && second !== undefined ? order(first, second) : 0;
  return byInstant || order(String(a), String(b));
};

/** The later of two positions; one may be missing. */
export const later = (
  a: CursorValue | undefined,
  b: CursorValue | undefined,
): CursorValue | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return compareCursors(a, b) >= 0 ? a : b;
};

/**
 * How far the clocks of an API and of this machine may be apart. What changes while a run reads may carry a
 * time before others it saw, so a position never passes the run's own start less this.
 */
const CLOCK_SKEW = 60_000;

/** An instant in the format of another text: a date only, or with no fraction of a second, where that has none. */
const formatLike = (instant: number, model: CursorValue): string => {
  const iso = new Date(instant).toISOString();
  const text = String(model);
  if (!text.includes(':')) return iso.slice(0, 10);
  return text.includes('.') ? iso : iso.replace(/\.\d+Z$/, 'Z');
};

/**
 * A position that the next run may begin at: not after this run's own start, and never before `from`, where
 * this run began. Only timestamps know about "now"; other cursors pass as they are.
 */
export const capAtRunStart = (
  position: CursorValue | undefined,
  from: CursorValue | undefined,
  startedAt: number,
): CursorValue | undefined => {
  if (position === undefined) return from;
  const instant = instantOf(position);
  const latest = startedAt - CLOCK_SKEW;
  if (instant === undefined || instant <= latest) return later(position, from);
  return later(formatLike(latest, position), from);
};

export const isCursorValue = (value: unknown): value is CursorValue =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
