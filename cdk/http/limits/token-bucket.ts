/** Tokens that are restored evenly. */
export type TokenBucket = {
  /** The milliseconds until the bucket holds this many tokens; 0 if it does. */
  readonly wait: (tokens: number) => number;
  /** Takes a token that was `due` at this time. The next one comes an interval after that, even if the caller is late. */
  readonly take: (due: number) => void;
};

/** Rounding errors of a long run must not cause a wait. */
const EPSILON = 1e-6;

/**
 * Timers have whole milliseconds and are late, more so in a busy process. At 200 requests a second that would cost a fifth
 * of the rate, so this many milliseconds are made up for. More would be a burst to the server.
 */
const LATE = 10;

/**
 * @param rate tokens per millisecond
 * @param capacity the size of the bucket, which starts full
 */
export const tokenBucket = (rate: number, capacity: number, now: () => number): TokenBucket => {
  // Times are relative to this one: smaller numbers have a more precise fraction.
  const openedAt = now();
  let fullAfter = 0;

  return {
    wait: (needed) => {
      const wait = fullAfter + (needed - capacity) / rate - (now() - openedAt);
      return wait < EPSILON ? 0 : wait;
    },
    take: (due) => {
      const at = now();
      const taken = Math.min(at, Math.max(due, at - LATE));
      fullAfter = Math.max(fullAfter, taken - openedAt) + 1 / rate;
    },
  };
};
