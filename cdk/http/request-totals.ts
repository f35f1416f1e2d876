/** The work that was done for one stream. */
export type Totals = {
  /** Requests sent, including retries and token requests. */
  readonly requests: number;
  readonly pages: number;
  /** Bytes of responses, decompressed. */
  readonly bytes: number;
  readonly retries: number;
  /** Milliseconds of waiting for limits and before retries. */
  readonly waited: number;
  /** Responses that count as "nothing here". */
  readonly ignored: number;
};

export type Count = (of: keyof Totals, amount?: number) => void;

export type Counters = {readonly count: Count; readonly totals: () => Totals};

export const openCounters = (): Counters => {
  const totals = {requests: 0, pages: 0, bytes: 0, retries: 0, waited: 0, ignored: 0};
  return {
    count: (of, amount = 1) => {
      totals[of] += amount;
    },
    totals: () => ({...totals}),
  };
};

const counted = (count: number, one: string, several = `${one}s`): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];

/** `12 requests, 11 pages, 48210 bytes, 1 retry, waited 2.5 s`; '' if no request was sent. */
export const describeTotals = (of: Totals): string =>
  [
    ...counted(of.requests, 'request'),
    ...counted(of.pages, 'page'),
    ...counted(of.bytes, 'byte'),
    ...counted(of.retries, 'retry', 'retries'),
    ...(of.waited === 0 ? [] : [`waited ${(of.waited / 1000).toFixed(1)} s`]),
    ...counted(of.ignored, 'response ignored', 'responses ignored'),
  ].join(', ');
