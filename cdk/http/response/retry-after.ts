import type {HttpResponse} from '../types.ts';

export const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;

/** Requires a time zone, since `Date.parse` accepts nearly any string with a digit. */
export const timeIn = (text = ''): number | undefined =>
  /(GMT|UTC|Z|[+-]\d\d:?\d\d)\s*$/.test(text) ? Date.parse(text) || undefined : undefined;

/** APIs differ in the unit. By its size, a number is epoch milliseconds, epoch seconds, or seconds from now. */
const resetIn = (reset: number, now: number): number => {
  if (reset > 1e12) return reset - now;
  return reset > 1e9 ? reset * 1000 - now : reset * 1000;
};

/** Milliseconds until a reset, given as a number or as a date with its zone (Jira's `2026-01-01T00:00Z`); may be negative. */
export const untilReset = (text: string | undefined, serverNow: number): number | undefined => {
  const number = numberIn(text);
  if (number !== undefined) return resetIn(number, serverNow);
  const date = timeIn(text);
  return date === undefined ? undefined : date - serverNow;
};

/** The server's own time, if known. Measuring against it compensates for a wrong clock on either side. */
export const serverTime = (headers: HttpResponse['headers']): number | undefined =>
  timeIn(headers['date']);

/**
 * The wait in milliseconds that the server requests; undefined without one, or if it has passed. `Retry-After` is seconds
 * or a date (RFC 9110 §10.2.3). Without it, `X-RateLimit-Reset` counts if the quota is used up.
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
