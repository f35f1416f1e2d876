/** Tokens that come back evenly. */
export type TokenBucket = {
  /** In how many milliseconds `tokens` of them will be there; 0 if they are. */
  readonly wait: (tokens: number) => number;
  /** Takes one. Who waited for it names when it was `due`: the next one comes an interval behind that, not behind now. */
  readonly take: (due: number) => void;
};

/** What floating point loses over a long run must not make anyone wait. */
const EPSILON = 1e-6;

/**
 * Timers have whole milliseconds and wake late, a busy process later still. At 200 requests a second that would
 * cost a fifth of the rate, so up to so many milliseconds are made up for; more would be a burst to the server.
 */
const LATE = 10;

/**
 * @param rate tokens for each millisecond
 * @param capacity how many it holds; it begins full
 */
export const tokenBucket = (rate: number, capacity: number, now: () => number): TokenBucket => {
  // From here on, not since 1970: small numbers keep more of their fraction.
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
