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

/** `60 seconds`, `1500ms`, `2 minutes`, `00:01:30`: not by the standard, but clear. */
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(milliseconds?|msecs?|ms)$/, 1],
  [/^(seconds?|secs?|s)$/, 1_000],
  [/^(minutes?|mins?|m)$/, 60_000],
  [/^(hours?|hrs?|h)$/, 3_600_000],
];

const withUnit = (text: string): number | undefined => {
  const [, amount, unit = ''] = /^(\d{1,12}(?:\.\d{1,9})?) ?([a-z]{1,12})$/.exec(text) ?? [];
  const length = UNITS.find(([name]) => name.test(unit))?.[1];
  return amount === undefined || length === undefined ? undefined : Number(amount) * length;
};

const clockTime = (text: string): number | undefined => {
  const [, hours, minutes, seconds] = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined
    ? undefined
    : (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
};

/** Longer texts are not a time. */
const LONGEST = 100;

/**
 * The wait in a `Retry-After`: seconds or a date (RFC 9110 §10.2.3). Servers also send the moment in epoch seconds or
 * milliseconds, quotes, a unit, or the header twice, which proxies join with a comma: the longest wait counts.
 */
const waitIn = (text: string | undefined, serverNow: number): number | undefined => {
  if (text === undefined || text.length > LONGEST) return undefined;
  const value = text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim();
  const whole = untilReset(value, serverNow);
  if (whole !== undefined) return whole;
  const lower = value.toLowerCase();
  const single = withUnit(lower) ?? clockTime(lower);
  if (single !== undefined || !value.includes(',')) return single;
  const parts = value.split(',').map((part) => numberIn(part));
  const waits = parts.map((part) =>
    part === undefined ? undefined : untilReset(String(part), serverNow),
  );
  return waits.every((wait) => wait !== undefined) ? Math.max(...waits) : undefined;
};

/** Azure: https://learn.microsoft.com/en-us/rest/api/cosmos-db/common-cosmosdb-rest-response-headers */
const MILLISECONDS = ['retry-after-ms', 'x-ms-retry-after-ms'];
const OTHER_NAMES = [
  'x-retry-after',
  'x-ratelimit-retry-after',
  'x-rate-limit-retry-after-seconds',
];

/**
 * Some servers send milliseconds as `Retry-After`. Only a reset in the same response can tell:
 * https://github.com/fastify/fastify-rate-limit/issues/301
 */
const inSeconds = (wait: number, reset: number | undefined): number => {
  const isMilliseconds =
    reset !== undefined &&
    reset > 0 &&
    wait >= 1_000_000 &&
    Math.abs(wait / 1_000 - reset) <= 5_000;
  return isMilliseconds ? wait / 1_000 : wait;
};

/**
 * The wait in milliseconds that the server requests; undefined without one, or if it has passed. Without `Retry-After`,
 * `X-RateLimit-Reset` counts if the quota is used up.
 */
export const requestedWait = ({headers}: HttpResponse, now: number): number | undefined => {
  const serverNow = serverTime(headers) ?? now;
  const after = (wait: number): number | undefined => (wait > 0 ? wait : undefined);
  const reset = untilReset(headers['x-ratelimit-reset'], serverNow);
  const wait = waitIn(headers['retry-after'], serverNow);
  if (wait !== undefined) return after(inSeconds(wait, reset));
  for (const name of MILLISECONDS) {
    const ms = numberIn(headers[name]);
    if (ms !== undefined) return after(ms);
  }
  for (const name of OTHER_NAMES) {
    const other = waitIn(headers[name], serverNow);
    if (other !== undefined) return after(other);
  }
  if (reset === undefined || headers['x-ratelimit-remaining'] !== '0') return undefined;
  return after(reset);
};
