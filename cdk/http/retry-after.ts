import type {HttpResponse} from './message.ts';

const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;

/**
 * How long the server asks to wait, in milliseconds. `Retry-After` is seconds or a date (RFC 9110 §10.2.3);
 * a date is measured against the server's own `Date`, which cancels a clock that is off. Where the quota is
 * used up and no Retry-After came, `X-RateLimit-Reset` (epoch seconds) tells when it is filled again.
 */
export const requestedWait = ({headers}: HttpResponse, now: number): number | undefined => {
  const serverNow = Date.parse(headers['date'] ?? '') || now;
  const retryAfter = headers['retry-after'];
  const delta = seconds(retryAfter);
  if (delta !== undefined) return delta * 1000;
  const date = Date.parse(retryAfter ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - serverNow);
  const reset = seconds(headers['x-ratelimit-reset']);
  if (reset === undefined || headers['x-ratelimit-remaining'] !== '0') return undefined;
  return Math.max(0, reset * 1000 - serverNow);
};
