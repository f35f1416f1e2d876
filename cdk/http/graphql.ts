// GraphQL tells its errors in the body, most often with status 200: here they get the meaning that a status has elsewhere.
import {ConfigError, SystemError} from '../errors.ts';
import {isObject, type JsonObject, valueAt} from '../json/values.ts';
import {decodeJson} from './decode/json.ts';
import {MISSING_PERMISSION, UNKNOWN_CREDENTIALS} from './response/faults.ts';
import {excerpt} from './response/refusal-text.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './types.ts';

export type GraphqlOptions = {
  /** Where the query goes; default `graphqlPath` of the client, or its base URL as it is. */
  readonly path?: string;
  /** What data is that comes with errors: an error (the default), or kept, with a warning. */
  readonly partial?: 'fail' | 'keep';
};

export type Graphql = <T = unknown>(
  query: string,
  variables?: JsonObject,
  options?: GraphqlOptions,
) => Promise<T>;

// GitHub: RATE_LIMITED, of late RATE_LIMIT. Shopify: THROTTLED. Shopify's MAX_COST_EXCEEDED is none: it speaks of one query
// that is too large, and stays. https://shopify.dev/docs/api/admin-graphql#status-and-error-codes
const THROTTLED = /^(RATE_?LIMIT(ED|_EXCEEDED)?|THROTTLED|TOO_MANY_REQUESTS)$/i;
const UNAUTHENTICATED = /^(UNAUTHENTICATED|UNAUTHORIZED)$/i;
const FORBIDDEN = /^(FORBIDDEN|ACCESS_DENIED|INSUFFICIENT_SCOPES)$/i;
const TOO_LARGE = /^MAX_COST_EXCEEDED$/i;
// Apollo's names, and those of graphql-ruby, which GitHub and Shopify are built on:
// https://www.apollographql.com/docs/apollo-server/data/errors#built-in-error-codes
const INVALID =
  /^(GRAPHQL_(PARSE|VALIDATION)_FAILED|BAD_USER_INPUT|parseError|undefined\w+|missing\w+|selectionMismatch|argument\w+|variable\w+)$/;

/** The list of errors; some servers send a text in its place. */
const errorsIn = (json: unknown): readonly unknown[] => {
  const errors = valueAt(json, 'errors') ?? [];
  return Array.isArray(errors) ? errors : [errors];
};

/** Apollo and Shopify have it in the extensions, GitHub has a type beside the message. */
const hasCode = (error: unknown, pattern: RegExp): boolean =>
  [valueAt(error, 'extensions.code'), valueAt(error, 'type')].some(
    (code) => typeof code === 'string' && pattern.test(code),
  );

const describeError = (error: unknown): string => {
  const told = isObject(error) ? error['message'] : error;
  const text = typeof told === 'string' ? told.trim() : JSON.stringify(error);
  const path = valueAt(error, 'path');
  const where = Array.isArray(path) && path.length > 0 ? ` (at ${path.join('.')})` : '';
  return `${excerpt(text).replace(/[.\s]+$/, '')}${where}`;
};

const TOLD = 3;

/** The first errors, each with its place in the query. */
const describeErrors = (errors: readonly unknown[]): string => {
  const told = errors.slice(0, TOLD).map(describeError).join('; ');
  return errors.length > TOLD ? `${told}; and ${errors.length - TOLD} more` : told;
};

const failureOf = (request: HttpRequest, errors: readonly unknown[]): Error => {
  const any = (pattern: RegExp): boolean => errors.some((error) => hasCode(error, pattern));
  const told = `${describeRequest(request)} answered with errors: ${describeErrors(errors)}.`;
  if (any(UNAUTHENTICATED)) return new ConfigError(`${told} ${UNKNOWN_CREDENTIALS}`);
  if (any(FORBIDDEN)) return new ConfigError(`${told} ${MISSING_PERMISSION}`);
  if (any(TOO_LARGE)) {
    return new SystemError(`${told} No wait changes that: let the query ask for less at once.`);
  }
  return new SystemError(
    any(INVALID) ? `${told} Correct the query, or its variables, in the source.` : told,
  );
};

