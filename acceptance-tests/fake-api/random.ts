// Invented values that depend only on the seed and on their record.
import {createHash} from 'node:crypto';

/**
 * Whole numbers for one record, each at least 0 and below its argument. The same seed gives the same numbers:
 * `const number = seeded(seed, ITEMS, id)`, then `number(100)`.
 */
export const seeded = (...seed: readonly number[]): ((below: number) => number) => {
  let count = 0;
  return (below) => {
    count += 1;
    return (
      createHash('sha256')
        .update([...seed, count].join())
        .digest()
        .readUInt32BE() % below
    );
  };
};

/** A time with seconds, as most APIs write it: `2026-01-31T12:00:00Z`. */
export const isoSeconds = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');

/** The same items in an order that depends on the seed. */
export const shuffled = <T>(items: readonly T[], ...seed: readonly number[]): readonly T[] => {
  const number = seeded(...seed);
  return items
    .map((item) => ({item, order: number(2 ** 32)}))
    .toSorted((a, b) => a.order - b.order)
    .map(({item}) => item);
};
