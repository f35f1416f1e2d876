import {expect, test} from '@jest/globals';
import {tokenBucket} from './token-bucket.ts';

const EVERY = 5;

/** Two tokens are taken: one at the start, one that was due at 5, but was woken for at `woken`. How long is it to the third? */
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
  ['as late as can be made up for', 10, 0],
  ['later than that', 12, 0],
  ['much later', 3_000, 0],
])(
  'a token that is taken %s is followed by one an interval behind its due time',
  (_when, woken, wait) => {
    expect(waitBehind(woken)).toBeCloseTo(wait);
  },
);

test('a process that slept for long gets one token more at once, not all that it missed', () => {
  let now = 0;
  const bucket = tokenBucket(1 / EVERY, 1, () => now);
  bucket.take(0);
  now = 3_000;
  bucket.take(EVERY);
  bucket.take(now);
  expect(bucket.wait(1)).toBe(EVERY);
});
