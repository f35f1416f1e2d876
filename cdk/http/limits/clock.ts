import {setTimeout as delay} from 'node:timers/promises';

/** The time as a value: tests pass a virtual clock and never wait. */
export type Clock = {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /**
   * Resolves when work has taken `ms`; rejects as `sleep` does. Default: real time, because the work is done meanwhile, also if
   * `sleep` takes no time.
   */
  readonly limit?: (ms: number, signal: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, {signal}).catch(() => signal.throwIfAborted()),
};
