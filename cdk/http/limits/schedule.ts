// Schedules requests within quotas that are reset at a certain time.
import {SystemError} from '../../errors.ts';
import type {Quota} from './quota-headers.ts';

/** A quota by the last response, less the requests since. */
export type KnownQuota = {
  readonly name: string;
  readonly limit: number | undefined;
  readonly resetAt: number;
  remaining: number;
  /** The time of the last request that was sent or scheduled. */
  sentAt: number;
};

/** Above this share of a quota requests are not delayed. */
const PLENTY = 0.2;

/** Replaces a known quota by the reported one, but keeps the requests that are already scheduled. */
export const update = (
  {name, limit, remaining, reset}: Quota,
  before: readonly KnownQuota[],
  now: number,
): KnownQuota => ({
  name,
  limit,
  remaining,
  resetAt: now + reset,
  sentAt: before.find((known) => known.name === name)?.sentAt ?? now,
});

type ScheduleRequest = {
  /** The share of the quota that is left to others. */
  readonly leave: number;
  /** The longest allowed wait, in milliseconds. */
  readonly longest: number;
  readonly now: number;
  /** The amount that the request takes from the quota; default 1. */
  readonly cost?: number;
};

/**
 * The time at which a quota allows the request: now, at an even distance from the last one, or at the reset. A quota that
 * is reset later than the longest wait is not spread, but used up.
 */
const dueAt = (
  {limit, remaining, resetAt, sentAt}: KnownQuota,
  {leave, longest, now, cost = 1}: ScheduleRequest,
): number => {
  const reserve = leave * (limit ?? 0);
  const left = remaining - reserve;
  if (left < cost) return resetAt;
  if (limit === undefined || left / (limit - reserve) >= PLENTY) return now;
  if (resetAt - now > longest) return now;
  return Math.max(now, sentAt + ((resetAt - sentAt) * cost) / Math.max(cost, left));
};

/** The time at which a request may be sent. If it is not granted, schedule it again then: others wait for the same reset. */
export const schedule = (
  quotas: readonly KnownQuota[],
  wanted: ScheduleRequest,
): {readonly at: number; readonly granted: boolean} => {
  const {now, cost = 1} = wanted;
  const known = quotas.filter(({resetAt}) => resetAt > now);
  const at = Math.max(now, ...known.map((quota) => dueAt(quota, wanted)));
  if (known.some(({resetAt}) => resetAt === at)) return {at, granted: false};
  for (const quota of known) {
    quota.remaining -= cost;
    quota.sentAt = at;
  }
  return {at, granted: true};
};

export const assertShare = (leave: number): void => {
  if (leave >= 0 && leave < 1) return;
  throw new SystemError(
    `\`pacing.leave\` is ${leave}, but must be a share of the quota: from 0 to below 1.`,
  );
};
