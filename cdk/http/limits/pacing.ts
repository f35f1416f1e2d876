import {SystemError} from '../../errors.ts';
import type {Clock} from '../clock.ts';
import type {HttpRequest, HttpResponse, Send} from '../message.ts';
import {requestedWait} from '../retry-after.ts';
import {type Quota, quotasIn} from './quota-headers.ts';
import type {Waits} from './waits.ts';

export type PacingOptions = {
  /** The share of every quota that is left to the user's other programs, from 0 to below 1. Default 0. */
  readonly leave?: number;
};

/** A quota as the last answer told it, less what was sent since. */
type Known = {
  readonly name: string;
  readonly limit: number | undefined;
  readonly resetAt: number;
  remaining: number;
  /** When the last request went out, or may. */
  sentAt: number;
};

type PacingContext = Pick<Waits, 'hold'> & {
  readonly clock: Clock;
  /** The longest wait there may be, in milliseconds. */
  readonly longest: number;
};

/** Above this share of a quota requests go freely. */
const PLENTY = 0.2;

/** A limit of requests per user could be one of millions of resources; only so many paths are remembered. */
const REMEMBERED_PATHS = 1_000;

/** What an answer tells replaces what was known, but for the turns that are already given away. */
const update = (
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

/**
 * When a quota lets the next request go: at once, at its turn, or when it is filled again. What a day has left is
 * not spread over the day: no run waits that long, so it takes what there is.
 */
const turnOf = (
  {limit, remaining, resetAt, sentAt}: Known,
  {leave, longest, now}: {readonly leave: number; readonly longest: number; readonly now: number},
): number => {
  const reserve = leave * (limit ?? 0);
  const left = remaining - reserve;
  if (left < 1) return resetAt;
  if (limit === undefined || left / (limit - reserve) >= PLENTY) return now;
  if (resetAt - now > longest) return now;
  return Math.max(now, sentAt + (resetAt - sentAt) / Math.max(1, left));
};

/** Which quotas a request draws on. GitHub names them in X-RateLimit-Resource: a search does not use up the rest. */
const createBook = () => {
  const quotas = new Map<string, readonly Known[]>();
  const resources = new Map<string, string>();
  const pathOf = ({url}: HttpRequest): string => `${url.origin}${url.pathname}`;
  const keyOf = (request: HttpRequest, resource: string): string =>
    `${request.url.origin} ${resource}`;

  const keyFor = (request: HttpRequest): string =>
    keyOf(request, resources.get(pathOf(request)) ?? '');
  const remember = (path: string, resource: string): void => {
    resources.delete(path);
    resources.set(path, resource);
    const [oldest] = resources.keys();
    if (resources.size > REMEMBERED_PATHS && oldest !== undefined) resources.delete(oldest);
  };
  return {
    of: (request: HttpRequest): readonly Known[] => quotas.get(keyFor(request)) ?? [],
    learn: (request: HttpRequest, response: HttpResponse, now: number): void => {
      const told = quotasIn(response, now);
      if (told.length === 0) return;
      const resource = response.headers['x-ratelimit-resource'] ?? '';
      if (resource !== '') remember(pathOf(request), resource);
      const key = keyOf(request, resource);
      const before = quotas.get(key) ?? [];
      quotas.set(
        key,
        told.map((quota) => update(quota, before, now)),
      );
    },
    /** Where the server says itself when to come back, it speaks of this request, and the retry keeps to it. */
    forget: (request: HttpRequest): void => void quotas.delete(keyFor(request)),
  };
};

/**
 * Keeps within the quota that answers tell of: when less than a fifth is left, what is left is spread over the
 * time until it is filled again; when nothing is, requests wait for that instead of being refused.
 */
export const withPacing = (
  send: Send,
  {leave = 0}: PacingOptions,
  {clock, hold, longest}: PacingContext,
): Send => {
  if (!(leave >= 0 && leave < 1)) {
    throw new SystemError(
      `A share of ${leave} of the quota can't be left: it must be from 0 to below 1.`,
    );
  }
  const book = createBook();

  /** When a request may go, and whether it may go then or must ask again: others wait for the same reset. */
  const turnFor = (request: HttpRequest, now: number): {at: number; granted: boolean} => {
    const known = book.of(request).filter(({resetAt}) => resetAt > now);
    const at = Math.max(now, ...known.map((quota) => turnOf(quota, {leave, longest, now})));
    if (known.some(({resetAt}) => resetAt === at)) return {at, granted: false};
    for (const quota of known) {
      quota.remaining -= 1;
      quota.sentAt = at;
    }
    return {at, granted: true};
  };
  const takeTurn = async (request: HttpRequest): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const {at, granted} = turnFor(request, now);
      if (at > now) {
        const state = granted ? 'nearly used up' : 'used up';
        await hold(request, Math.ceil(at - now), `the quota of ${request.url.origin} is ${state}`);
      }
      if (granted) return;
    }
  };
  return async (request) => {
    await takeTurn(request);
    const response = await send(request);
    const now = clock.now();
    if ('retry-after' in response.headers && requestedWait(response, now)) book.forget(request);
    else book.learn(request, response, now);
    return response;
  };
};
