// What a client did, for each of those on whose behalf it did it.

export type Totals = {
  /** Requests that were sent, each attempt and those for tokens included. */
  readonly requests: number;
  /** Pages of lists. */
  readonly pages: number;
  /** Of answers, decompressed. */
  readonly bytes: number;
  /** Attempts behind the first. */
  readonly retries: number;
  /** Milliseconds spent waiting for limits and before retries. */
  readonly waited: number;
  /** Answers that count as "nothing here". */
  readonly ignored: number;
};

const NOTHING: Totals = {requests: 0, pages: 0, bytes: 0, retries: 0, waited: 0, ignored: 0};

export type Counters = {
  /** Adds to the totals of whoever calls. */
  readonly count: (of: keyof Totals, amount?: number) => void;
  readonly totals: (caller: string) => Totals;
};

/** @param caller on whose behalf something happens now */
export const openCounters = (caller: () => string): Counters => {
  const all = new Map<string, Totals>();
  const totals = (name: string): Totals => all.get(name) ?? NOTHING;
  return {
    count: (of, amount = 1) => {
      const name = caller();
      const before = totals(name);
      all.set(name, {...before, [of]: before[of] + amount});
    },
    totals,
  };
};
