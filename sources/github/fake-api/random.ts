// Invented values that depend only on the seed and on their record.
import {faker} from '@faker-js/faker/locale/en';

// The seed does not change this: by default, faker's dates are relative to now.
faker.setDefaultRefDate('2026-01-01T00:00:00Z');

/** Faker, seeded again for one record: `seeded(seed, ISSUES, repository.id, number)`. */
export const seeded = (...parts: readonly number[]): typeof faker => {
  faker.seed([...parts]);
  return faker;
};
