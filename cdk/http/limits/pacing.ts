import {requestedWait} from '../response/retry-after.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import {quotasIn} from './quota-headers.ts';
import {assertShare, type Known, takeTurn, update} from './schedule.ts';
import type {HeaderSet} from './vendor-headers.ts';
import type {Waits} from './waits.ts';

export type PacingOptions = {
  /** The share of every quota that is left to the user's other programs, from 0 to below 1. Default 0. */
  readonly leave?: number;
  /** Where the API tells its quotas, if not in headers that the kit knows: they are read before all others. */
  readonly headers?: readonly HeaderSet[];
};

type PacingContext = Pick<Waits, 'hold'> & {
  readonly clock: Clock;
  /** The longest wait there may be, in milliseconds. */
  readonly longest: number;
};

/** A limit of requests per user could be one of millions of resources; only so many paths are remembered. */
const REMEMBERED_PATHS = 1_000;

/** Which quotas a request draws on. GitHub names them in X-RateLimit-Resource: a search does not use up the rest. */
const createBook = (headers: readonly HeaderSet[]) => {
  const quotas = new Map<string, readonly Known[]>();
  const resources = new Map<string, string>();
  const resourcePath = ({url}: HttpRequest): string => `${url.origin}${url.pathname}`;
  const quotaKey = (request: HttpRequest, resource: string): string =>
    `${request.url.origin} ${resource}`;

  const keyFor = (request: HttpRequest): string =>
    quotaKey(request, resources.get(resourcePath(request)) ?? '');
  const remember = (path: string, resource: string): void => {
    resources.delete(path);
    resources.set(path, resource);
    const [oldest] = resources.keys();
    if (resources.size > REMEMBERED_PATHS && oldest !== undefined) resources.delete(oldest);
  };
  return {
    of: (request: HttpRequest): readonly Known[] => quotas.get(keyFor(request)) ?? [],
    learn: (request: HttpRequest, response: HttpResponse, now: number): void => {
      const told = quotasIn(response, now, headers);
      if (told.length === 0) return;
      const resource = response.headers['x-ratelimit-resource'] ?? '';
      if (resource !== '') remember(resourcePath(request), resource);
      const key = quotaKey(request, resource);
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
  {leave = 0, headers = []}: PacingOptions,
  {clock, hold, longest}: PacingContext,
): Send => {
  assertShare(leave);
  const book = createBook(headers);

  const waitForTurn = async (request: HttpRequest): Promise<void> => {
    for (;;) {
      const now = clock.now();
      const {at, granted} = takeTurn(book.of(request), {leave, longest, now});
      if (at > now) {
        const state = granted ? 'nearly used up' : 'used up';
        await hold(request, Math.ceil(at - now), `the quota of ${request.url.origin} is ${state}`);
      }
      if (granted) return;
    }
  };
  return async (request) => {
    await waitForTurn(request);
    const response = await send(request);
    const now = clock.now();
    if ('retry-after' in response.headers && requestedWait(response, now)) book.forget(request);
    else book.learn(request, response, now);
    return response;
  };
};
