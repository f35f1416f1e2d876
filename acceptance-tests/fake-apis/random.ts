// Invented values that depend only on the seed and on their record.
import {faker} from '@faker-js/faker/locale/en';

// The seed does not change this: by default, faker's dates are relative to now.
faker.setDefaultRefDate('2026-01-01T00:00:00Z');

/** Faker, seeded again for one record: `seeded(seed, ISSUES, repository.id, number)`. */
export const seeded = (...parts: readonly number[]): typeof faker => {
  faker.seed([...parts]);
  return faker;
};

/** A time with seconds, as most APIs write it: `2026-01-31T12:00:00Z`. */
export const isoSeconds = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');

/** The same items in an order that depends on the seed. */
export const shuffled = <T>(items: readonly T[], ...seed: readonly number[]): readonly T[] =>
  seeded(...seed).helpers.shuffle(items);
