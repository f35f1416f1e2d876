import {setImmediate} from 'node:timers/promises';
import type {Clock} from '../../cdk/http/limits/clock.ts';

type Sleeper = {readonly at: number; readonly wake: () => void};

/** A clock for concurrent tasks: when all of them sleep, it jumps to the first wake-up. No task really waits. */
export const eventClock = (start = 0): Clock => {
  const sleepers: Sleeper[] = [];
  let now = start;
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    for (;;) {
      await setImmediate();
      const first = sleepers.reduce<Sleeper | undefined>(
        (earliest, sleeper) => (earliest && earliest.at <= sleeper.at ? earliest : sleeper),
        undefined,
      );
      if (first === undefined) break;
      sleepers.splice(sleepers.indexOf(first), 1);
      now = Math.max(now, first.at);
      first.wake();
    }
    running = false;
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        signal.addEventListener('abort', () => reject(signal.reason), {once: true});
        sleepers.push({at: now + ms, wake: resolve});
        if (!running) void run();
      }),
  };
};
