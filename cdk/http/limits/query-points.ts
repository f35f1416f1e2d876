// Reads the cost of a query, and the points left, from a GraphQL response.
import {isObject, valueAt} from '../../json/values.ts';
import {decodeJson} from '../decode/json.ts';
import {serverTime, timeIn} from '../response/retry-after.ts';
import type {HttpRequest, HttpResponse} from '../types.ts';
import type {Quota} from './quota-headers.ts';

/** Points that are restored continuously, as at Shopify. */
export type Bucket = {
  readonly kind: 'bucket';
  readonly maximum: number;
  /** Points per millisecond. */
  readonly rate: number;
  /** The points at the time `at`. */
  readonly available: number;
  /** Epoch milliseconds. */
  readonly at: number;
};

/** Points that are restored all at once, as at GitHub. */
type Window = {readonly kind: 'window'; readonly quota: Quota};

type Points = {
  readonly cost: number;
  readonly left: Bucket | Window;
};

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/**
 * Shopify's `extensions.cost`. A query needs its requested cost to be available; the unused part is already restored in
 * its response. https://shopify.dev/docs/api/usage/limits
 */
const bucketIn = (json: unknown, now: number): Points | undefined => {
  const reported = valueAt(json, 'extensions.cost');
  const cost = valueAt(reported, 'requestedQueryCost');
  const maximum = valueAt(reported, 'throttleStatus.maximumAvailable');
  const available = valueAt(reported, 'throttleStatus.currentlyAvailable');
  const perSecond = valueAt(reported, 'throttleStatus.restoreRate');
  if (!isNumber(cost) || !isNumber(maximum) || !isNumber(available)) return undefined;
  if (!isNumber(perSecond) || perSecond <= 0) return undefined;
  return {cost, left: {kind: 'bucket', maximum, rate: perSecond / 1000, available, at: now}};
};

/**
 * GitHub's `rateLimit {cost remaining resetAt limit}`, under any alias. The reset is measured against the server's clock.
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

/** A cheap test, so that few bodies are parsed twice. */
const mayHavePoints = ({status, body}: HttpResponse): boolean =>
  (status === 200 || status === 429) &&
  body.includes('"cost"') &&
  (body.includes('"throttleStatus"') || body.includes('"resetAt"'));

/** Undefined if the response reports no points. */
export const pointsIn = (
  request: HttpRequest,
  response: HttpResponse,
  now: number,
): Points | undefined => {
  if (!mayHavePoints(response)) return undefined;
  const json = decodeJson(request, response);
  return bucketIn(json, now) ?? windowIn(json, response, now);
};
