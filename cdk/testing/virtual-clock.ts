import {setTimeout as delay} from 'node:timers/promises';
import type {Clock} from '../http/limits/clock.ts';

type VirtualClock = Required<Clock> & {
  /** The milliseconds of each wait. */
  readonly waits: readonly number[];
};

/**
 * A clock for tests: `sleep` resolves at once, advances the time, and adds the milliseconds to `waits`. A limit of work, such as the
 * 25 s of a check, is reached when waits have advanced the time by it, or after that long in real time.
 * @param start epoch milliseconds; `Date.now()` for an API that sends times, such as `X-RateLimit-Reset`
 */
export const virtualClock = (start = 0): VirtualClock => {
  const waits: number[] = [];
  const limits = new Set<{readonly at: number; readonly reach: () => void}>();
  let now = start;
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
      for (const {at, reach} of limits) if (at <= now) reach();
    },
    limit: async (ms, signal) => {
      const reached = Promise.withResolvers<void>();
      const limit = {at: now + ms, reach: reached.resolve};
      limits.add(limit);
      const timer = delay(ms, undefined, {signal, ref: false});
      await Promise.race([reached.promise, timer]).finally(() => limits.delete(limit));
    },
    waits,
  };
};
