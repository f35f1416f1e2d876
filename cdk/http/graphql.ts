// GraphQL APIs report errors in the body, usually with status 200. Here such errors get the meaning of an HTTP status.

import {ConfigError, SystemError} from '../errors.ts';
import {excerpt, withoutFullStop} from '../json/trim.ts';
import {isObject, type JsonObject, valueAt} from '../json/values.ts';
import {decodeJson} from './decode/json.ts';
import {MISSING_PERMISSION, UNKNOWN_CREDENTIALS} from './response/faults.ts';
import {refusesCredentials, saysUnauthenticated} from './response/graphql-credentials.ts';
import {jsonOf} from './response/json-body.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './types.ts';

export type GraphqlOptions = {
  /** The path of the endpoint. Default: `graphqlPath` of the client, else its base URL. */
  readonly path?: string;
  /** Data that comes together with errors: `fail` (the default) throws the errors, `keep` returns the data and logs a warning. */
  readonly partial?: 'fail' | 'keep';
};

export type Graphql = <T = unknown>(
  query: string,
  variables?: JsonObject,
  options?: GraphqlOptions,
) => Promise<T>;

// GitHub: RATE_LIMITED, lately RATE_LIMIT. Shopify: THROTTLED. Shopify's MAX_COST_EXCEEDED is not throttling: that query is
// too large and always will be. https://shopify.dev/docs/api/admin-graphql#status-and-error-codes
const THROTTLED = /^(RATE_?LIMIT(ED|_EXCEEDED)?|THROTTLED|TOO_MANY_REQUESTS)$/i;
const FORBIDDEN = /^(FORBIDDEN|ACCESS_DENIED|INSUFFICIENT_SCOPES)$/i;
const TOO_LARGE = /^MAX_COST_EXCEEDED$/i;
// Apollo's codes, and those of graphql-ruby, which GitHub and Shopify use:
// https://www.apollographql.com/docs/apollo-server/data/errors#built-in-error-codes
const INVALID =
  /^(GRAPHQL_(PARSE|VALIDATION)_FAILED|BAD_USER_INPUT|parseError|undefined\w+|missing\w+|selectionMismatch|argument\w+|variable\w+)$/;

/** Some servers send a string instead of a list. */
const errorsIn = (json: unknown): readonly unknown[] => {
  const errors = valueAt(json, 'errors') ?? [];
  return Array.isArray(errors) ? errors : [errors];
};

/** Apollo and Shopify put the code into the extensions; GitHub has a `type` next to the message. */
const hasCode = (error: unknown, pattern: RegExp): boolean =>
  [valueAt(error, 'extensions.code'), valueAt(error, 'type')].some(
    (code) => typeof code === 'string' && pattern.test(code),
  );

const describeError = (error: unknown): string => {
  const message = isObject(error) ? error['message'] : error;
  const text = typeof message === 'string' ? message.trim() : JSON.stringify(error);
  const path = valueAt(error, 'path');
  const where = Array.isArray(path) && path.length > 0 ? ` (at ${excerpt(path.join('.'))})` : '';
  return `${withoutFullStop(excerpt(text))}${where}`;
};

const MAX_SHOWN = 3;

/** The first errors, each with its path in the query. */
const describeErrors = (errors: readonly unknown[]): string => {
  const shown = errors.slice(0, MAX_SHOWN).map(describeError).join('; ');
  return errors.length > MAX_SHOWN ? `${shown}; and ${errors.length - MAX_SHOWN} more` : shown;
};

const QUERY_TOO_LARGE = 'Waiting does not help: make the query request less at once.';

const failureOf = (request: HttpRequest, errors: readonly unknown[]): Error => {
  const any = (pattern: RegExp): boolean => errors.some((error) => hasCode(error, pattern));
  const message = `${describeRequest(request)} answered with errors: ${describeErrors(errors)}.`;
  if (errors.some(refusesCredentials)) return new ConfigError(`${message} ${UNKNOWN_CREDENTIALS}`);
  if (any(FORBIDDEN)) return new ConfigError(`${message} ${MISSING_PERMISSION}`);
  if (any(TOO_LARGE)) return new SystemError(`${message} ${QUERY_TOO_LARGE}`);
  return new SystemError(
    any(INVALID) ? `${message} Correct the query, or its variables, in the source.` : message,
  );
};

export const assertNoErrors = (request: HttpRequest, json: unknown): void => {
  const errors = errorsIn(json);
  if (errors.length > 0) throw failureOf(request, errors);
};

/** The seconds until Shopify's bucket holds the cost of the query. https://shopify.dev/docs/api/usage/limits */
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
 * GitHub sends Retry-After, or the reset of its quota. The quota is in points, so it can be too small for this query
 * without being 0. Its secondary limits last at least a minute.
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

/** Without data, all fields are null. */
const hasNoData = (json: unknown): boolean => {
  const data = valueAt(json, 'data');
  return !isObject(data) || Object.values(data).every((value) => value === null);
};

const isUnauthenticated = (json: unknown): boolean => {
  const errors = errorsIn(json);
  return errors.some(refusesCredentials) || (hasNoData(json) && errors.some(saysUnauthenticated));
};

/**
 * Gives errors of GraphQL the meaning of a status. Throttling with status 200 becomes a 429, which limits, pacing and retries
 * understand; refused credentials have them renewed, as a 401 does, unless a rule of the source says otherwise.
 * Any POST with a string `query` counts as GraphQL, so paged lists and single queries need no option. This does not affect
 * another API's search: its responses do not have these codes.
 */
export const withGraphqlErrors =
  (send: Send): Send =>
  async (request) => {
    const response = await send(request);
    const isQuery = typeof request.json?.['query'] === 'string';
    if (!isQuery || !response.body.includes('"errors"')) return response;
    const json = response.status === 200 ? decodeJson(request, response) : jsonOf(response);
    const errors = errorsIn(json);
    const throttled = errors.filter((error) => hasCode(error, THROTTLED));
    if (response.status !== 200 || throttled.length === 0) {
      return isUnauthenticated(json) ? {...response, rule: {action: 'refresh-token'}} : response;
    }
    const message = `(throttled, with status 200) ${describeErrors(throttled)}`;
    return {
      ...response,
      status: 429,
      headers: headersFor(response, json, throttled),
      // The extensions hold the cost of the query, which the pacing reads.
      body: Buffer.from(JSON.stringify({message, extensions: valueAt(json, 'extensions')})),
    };
  };

type GraphqlContext = {
  readonly send: Send;
  readonly requestFor: (path: string | undefined, json: JsonObject) => HttpRequest;
  readonly warn: (message: string) => void;
};

export const openGraphql =
  ({send, requestFor, warn}: GraphqlContext): Graphql =>
  async <T>(query: string, variables: JsonObject = {}, options: GraphqlOptions = {}) => {
    const request = requestFor(options.path, {query, variables});
    const result = decodeJson<{readonly data?: T | null} | null>(request, await send(request));
    const data = result?.data ?? undefined;
    if (data === undefined || options.partial !== 'keep') assertNoErrors(request, result);
    if (data === undefined) {
      throw new SystemError(
        `${describeRequest(request)} answered with neither data nor errors. Set \`graphqlPath\` to the API's GraphQL endpoint.`,
      );
    }
    const errors = errorsIn(result);
    if (errors.length > 0) {
      warn(
        `${describeRequest(request)} answered with only part of the data, and with errors: ${describeErrors(errors)}.`,
      );
    }
    return data;
  };
