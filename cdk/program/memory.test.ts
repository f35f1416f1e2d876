import {afterEach, beforeEach, expect, jest, test} from '@jest/globals';
import type {SystemError} from '../errors.ts';
import {type Usage, watchMemory} from './memory.ts';

const MB = 1024 ** 2;
const LITTLE: Usage = {used: 10 * MB, limit: 100 * MB};
const FULL: Usage = {used: 96 * MB, limit: 100 * MB};

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** What is said of these, while a heap that is watched is collected `collections` times. */
const saidOf = (whole: Usage, heaps: readonly Usage[], collections = 0): readonly string[] => {
  const said: SystemError[] = [];
  const collected: (() => void)[] = [];
  let looks = 0;
  const stop = watchMemory((error) => said.push(error), {
    process: () => whole,
    heap: () => heaps[Math.min(looks++, heaps.length - 1)] ?? LITTLE,
    afterCollections: (look) => {
      collected.push(look);
      return () => collected.splice(0);
    },
  });
  jest.advanceTimersByTime(250);
  for (let n = 0; n < collections; n += 1) for (const look of [...collected]) look();
  jest.advanceTimersByTime(2_000);
  stop();
  return said.map(({failureType, message}) => `${failureType}: ${message}`);
};

const ADVICE =
  'What was read is saved, and the next run goes on from there. If it ends like this again, give it more memory, or let it hold less at once: smaller pages, a lower `concurrency`.';

test('a process near its limit is told once, with what to do', () => {
  expect(saidOf(FULL, [LITTLE])).toEqual([
    `system_error: The run is ended before it is killed: it takes 96 of the 100 MiB that the process may have. ${ADVICE}`,
  ]);
});

test('a heap that is full when its garbage was collected is told once', () => {
  expect(saidOf(LITTLE, [FULL], 2)).toEqual([
    `system_error: The run is ended before it is killed: it takes 96 of the 100 MiB that its heap may have. ${ADVICE}`,
  ]);
});

test('a heap that is full of garbage is not', () => {
  expect([saidOf(LITTLE, [FULL]), saidOf(LITTLE, [FULL, LITTLE], 1)]).toEqual([[], []]);
});

test('where there is no limit, nothing is too much', () => {
  expect(saidOf({used: 1e12, limit: 0}, [LITTLE])).toEqual([]);
});