export const assertNoErrors = (request: HttpRequest, json: unknown): void => {
  const errors = errorsIn(json);
  if (errors.length > 0) throw failureOf(request, errors);
};

/** How long Shopify's bucket takes until it holds what the query costs. https://shopify.dev/docs/api/usage/limits */
const restoredIn = (json: unknown): number | undefined => {
  const cost = valueAt(json, 'extensions.cost.requestedQueryCost');
  const available = valueAt(json, 'extensions.cost.throttleStatus.currentlyAvailable');
  const rate = valueAt(json, 'extensions.cost.throttleStatus.restoreRate');
  if (typeof cost !== 'number' || typeof available !== 'number' || typeof rate !== 'number') {
    return undefined;
  }
  return rate > 0 && cost > available ? Math.ceil((cost - available) / rate) : undefined;
};

/**
 * What GitHub tells of the wait: Retry-After, or the reset of the quota. Its quota is in points, so one that is too
 * small for this query need not be at 0. Its secondary limits have another clock: at least a minute.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
 */
const headersFor = (
  response: HttpResponse,
  json: unknown,
  errors: readonly unknown[],
): HttpResponse['headers'] => {
  const {headers} = response;
  if ('retry-after' in headers) return headers;
  const restored = restoredIn(json);
  if (restored !== undefined) return {...headers, 'retry-after': String(restored)};
  if (headers['x-ratelimit-remaining'] === '0') return headers;
  if (errors.some((error) => /secondary rate/i.test(describeError(error)))) {
    return {...headers, 'retry-after': '60'};
  }
  return 'x-ratelimit-reset' in headers ? {...headers, 'x-ratelimit-remaining': '0'} : headers;
};

/**
 * Makes a 429 of a GraphQL answer that says with status 200 that it is throttled, so limits, pacing and retries take
 * it for what it is. A POST with a text `query` is GraphQL: so a list that is paged and a single query are treated
 * alike, with no option that could be forgotten. For another API's search nothing changes: its answers have no such codes.
 */
export const withThrottled =
  (send: Send): Send =>
  async (request) => {
    const response = await send(request);
    const isQuery = typeof request.json?.['query'] === 'string';
    // Only then is the body worth being parsed twice.
    if (!isQuery || response.status !== 200 || !response.body.includes('"errors"')) return response;
    const json = decodeJson(request, response);
    const throttled = errorsIn(json).filter((error) => hasCode(error, THROTTLED));
    if (throttled.length === 0) return response;
    const message = `(throttled, with status 200) ${describeErrors(throttled)}`;
    return {
      ...response,
      status: 429,
      headers: headersFor(response, json, throttled),
      // What the query costs is told with it, for those who pace by that.
      body: Buffer.from(JSON.stringify({message, extensions: valueAt(json, 'extensions')})),
    };
  };

/** What a client lends to queries. */
type GraphqlContext = {
  readonly send: Send;
  readonly requestFor: (path: string | undefined, json: JsonObject) => HttpRequest;
  readonly warn: (message: string) => void;
};

type QueryResult<T> = {readonly data?: T | null} | null;

export const openGraphql =
  ({send, requestFor, warn}: GraphqlContext): Graphql =>
  async <T>(query: string, variables: JsonObject = {}, options: GraphqlOptions = {}) => {
    const request = requestFor(options.path, {query, variables});
    const result = decodeJson<QueryResult<T>>(request, await send(request));
    const data = result?.data ?? undefined;
    if (data === undefined || options.partial !== 'keep') assertNoErrors(request, result);
    if (data === undefined) {
      throw new SystemError(
        `${describeRequest(request)} answered with neither data nor errors. Is this the API's GraphQL endpoint? Set \`graphqlPath\` to it.`,
      );
    }
    const errors = errorsIn(result);
    if (errors.length > 0) {
      warn(
        `${describeRequest(request)} answered with errors, and only a part of the data: ${describeErrors(errors)}.`,
      );
    }
    return data;
  };
