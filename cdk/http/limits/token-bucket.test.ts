import {expect, test} from '@jest/globals';
import {tokenBucket} from './token-bucket.ts';

const EVERY = 5;

/** Takes a token at the start and one that was due at 5, at the time `woken`. Returns the wait for the third. */
const waitBehind = (woken: number): number => {
  let now = 0;
  const bucket = tokenBucket(1 / EVERY, 1, () => now);
  bucket.take(0);
  expect(bucket.wait(1)).toBe(EVERY);
  now = woken;
  bucket.take(EVERY);
  return bucket.wait(1);
};

test.each([
  ['on time', 5, 5],
  ['a little late', 6.5, 3.5],
  ['an interval late', 10, 0],
  ['much later', 3_000, 0],
])(
  'after a token that is taken %s the next one comes an interval after its due time',
  (_when, woken, wait) => {
    expect(waitBehind(woken)).toBeCloseTo(wait);
  },
);

test('a process that slept for long gets at once the tokens of ten milliseconds, and no more', () => {
  let now = 0;
  const bucket = tokenBucket(1 / EVERY, 1, () => now);
  bucket.take(0);
  now = 3_000;
  let gone = 0;
  for (let due = EVERY; bucket.wait(1) === 0; due += EVERY) {
    bucket.take(due);
    gone += 1;
  }
  expect([gone, bucket.wait(1)]).toEqual([1 + 10 / EVERY, EVERY]);
});
