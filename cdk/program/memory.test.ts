import {afterEach, beforeEach, expect, jest, test} from '@jest/globals';
import type {SystemError} from '../errors.ts';
import {type Usage, watchMemory} from './memory.ts';

const MB = 1024 ** 2;
const LITTLE: Usage = {used: 10 * MB, limit: 100 * MB};
const FULL: Usage = {used: 96 * MB, limit: 100 * MB};

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** The errors for these usages, while the garbage of the heap is collected `collections` times. */
const errorsFor = (whole: Usage, heaps: readonly Usage[], collections = 0): readonly string[] => {
  const errors: SystemError[] = [];
  const collected: (() => void)[] = [];
  let looks = 0;
  const stop = watchMemory((error) => errors.push(error), {
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
  return errors.map(({failureType, message}) => `${failureType}: ${message}`);
};

const ADVICE =
  'The run was stopped and its positions were saved, so the next run continues from them. If this happens again, give it more memory, or let it hold less at once: smaller pages, a lower `concurrency`.';

test('a process near its memory limit is reported once, with advice', () => {
  expect(errorsFor(FULL, [LITTLE])).toEqual([
    `system_error: Memory is nearly full: the process uses 96 of its 100 MiB. ${ADVICE}`,
  ]);
});

test('a heap that is full after its garbage was collected is reported once', () => {
  expect(errorsFor(LITTLE, [FULL], 2)).toEqual([
    `system_error: Memory is nearly full: the heap uses 96 of its 100 MiB. ${ADVICE}`,
  ]);
});

test('a heap that is full of garbage is not reported', () => {
  expect([errorsFor(LITTLE, [FULL]), errorsFor(LITTLE, [FULL, LITTLE], 1)]).toEqual([[], []]);
});

test('without a limit nothing is reported', () => {
  expect(errorsFor({used: 1e12, limit: 0}, [LITTLE])).toEqual([]);
});
