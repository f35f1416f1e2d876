import type {Clock} from '../http/limits/clock.ts';

/** A clock without waiting: `sleep` resolves at once, moves the time on, and notes how long it should have taken. */
export const virtualClock = (start = 0): Clock & {readonly waits: readonly number[]} => {
  const waits: number[] = [];
  let now = start;
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
    waits,
  };
};
