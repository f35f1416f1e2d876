// When a quota that fills again at a certain time lets the next request go.
import {SystemError} from '../../errors.ts';
import type {Quota} from './quota-headers.ts';

/** A quota as the last answer told it, less what was sent since. */
export type Known = {
  readonly name: string;
  readonly limit: number | undefined;
  readonly resetAt: number;
  remaining: number;
  /** When the last request went out, or may. */
  sentAt: number;
};

/** Above this share of a quota requests go freely. */
const PLENTY = 0.2;

/** What an answer tells replaces what was known, but for the turns that are already given away. */
export const update = (
  {name, limit, remaining, reset}: Quota,
  before: readonly Known[],
  now: number,
): Known => ({
  name,
  limit,
  remaining,
  resetAt: now + reset,
  sentAt: before.find((known) => known.name === name)?.sentAt ?? now,
});

type TurnRequest = {
  /** The share of the quota that is left to others. */
  readonly leave: number;
  /** The longest wait there may be, in milliseconds. */
  readonly longest: number;
  readonly now: number;
  /** What the request takes from the quota; default 1. */
  readonly cost?: number;
};

/**
 * When a quota lets the next request go: at once, at its turn, or when it is filled again. What a day has left is
 * not spread over the day: no run waits that long, so it takes what there is.
 */
const turnOf = (
  {limit, remaining, resetAt, sentAt}: Known,
  {leave, longest, now, cost = 1}: TurnRequest,
): number => {
  const reserve = leave * (limit ?? 0);
  const left = remaining - reserve;
  if (left < cost) return resetAt;
  if (limit === undefined || left / (limit - reserve) >= PLENTY) return now;
  if (resetAt - now > longest) return now;
  return Math.max(now, sentAt + ((resetAt - sentAt) * cost) / Math.max(cost, left));
};

/** When a request may go, and whether it may go then or must ask again: others wait for the same reset. */
export const takeTurn = (
  quotas: readonly Known[],
  wanted: TurnRequest,
): {readonly at: number; readonly granted: boolean} => {
  const {now, cost = 1} = wanted;
  const known = quotas.filter(({resetAt}) => resetAt > now);
  const at = Math.max(now, ...known.map((quota) => turnOf(quota, wanted)));
  if (known.some(({resetAt}) => resetAt === at)) return {at, granted: false};
  for (const quota of known) {
    quota.remaining -= cost;
    quota.sentAt = at;
  }
  return {at, granted: true};
};

/** A share of everything leaves nothing to send with. */
export const assertShare = (leave: number): void => {
  if (leave >= 0 && leave < 1) return;
  throw new SystemError(
    `A share of ${leave} of the quota can't be left: it must be from 0 to below 1.`,
  );
};
