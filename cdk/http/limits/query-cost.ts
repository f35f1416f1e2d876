// GraphQL quotas count points, not requests. The responses report the cost of each query, and the points left.
import {hash} from 'node:crypto';
import type {HttpRequest, Send} from '../types.ts';
import type {PacingContext, PacingOptions} from './pacing.ts';
import {type Bucket, pointsIn} from './query-points.ts';
import {setRecent} from './recent.ts';
import {assertShare, type KnownQuota, schedule, update} from './schedule.ts';

/** The known points of one API. */
type Account = {
  bucket?: Bucket;
  window?: KnownQuota;
  /** The cost of pending queries, which the server may not have counted yet. */
  inFlight: number;
  /** The last cost of each query, by the hash of its text: variables rarely change the cost. */
  readonly costs: Map<string, number>;
  highest: number;
  /** Resolves when the earlier queries have their points: small queries must not overtake a large one forever. */
  earlier: Promise<unknown>;
};

/** A new query may cost as much as the most expensive one so far. */
const costOf = ({costs, highest}: Account, query: string): number =>
  Math.max(1, costs.get(query) ?? highest);

const availableAt = ({maximum, rate, available, at}: Bucket, now: number): number =>
  Math.min(maximum, available + (now - at) * rate);

/** The milliseconds until a bucket holds the cost, the cost of pending queries, and the share that is left to others. */
const filledIn = (
  bucket: Bucket,
  inFlight: number,
  {leave, now, cost}: {readonly leave: number; readonly now: number; readonly cost: number},
): number => {
  const reserve = leave * bucket.maximum;
  // A query that costs more than a full bucket is sent when it is full: a longer wait does not help.
  const needed = Math.min(cost, bucket.maximum - reserve) + reserve + inFlight;
  return Math.ceil(Math.max(0, needed - availableAt(bucket, now)) / bucket.rate);
};

/** Like `schedule`, for the points of an account. */
const schedulePoints = (
  {bucket, window, inFlight}: Account,
  wanted: Parameters<typeof schedule>[1] & {readonly cost: number},
) => {
  const filled = bucket ? filledIn(bucket, inFlight, wanted) : 0;
  return filled > 0
    ? {at: wanted.now + filled, granted: false}
    : schedule(window ? [window] : [], wanted);
};

/** Replaces the known points by the reported ones, less the cost of pending queries. */
const settle = (
  account: Account,
  {query, cost}: {readonly query: string; readonly cost: number},
  {reported, now}: {readonly reported: ReturnType<typeof pointsIn>; readonly now: number},
): void => {
  const {bucket, window} = account;
  if (reported === undefined) {
    if (bucket) account.bucket = {...bucket, available: availableAt(bucket, now) - cost, at: now};
    return;
  }
  account.highest = Math.max(account.highest, reported.cost);
  setRecent(account.costs, query, reported.cost);
  if (reported.left.kind === 'bucket') account.bucket = reported.left;
  else {
    account.window = update(reported.left.quota, window ? [window] : [], now);
    account.window.remaining -= account.inFlight;
  }
};

const queryHash = ({json}: HttpRequest): string | undefined => {
  const query = json?.['query'];
  return typeof query === 'string' ? hash('sha1', query, 'base64') : undefined;
};

/** Delays GraphQL queries until the API has the points for them, by the costs that earlier responses reported. */
export const withQueryCost = (
  send: Send,
  {leave = 0}: PacingOptions,
  {clock, delay, longest}: PacingContext,
): Send => {
  assertShare(leave);
  const accounts = new Map<string, Account>();
  const accountOf = ({url: {origin}}: HttpRequest): Account => {
    const opened = {inFlight: 0, costs: new Map(), highest: 0, earlier: Promise.resolve()};
    const account = accounts.get(origin) ?? opened;
    accounts.set(origin, account);
    return account;
  };

  /** Waits for the points of a query. Resolves to the number of points that it reserved. */
  const reserve = async (
    request: HttpRequest,
    account: Account,
    query: string,
  ): Promise<number> => {
    for (;;) {
      const now = clock.now();
      const cost = costOf(account, query);
      const {at, granted} = schedulePoints(account, {leave, longest, now, cost});
      const reason = `the points for queries of ${request.url.origin} are ${granted ? 'nearly ' : ''}used up`;
      if (at > now) await delay(request, Math.ceil(at - now), reason);
      if (!granted) continue;
      account.inFlight += cost;
      return cost;
    }
  };

  return async (request) => {
    const query = queryHash(request);
    if (query === undefined) return send(request);
    const account = accountOf(request);
    const reserved = account.earlier.then(() => reserve(request, account, query));
    account.earlier = reserved.catch(() => {});
    const cost = await reserved;
    let reported: ReturnType<typeof pointsIn>;
    try {
      const response = await send(request);
      reported = pointsIn(request, response, clock.now());
      return response;
    } finally {
      account.inFlight -= cost;
      settle(account, {query, cost}, {reported, now: clock.now()});
    }
  };
};
