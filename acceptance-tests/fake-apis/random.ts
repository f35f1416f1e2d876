// Made-up values that depend on the seed and on what they are for alone.
import {faker} from '@faker-js/faker/locale/en';

// What no seed moves: faker's dates are relative to now unless told.
faker.setDefaultRefDate('2026-01-01T00:00:00Z');

/** Faker, begun anew for one record: `seeded(seed, ISSUES, repository.id, number)`. */
export const seeded = (...parts: readonly number[]): typeof faker => {
  faker.seed([...parts]);
  return faker;
};

/** To the second, as most APIs write times: `2026-01-31T12:00:00Z`. */
export const isoSeconds = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');

/** Another order of the same items; which one depends on the seed. */
export const shuffled = <T>(items: readonly T[], ...seed: readonly number[]): readonly T[] =>
  seeded(...seed).helpers.shuffle(items);
