// Compares cursors: numbers as numbers, times as times, other strings only if they have the same length and are not dates of
// another notation.

const DATE = /^\d{4}-\d{2}/;
/** `Wed, 01 Jan 2025 00:00:00 +0000` */
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} /;
/** `31.12.2024`, `12/31/2024 10:00` */
const YEAR_LAST = /^\d{1,2}[./-]\d{1,2}[./-]\d{4}(?!\d)/;
const WHOLE = /^\d+$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

const compare = <T extends number | string>(a: T, b: T): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const compareInstants = (a: string, b: string): number | undefined => {
  const [first, second] = [Date.parse(a), Date.parse(b)];
  return Number.isNaN(first) || Number.isNaN(second) ? undefined : compare(first, second);
};

/** Whole numbers of any length, exactly. */
const compareWhole = (a: string, b: string): number => {
  const [first, second] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return compare(first.length, second.length) || compare(first, second);
};

const compareTexts = (a: string, b: string): number | undefined => {
  if (DATE.test(a) && DATE.test(b)) {
    // Times in one form are compared as strings, which is faster, and exact below milliseconds.
    if (a.length === b.length && (a.endsWith('Z') || a.length === 10)) return compare(a, b);
    return compareInstants(a, b);
  }
  if (RFC_2822.test(a) && RFC_2822.test(b)) return compareInstants(a, b);
  // By their characters, days would count more than years.
  if (YEAR_LAST.test(a) || YEAR_LAST.test(b)) return undefined;
  if (WHOLE.test(a) && WHOLE.test(b)) return compareWhole(a, b);
  if (NUMBER.test(a) && NUMBER.test(b)) return compare(Number(a), Number(b));
  return a.length === b.length ? compare(a, b) : undefined;
};

/** Below 0 if `a` comes before `b`; undefined if they cannot be compared. */
export const compareCursors = (a: unknown, b: unknown): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return compare(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return undefined;
};

export const isAfter = (a: unknown, b: unknown): boolean => (compareCursors(a, b) ?? 0) > 0;

/** The later one; the first if they cannot be compared. */
export const later = (a: unknown, b: unknown): unknown =>
  a === undefined || isAfter(b, a) ? (b ?? a) : a;
