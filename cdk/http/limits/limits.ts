import {type ExactDuration, toMilliseconds} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
import type {HttpRequest, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import {type TokenBucket, tokenBucket} from './token-bucket.ts';
import type {Waits} from './waits.ts';

/** So many requests in so much time. */
export type Limit = {
  readonly requests: number;
  readonly per: ExactDuration;
  /**
   * How many may go at once after a pause. Default 1: requests are spaced evenly, and the limit holds in any
   * stretch of time, wherever the server begins to count, but for the few milliseconds that timers are late.
   */
  readonly burst?: number;
  /** Which requests count: a path in which `*` stands for anything (`/v1/search/*`), or a function. Default: all. */
  readonly match?: string | ((request: HttpRequest) => boolean);
  /**
   * What the API counts by, where that is not the program as a whole: requests with different values have a limit each.
   * `({headers}) => headers['authorization'] ?? ''` is one for each credential.
   */
  readonly each?: (request: HttpRequest) => string;
};

type Matcher = (request: HttpRequest) => boolean;

type Gauge = {readonly bucket: TokenBucket; readonly reason: string};

/** The gauge of a limit that a request is under; undefined where it does not count. */
type Gauges = (request: HttpRequest) => Gauge | undefined;

/** One that waits for its turn. */
type Waiter = {
  readonly gauges: readonly Gauge[];
  /** When it will be its turn, as far as can be seen. */
  due: number;
};

const matcherOf = (match: Limit['match']): Matcher => {
  if (match === undefined) return () => true;
  if (typeof match === 'function') return match;
  const pattern = new RegExp(
    `^${match.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`))}$`,
  );
  return ({url}) => pattern.test(url.pathname);
};

/** A limit for each user could be one for millions; those that were not asked for longest are forgotten. */
const REMEMBERED = 1_000;

const gaugesOf = (limit: Limit, {now}: Clock): Gauges => {
  const {requests, per, burst = 1, match, each = () => ''} = limit;
  const period = toMilliseconds('per', per);
  const reason = `the limit is ${requests} requests in ${period / 1_000} s`;
  if (!(requests > 0 && period > 0 && burst >= 1)) {
    throw new SystemError(
      `${reason} with a burst of ${burst}, which lets nothing through: the first two must be above 0, the burst at least 1.`,
    );
  }
  const matches = matcherOf(match);
  const gauges = new Map<string, Gauge>();
  return (request) => {
    if (!matches(request)) return undefined;
    const key = each(request);
    const gauge = gauges.get(key) ?? {
      bucket: tokenBucket(requests / period, burst, now),
      reason,
    };
    gauges.delete(key);
    gauges.set(key, gauge);
    const [oldest] = gauges.keys();
    if (gauges.size > REMEMBERED && oldest !== undefined) gauges.delete(oldest);
    return gauge;
  };
};

type Hold = {readonly ms: number; readonly reason: string};

/** Two who work out the same moment may differ by what floating point loses. */
const SAME = 1e-3;

/** In how long a gauge has a token that none of those before takes first; who waits for another limit does not. */
const waitFor = (gauge: Gauge, before: readonly Waiter[], now: number): number => {
  const turns = before.filter(({gauges}) => gauges.includes(gauge)).map(({due}) => due);
  let needed = 1;
  for (const due of turns.sort((one, other) => one - other)) {
    if (due > now + gauge.bucket.wait(needed) + SAME) break;
    needed += 1;
  }
  return gauge.bucket.wait(needed);
};

/** How long until all its tokens are there, and which limit is the slowest. */
const holdOf = (waiter: Waiter, before: readonly Waiter[], now: number): Hold =>
  waiter.gauges.reduce<Hold>(
    (slowest, gauge) => {
      const ms = waitFor(gauge, before, now);
      return ms > slowest.ms ? {ms, reason: gauge.reason} : slowest;
    },
    {ms: 0, reason: ''},
  );

/** Keeps to the limits that a source declares: each request takes a token from all that it matches, first come, first served. */
export const withLimits = (
  send: Send,
  limits: readonly Limit[],
  {clock, hold}: Pick<Waits, 'hold'> & {readonly clock: Clock},
): Send => {
  const all = limits.map((limit) => gaugesOf(limit, clock));
  const queue: Waiter[] = [];

  /** A token is taken when the request goes, not before: a process that is busy meanwhile would send all of them at once. */
  const takeTurn = async (request: HttpRequest, waiter: Waiter): Promise<void> => {
    queue.push(waiter);
    try {
      for (;;) {
        const now = clock.now();
        const {ms, reason} = holdOf(waiter, queue.slice(0, queue.indexOf(waiter)), now);
        if (ms === 0) break;
        waiter.due = now + ms;
        await hold(request, ms, reason);
      }
      for (const {bucket} of waiter.gauges) bucket.take(waiter.due);
    } finally {
      queue.splice(queue.indexOf(waiter), 1);
    }
  };
  return async (request) => {
    const gauges = all.flatMap((gaugeFor) => gaugeFor(request) ?? []);
    if (gauges.length > 0) await takeTurn(request, {gauges, due: clock.now()});
    return send(request);
  };
};
