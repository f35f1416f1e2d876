import type {HttpResponse} from '../types.ts';

export const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;

/** Only with its zone: `Date.parse` makes a date of nearly anything that holds a digit. */
export const timeIn = (text = ''): number | undefined =>
  /(GMT|UTC|Z|[+-]\d\d:?\d\d)\s*$/.test(text) ? Date.parse(text) || undefined : undefined;

/** Nobody agrees on a unit: from their size, these are epoch milliseconds, epoch seconds, or seconds from now. */
const resetIn = (reset: number, now: number): number => {
  if (reset > 1e12) return reset - now;
  return reset > 1e9 ? reset * 1000 - now : reset * 1000;
};

/** How long it is until a reset, as a number or as a date with its zone (Jira's `2026-01-01T00:00Z`); may be negative. */
export const untilReset = (text: string | undefined, serverNow: number): number | undefined => {
  const number = numberIn(text);
  if (number !== undefined) return resetIn(number, serverNow);
  const date = timeIn(text);
  return date === undefined ? undefined : date - serverNow;
};

/** What the server's own clock says, where it can be read: measuring against it cancels one that is off. */
export const serverTime = (headers: HttpResponse['headers']): number | undefined =>
  timeIn(headers['date']);

/**
 * How long the server asks to wait, in milliseconds; undefined where it asks for nothing, or for a moment
 * that is past. `Retry-After` is seconds or a date (RFC 9110 §10.2.3); a date is measured against the
 * server's own `Date`, which cancels a clock that is off. Where the quota is used up and no Retry-After
 * came, `X-RateLimit-Reset` tells when it is filled again.
 */
export const requestedWait = ({headers}: HttpResponse, now: number): number | undefined => {
  const serverNow = serverTime(headers) ?? now;
  const after = (wait: number): number | undefined => (wait > 0 ? wait : undefined);
  const seconds = numberIn(headers['retry-after']);
  if (seconds !== undefined) return after(seconds * 1000);
  const date = timeIn(headers['retry-after']);
  if (date !== undefined) return after(date - serverNow);
  const reset = untilReset(headers['x-ratelimit-reset'], serverNow);
  if (reset === undefined || headers['x-ratelimit-remaining'] !== '0') return undefined;
  return after(reset);
};
