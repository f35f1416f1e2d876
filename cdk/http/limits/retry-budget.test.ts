import {describe, expect, test} from '@jest/globals';
import {virtualClock} from '../../testing/virtual-clock.ts';
import {retryBudget} from './retry-budget.ts';

const setUp = () => {
  const clock = virtualClock(1_000_000);
  const budget = retryBudget(clock.now);
  const never = new AbortController().signal;
  return {
    pass: (ms: number) => clock.sleep(ms, never),
    count: (requests: number) => {
      for (let made = 0; made < requests; made += 1) budget.count();
    },
    /** Takes retries until none is left, at most 1,000. */
    drain: () => {
      let spent = 0;
      while (spent < 1_000 && budget.spend()) spent += 1;
      return spent;
    },
  };
};

describe('a retry budget', () => {
  test.each([
    [0, 10],
    [1, 10],
    [100, 10],
    [200, 20],
    [1_000, 100],
  ])('of %d requests in the last minute has %d retries', (requests, retries) => {
    const {count, drain} = setUp();
    count(requests);
    expect([drain(), drain()]).toEqual([retries, 0]);
  });

  test('is full again a minute after it was used up', async () => {
    const {drain, pass} = setUp();
    const spent = [drain()];
    await pass(59_000);
    spent.push(drain());
    await pass(1_000);
    spent.push(drain());
    expect(spent).toEqual([10, 0, 10]);
  });

  test('forgets requests after a minute', async () => {
    const {count, drain, pass} = setUp();
    count(1_000);
    await pass(60_000);
    expect(drain()).toBe(10);
  });
});
