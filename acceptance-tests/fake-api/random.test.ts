import {expect, test} from '@jest/globals';
import {isoSeconds, seeded, shuffled} from './random.ts';

const numbers = (...seed: readonly number[]) => {
  const number = seeded(...seed);
  return [number(100), number(100), number(100)];
};

test('a seed always gives the same numbers, and another seed others', () => {
  expect(numbers(1, 2)).toEqual(numbers(1, 2));
  expect(numbers(1, 2)).not.toEqual(numbers(1, 3));
  expect(numbers(1, 2)).not.toEqual(numbers(12));
});

test('numbers are at least 0 and below their limit', () => {
  const number = seeded(1);
  const found = new Set(Array.from({length: 200}, () => number(4)));
  expect([...found].toSorted()).toEqual([0, 1, 2, 3]);
});

test('a shuffled list has the same items, in an order that depends on the seed', () => {
  const items = Array.from({length: 20}, (_, index) => index);
  const shuffles = [shuffled(items, 1), shuffled(items, 1), shuffled(items, 2)];
  expect(shuffles[0]).toEqual(shuffles[1]);
  expect(shuffles[0]).not.toEqual(shuffles[2]);
  expect(shuffles.map((list) => list.toSorted((a, b) => a - b))).toEqual([items, items, items]);
});

test('a time has seconds, and no milliseconds', () => {
  expect(isoSeconds(Date.UTC(2026, 0, 31, 12))).toBe('2026-01-31T12:00:00Z');
});
