import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
import type {HttpRequest, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import {setRecent} from './recent.ts';
import {type TokenBucket, tokenBucket} from './token-bucket.ts';
import type {Waits} from './waits.ts';

/** The number of requests in a period, such as `{requests: 100, per: {minutes: 1}}`. */
export type Limit = {
  readonly requests: number;
  readonly per: ExactDuration;
  /**
   * The most requests at once after a pause. Default 1: requests are evenly spaced, and keep the limit in any period,
   * whenever the server starts to count, apart from the few milliseconds that timers are late. With a burst a period may have
   * `requests + burst - 1` of them.
   */
  readonly burst?: number;
  /** The requests that count: a path in which `*` stands for anything (`/v1/search/*`), or a function. Default: all. */
  readonly match?: string | ((request: HttpRequest) => boolean);
  /**
   * A key for each request, if the API does not count per program: each key has its own limit.
   * `({headers}) => headers['authorization'] ?? ''` counts per credential.
   */
  readonly each?: (request: HttpRequest) => string;
};

type Bucket = {readonly tokens: TokenBucket; readonly reason: string};

type Waiter = {
  readonly buckets: readonly Bucket[];
  /** The expected time at which it may be sent. */
  due: number;
};

const matcherOf = (match: Limit['match']): ((request: HttpRequest) => boolean) => {
  if (match === undefined) return () => true;
  if (typeof match === 'function') return match;
  const pattern = new RegExp(
    `^${match.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`))}$`,
  );
  return ({url}) => pattern.test(url.pathname);
};

const PERIODS: ReadonlyMap<number, string> = new Map([
  [1_000, 'per second'],
  [60_000, 'per minute'],
  [3_600_000, 'per hour'],
  [86_400_000, 'per day'],
]);

/** Finds the bucket of a limit for a request; undefined if the request does not count. */
const bucketsOf = (limit: Limit, {now}: Clock) => {
  const {requests, per, burst = 1, match, each = () => ''} = limit;
  const period = toMilliseconds('per', per);
  const limited = `${requests} ${requests === 1 ? 'request' : 'requests'} ${PERIODS.get(period) ?? `in ${period / 1_000} s`}`;
  if (!(requests > 0 && period > 0 && burst >= 1)) {
    throw new SystemError(
      `A limit of ${limited} with a burst of ${burst} lets no request through: requests and time must be above 0, the burst at least 1.`,
    );
  }
  const matches = matcherOf(match);
  const buckets = new Map<string, Bucket>();
  return (request: HttpRequest): Bucket | undefined => {
    if (!matches(request)) return undefined;
    const key = each(request);
    const bucket = buckets.get(key) ?? {
      tokens: tokenBucket(requests / period, burst, now),
      reason: `the declared limit is ${limited}`,
    };
    setRecent(buckets, key, bucket);
    return bucket;
  };
};

type Delay = {readonly ms: number; readonly reason: string};

/** Two calculations of the same time may differ by a rounding error. */
const SAME = 1e-3;

/** The milliseconds until a bucket has a token that no earlier waiter takes. A waiter that is due later does not count. */
const waitFor = (bucket: Bucket, before: readonly Waiter[], now: number): number => {
  const dues = before.filter(({buckets}) => buckets.includes(bucket)).map(({due}) => due);
  let needed = 1;
  for (const due of dues.sort((one, other) => one - other)) {
    if (due > now + bucket.tokens.wait(needed) + SAME) break;
    needed += 1;
  }
  return bucket.tokens.wait(needed);
};

/** The longest of the waits for its buckets. */
const delayOf = (waiter: Waiter, before: readonly Waiter[], now: number): Delay =>
  waiter.buckets.reduce<Delay>(
    (slowest, bucket) => {
      const ms = waitFor(bucket, before, now);
      return ms > slowest.ms ? {ms, reason: bucket.reason} : slowest;
    },
    {ms: 0, reason: ''},
  );

/** Keeps the limits that a source declares: a request takes a token of each limit that it matches, first come, first served. */
export const withLimits = (
  send: Send,
  limits: readonly Limit[],
  {clock, delay}: Pick<Waits, 'delay'> & {readonly clock: Clock},
): Send => {
  const all = limits.map((limit) => bucketsOf(limit, clock));
  const queue: Waiter[] = [];

  /** Takes tokens only when the request is sent: if they were taken earlier, a busy process would send many requests at once. */
  const takeTokens = async (request: HttpRequest, waiter: Waiter): Promise<void> => {
    queue.push(waiter);
    try {
      for (;;) {
        const now = clock.now();
        const {ms, reason} = delayOf(waiter, queue.slice(0, queue.indexOf(waiter)), now);
        if (ms === 0) break;
        waiter.due = now + ms;
        await delay(request, ms, reason);
      }
      for (const {tokens} of waiter.buckets) tokens.take(waiter.due);
    } finally {
      queue.splice(queue.indexOf(waiter), 1);
    }
  };
  return async (request) => {
    const buckets = all.flatMap((bucketFor) => bucketFor(request) ?? []);
    if (buckets.length > 0) await takeTokens(request, {buckets, due: clock.now()});
    return send(request);
  };
};
