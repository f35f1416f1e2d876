/** Limits the retries to one host. Retries only make it worse for an API that is down. */
export type RetryBudget = {
  /** Counts a request that is not a retry. */
  readonly count: () => void;
  /** Takes one retry; false if the budget is used up. */
  readonly spend: () => boolean;
};

const WINDOW = 60; // seconds
const LEAST = 10;
const SHARE = 0.1;

type Second = {requests: number; retries: number};

/** Allows ten retries in any minute, or a tenth of its requests if that is more. */
export const retryBudget = (now: () => number): RetryBudget => {
  const seconds = new Map<number, Second>();

  const current = (): Second => {
    const second = Math.floor(now() / 1000);
    for (const past of seconds.keys()) if (past <= second - WINDOW) seconds.delete(past);
    const counts = seconds.get(second) ?? {requests: 0, retries: 0};
    seconds.set(second, counts);
    return counts;
  };
  const total = (of: keyof Second): number =>
    [...seconds.values()].reduce((sum, counts) => sum + counts[of], 0);
  return {
    count: () => {
      current().requests += 1;
    },
    spend: () => {
      const counts = current();
      if (total('retries') >= Math.max(LEAST, SHARE * total('requests'))) return false;
      counts.retries += 1;
      return true;
    },
  };
};
