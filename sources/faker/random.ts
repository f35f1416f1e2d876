import type {Faker} from '@faker-js/faker';
import {faker as english} from '@faker-js/faker/locale/en';

/** mulberry32, seeded with a mixed list of numbers. Its state has 32 bits, so seeding costs next to nothing. */
const createRandomizer = () => {
  let state = 0;
  return {
    next: (): number => {
      state = (state + 0x6d2b79f5) | 0;
      let bits = Math.imul(state ^ (state >>> 15), 1 | state);
      bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
      return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
    },
    seed: (seed: number | number[]): void => {
      state = [seed].flat().reduce((hash, part) => {
        const mixed = Math.imul(hash ^ part, 0x9e3779b1);
        return mixed ^ (mixed >>> 15);
      }, 0x1234567);
    },
  };
};

// The package's root loads sixty locales, which costs 40 MB and a tenth of a second. The English instance has the same
// class, which takes a randomizer.
const FakerClass = english.constructor as typeof Faker;

/** Seeded again for each row. Its own randomizer, a Mersenne twister, takes 30 µs to seed, longer than to make a row. */
export const faker = new FakerClass({
  locale: [english.rawDefinitions],
  randomizer: createRandomizer(),
});
