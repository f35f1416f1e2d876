// What a GraphQL answer tells of points: what its query cost, and what is left for the next.
import {isObject, valueAt} from '../../json/values.ts';
import {decodeJson} from '../decode/json.ts';
import {serverTime, timeIn} from '../response/retry-after.ts';
import type {HttpRequest, HttpResponse} from '../types.ts';
import type {Quota} from './quota-headers.ts';

/** Points that come back evenly, as Shopify's. */
export type Bucket = {
  readonly kind: 'bucket';
  readonly maximum: number;
  /** Points for each millisecond. */
  readonly rate: number;
  /** How many there were at a moment, in epoch milliseconds. */
  readonly available: number;
  readonly at: number;
};

/** Points that come back all at once, as GitHub's. */
type Window = {readonly kind: 'window'; readonly quota: Quota};

type Points = {
  /** What the server takes, or held back, for this query. */
  readonly cost: number;
  readonly left: Bucket | Window;
};

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/**
 * Shopify's `extensions.cost`. A query goes through where what it requests is there; what it did not need after all
 * is given back by the time of the answer. https://shopify.dev/docs/api/usage/limits
 */
const bucketIn = (json: unknown, now: number): Points | undefined => {
  const told = valueAt(json, 'extensions.cost');
  const cost = valueAt(told, 'requestedQueryCost');
  const maximum = valueAt(told, 'throttleStatus.maximumAvailable');
  const available = valueAt(told, 'throttleStatus.currentlyAvailable');
  const perSecond = valueAt(told, 'throttleStatus.restoreRate');
  if (!isNumber(cost) || !isNumber(maximum) || !isNumber(available)) return undefined;
  if (!isNumber(perSecond) || perSecond <= 0) return undefined;
  return {cost, left: {kind: 'bucket', maximum, rate: perSecond / 1000, available, at: now}};
};

/**
 * GitHub's `rateLimit {cost remaining resetAt limit}`, by whatever alias the query asked for it. The reset is
 * measured against the server's own clock.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
const windowIn = (json: unknown, {headers}: HttpResponse, now: number): Points | undefined => {
  const data = valueAt(json, 'data');
  for (const found of isObject(data) ? Object.values(data) : []) {
    if (!isObject(found)) continue;
    const {cost, remaining, resetAt, limit} = found;
    const moment = typeof resetAt === 'string' ? timeIn(resetAt) : undefined;
    if (!isNumber(cost) || !isNumber(remaining) || moment === undefined) continue;
    const reset = moment - (serverTime(headers) ?? now);
    const quota = {name: '', limit: isNumber(limit) ? limit : undefined, remaining, reset};
    return {cost, left: {kind: 'window', quota}};
  }
  return undefined;
};

/** Only a body whose bytes may hold points is worth being parsed twice. */
const mayTell = ({status, body}: HttpResponse): boolean =>
  (status === 200 || status === 429) &&
  body.includes('"cost"') &&
  (body.includes('"throttleStatus"') || body.includes('"resetAt"'));

/** The points an answer tells of; undefined where it tells of none. */
export const pointsIn = (
  request: HttpRequest,
  response: HttpResponse,
  now: number,
): Points | undefined => {
  if (!mayTell(response)) return undefined;
  const json = decodeJson(request, response);
  return bucketIn(json, now) ?? windowIn(json, response, now);
};
