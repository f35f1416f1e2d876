import {requestedWait} from '../response/retry-after.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import {quotasIn} from './quota-headers.ts';
import {setRecent} from './recent.ts';
import {assertShare, type KnownQuota, schedule, update} from './schedule.ts';
import type {HeaderSet} from './vendor-headers.ts';
import type {Waits} from './waits.ts';

export type PacingOptions = {
  /** The share of every quota that is left to the user's other programs, from 0 to below 1. Default 0. */
  readonly leave?: number;
  /** The API's quota headers, if the kit does not know them. They are read before all others. */
  readonly headers?: readonly HeaderSet[];
};

export type PacingContext = Pick<Waits, 'delay'> & {
  readonly clock: Clock;
  /** The longest allowed wait, in milliseconds. */
  readonly longest: number;
};

/** The quotas of each resource. GitHub names it in X-RateLimit-Resource: a search does not use up the other quotas. */
const createBook = (headers: readonly HeaderSet[]) => {
  const quotas = new Map<string, readonly KnownQuota[]>();
  const resources = new Map<string, string>();
  const resourcePath = ({url}: HttpRequest): string => `${url.origin}${url.pathname}`;
  const quotaKey = (request: HttpRequest, resource: string): string =>
    `${request.url.origin} ${resource}`;

  const keyFor = (request: HttpRequest): string =>
    quotaKey(request, resources.get(resourcePath(request)) ?? '');
  return {
    of: (request: HttpRequest): readonly KnownQuota[] => quotas.get(keyFor(request)) ?? [],
    learn: (request: HttpRequest, response: HttpResponse, now: number): void => {
      const reported = quotasIn(response, now, headers);
      if (reported.length === 0) return;
      const resource = response.headers['x-ratelimit-resource'] ?? '';
      if (resource !== '') setRecent(resources, resourcePath(request), resource);
      const key = quotaKey(request, resource);
      const before = quotas.get(key) ?? [];
      const known = reported.map((quota) => update(quota, before, now));
      quotas.set(key, known);
    },
    /** For responses with Retry-After: it applies to this request, and the retry waits for it. */
    forget: (request: HttpRequest): void => void quotas.delete(keyFor(request)),
  };
};

/**
 * Keeps within the quota that responses report. When less than a fifth is left, requests are spread over the time until
 * the reset; when nothing is left, they wait for the reset instead of being refused.
 */
export const withPacing = (
  send: Send,
  {leave = 0, headers = []}: PacingOptions,
  {clock, delay, longest}: PacingContext,
): Send => {
  assertShare(leave);
  const book = createBook(headers);

  const waitForQuota = async (request: HttpRequest): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const {at, granted} = schedule(book.of(request), {leave, longest, now});
      if (at > now) {
        const state = granted ? 'nearly used up' : 'used up';
        await delay(request, Math.ceil(at - now), `the quota of ${request.url.origin} is ${state}`);
      }
      if (granted) return;
    }
  };
  return async (request) => {
    await waitForQuota(request);
    const response = await send(request);
    const now = clock.now();
    if ('retry-after' in response.headers && requestedWait(response, now)) book.forget(request);
    else book.learn(request, response, now);
    return response;
  };
};
