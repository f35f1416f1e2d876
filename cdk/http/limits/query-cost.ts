// GraphQL queries draw on a quota of points, not of requests: what each costs, and what is left, stands in the answers.
import {hash} from 'node:crypto';
import type {HttpRequest, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import type {PacingOptions} from './pacing.ts';
import {type Bucket, pointsIn} from './query-points.ts';
import {assertShare, type Known, takeTurn, update} from './schedule.ts';
import type {Waits} from './waits.ts';

/** The points of one API, as far as its answers told. */
type Account = {
  bucket?: Bucket;
  window?: Known;
  /** What the queries cost that have no answer yet. The server may not have counted them. */
  underWay: number;
  /** What each query cost the last time. */
  readonly costs: Map<string, number>;
  highest: number;
  /** Ends when the queries before have had their turn: a large one must not be passed by small ones for ever. */
  turn: Promise<unknown>;
};

type QueryCostContext = Pick<Waits, 'hold'> & {
  readonly clock: Clock;
  /** The longest wait there may be, in milliseconds. */
  readonly longest: number;
};

/** Queries differ by their text; what they ask for in variables rarely changes the cost. */
const REMEMBERED_QUERIES = 1_000;

const rememberCost = (account: Account, query: string, cost: number): void => {
  account.highest = Math.max(account.highest, cost);
  account.costs.delete(query);
  account.costs.set(query, cost);
  const [oldest] = account.costs.keys();
  if (account.costs.size > REMEMBERED_QUERIES && oldest !== undefined) account.costs.delete(oldest);
};

/** A query that was never seen may be as large as the largest that was. */
const costOf = ({costs, highest}: Account, query: string): number =>
  Math.max(1, costs.get(query) ?? highest);

const availableAt = ({maximum, rate, available, at}: Bucket, now: number): number =>
  Math.min(maximum, available + (now - at) * rate);

/** The milliseconds until a bucket holds a cost, what is under way, and the share that is left to others. */
const filledIn = (
  bucket: Bucket,
  underWay: number,
  {leave, now, cost}: {readonly leave: number; readonly now: number; readonly cost: number},
): number => {
  const reserve = leave * bucket.maximum;
  // One that costs more than the bucket can hold is refused in so many words; no wait helps it.
  const needed = Math.min(cost, bucket.maximum - reserve) + reserve + underWay;
  return Math.ceil(Math.max(0, needed - availableAt(bucket, now)) / bucket.rate);
};

/** When a query may go, and whether it may go then or must ask again. */
const turnFor = (
  {bucket, window, underWay}: Account,
  wanted: Parameters<typeof takeTurn>[1] & {readonly cost: number},
) => {
  const filled = bucket ? filledIn(bucket, underWay, wanted) : 0;
  return filled > 0
    ? {at: wanted.now + filled, granted: false}
    : takeTurn(window ? [window] : [], wanted);
};

/** What an answer tells replaces what was known, less what may not be counted in it yet. */
const settle = (
  account: Account,
  {query, cost}: {readonly query: string; readonly cost: number},
  {told, now}: {readonly told: ReturnType<typeof pointsIn>; readonly now: number},
): void => {
  const {bucket, window} = account;
  if (told === undefined) {
    if (bucket) account.bucket = {...bucket, available: availableAt(bucket, now) - cost, at: now};
    return;
  }
  rememberCost(account, query, told.cost);
  if (told.left.kind === 'bucket') account.bucket = told.left;
  else {
    account.window = update(told.left.quota, window ? [window] : [], now);
    account.window.remaining -= account.underWay;
  }
};

const queryOf = ({json}: HttpRequest): string | undefined => {
  const query = json?.['query'];
  return typeof query === 'string' ? hash('sha1', query, 'base64') : undefined;
};

/** Holds GraphQL queries back until the points that they cost are there, by what the answers before told. */
export const withQueryCost = (
  send: Send,
  {leave = 0}: PacingOptions,
  {clock, hold, longest}: QueryCostContext,
): Send => {
  assertShare(leave);
  const accounts = new Map<string, Account>();
  const accountOf = ({url: {origin}}: HttpRequest): Account => {
    const known = accounts.get(origin);
    if (known) return known;
    const opened = {underWay: 0, costs: new Map(), highest: 0, turn: Promise.resolve()};
    accounts.set(origin, opened);
    return opened;
  };

  /** Resolves to what was set aside, once it is there. */
  const setAside = async (
    request: HttpRequest,
    account: Account,
    query: string,
  ): Promise<number> => {
    for (;;) {
      const now = clock.now();
      const cost = costOf(account, query);
      const {at, granted} = turnFor(account, {leave, longest, now, cost});
      const reason = `the points for queries of ${request.url.origin} are ${granted ? 'nearly ' : ''}used up`;
      if (at > now) await hold(request, Math.ceil(at - now), reason);
      if (!granted) continue;
      account.underWay += cost;
      return cost;
    }
  };

  return async (request) => {
    const query = queryOf(request);
    if (query === undefined) return send(request);
    const account = accountOf(request);
    const turn = account.turn.then(() => setAside(request, account, query));
    account.turn = turn.catch(() => {});
    const cost = await turn;
    let told: ReturnType<typeof pointsIn>;
    try {
      const response = await send(request);
      told = pointsIn(request, response, clock.now());
      return response;
    } finally {
      account.underWay -= cost;
      settle(account, {query, cost}, {told, now: clock.now()});
    }
  };
};
