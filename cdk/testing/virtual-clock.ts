import type {Clock} from '../http/limits/clock.ts';

/** A clock for tests: `sleep` resolves at once, advances the time, and adds the milliseconds to `waits`. */
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
