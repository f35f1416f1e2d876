/** Tokens that come back evenly. */
export type TokenBucket = {
  /** In how many milliseconds `tokens` of them will be there; 0 if they are. */
  readonly wait: (tokens: number) => number;
  readonly take: () => void;
};

/** What floating point loses over a long run must not make anyone wait. */
const EPSILON = 1e-6;

/**
 * @param rate tokens for each millisecond
 * @param capacity how many it holds; it begins full
 */
export const tokenBucket = (rate: number, capacity: number, now: () => number): TokenBucket => {
  let tokens = capacity;
  let filledAt = now();

  const refill = () => {
    const at = now();
    tokens = Math.min(capacity, tokens + (at - filledAt) * rate);
    filledAt = at;
  };
  return {
    wait: (needed) => {
      refill();
      const missing = needed - tokens;
      return missing < EPSILON ? 0 : missing / rate;
    },
    take: () => {
      refill();
      tokens -= 1;
    },
  };
};
