// Compares cursors: numbers as numbers, times as times, other strings only if they have the same length.

const DATE = /^\d{4}-\d{2}/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

const compare = <T extends number | string>(a: T, b: T): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const compareTexts = (a: string, b: string): number | undefined => {
  if (DATE.test(a) && DATE.test(b)) {
    // Times in one form are compared as strings, which is faster, and exact below milliseconds.
    if (a.length === b.length && (a.endsWith('Z') || a.length === 10)) return compare(a, b);
    const [first, second] = [Date.parse(a), Date.parse(b)];
    return Number.isNaN(first) || Number.isNaN(second) ? undefined : compare(first, second);
  }
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
