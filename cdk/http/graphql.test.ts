import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {bearer} from './auth/bearer.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from './client.ts';
import {relay} from './paginate/relay.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const API = 'https://api.test';
const QUERY = '{ viewer { login } }';
const DATA = {viewer: {login: 'zoe'}};

const withClient = async <T>(use: (http: HttpClient) => Promise<T>, options: HttpOptions = {}) => {
  const clock = virtualClock(NOW);
  const warnings: string[] = [];
  const {close, ...http} = openHttpClient(
    {baseUrl: `${API}/graphql`, ...options},
    {
      signal: new AbortController().signal,
      clock,
      random: () => 0,
      log: (level, message) => {
        if (level === 'WARN') warnings.push(message);
      },
    },
  );
  try {
    return {result: await use(http), waits: clock.waits, warnings};
  } finally {
    await close();
  }
};

const query = (http: HttpClient): Promise<unknown> => http.graphql(QUERY);

/** The endpoint responds with these bodies in order. */
const respondWith = (
  ...replies: readonly (readonly [body: object, headers?: nock.ReplyHeaders])[]
) => {
  for (const [body, headers] of replies) nock(API).post('/graphql').reply(200, body, headers);
};

const failureWith = (...errors: readonly object[]): Promise<string> => {
  respondWith([{data: null, errors}]);
  return failureOf(() => withClient(query));
};

// https://shopify.dev/docs/api/usage/limits and https://shopify.dev/docs/api/admin-graphql#status-and-error-codes
const SHOPIFY_THROTTLED = {
  errors: [
    {
      message: 'Throttled',
      extensions: {code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits'},
    },
  ],
  extensions: {
    cost: {
      requestedQueryCost: 202,
      actualQueryCost: null,
      throttleStatus: {maximumAvailable: 1000.0, currentlyAvailable: 118, restoreRate: 50.0},
    },
  },
};

// The headers: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
// The body, which that page omits: https://github.com/github/docs/issues/22607
const GITHUB_LIMITED = {
  errors: [{type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.'}],
};
const GITHUB_SECONDARY = {
  errors: [{type: 'RATE_LIMITED', message: 'You have exceeded a secondary rate limit.'}],
};
const resetAfter = (seconds: number, remaining: number) => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(NOW / 1000 + seconds),
  'x-ratelimit-resource': 'graphql',
});

describe('a query', () => {
  test('is posted to the base URL itself, with its variables and the credentials', async () => {
    nock(API, {reqheaders: {authorization: 'Bearer hush'}})
      .post('/graphql', {query: QUERY, variables: {first: 2}})
      .reply(200, {data: DATA});
    const options = {auth: bearer('hush')};
    expect(await withClient((http) => http.graphql(QUERY, {first: 2}), options)).toEqual({
      result: DATA,
      waits: [],
      warnings: [],
    });
  });

  test.each([
    ['the path of the client', {}, '/api/query'],
    ['its own path rather', {path: '/v2/query'}, '/v2/query'],
  ])('goes to %s', async (_where, options, path) => {
    nock(API).post(path, {query: QUERY, variables: {}}).reply(200, {data: DATA});
    const {result} = await withClient((http) => http.graphql(QUERY, {}, options), {
      baseUrl: API,
      graphqlPath: '/api/query',
    });
    expect(result).toEqual(DATA);
  });

  test('fails if a response has neither data nor errors', async () => {
    respondWith([{ok: true}]);
    expect(await failureOf(() => withClient(query))).toBe(
      'SystemError: POST https://api.test/graphql answered with neither data nor errors. Set `graphqlPath` to ' +
        "the API's GraphQL endpoint.",
    );
  });
});

describe('throttling with status 200', () => {
  test.each([
    ['Shopify, until the bucket holds the cost', SHOPIFY_THROTTLED, {}, 2_000],
    ['GitHub, until the reset', GITHUB_LIMITED, resetAfter(90, 0), 90_000],
    ['GitHub, until the reset, though points are left', GITHUB_LIMITED, resetAfter(90, 4), 90_000],
    ['GitHub, a minute by a secondary limit', GITHUB_SECONDARY, resetAfter(900, 4_000), 60_000],
    ['Retry-After before anything else', GITHUB_SECONDARY, {'retry-after': '7'}, 7_000],
    ['jitter if no wait is reported', {errors: [{extensions: {code: 'RATE_LIMITED'}}]}, {}, 0],
  ])('makes the query wait: %s', async (_how, body, headers, wait) => {
    respondWith([body, headers], [{data: DATA}]);
    expect(await withClient(query)).toEqual({result: DATA, waits: [wait], warnings: []});
  });

  test('that does not end is a transient error with the message of the API', async () => {
    respondWith(...Array.from({length: 6}, () => [SHOPIFY_THROTTLED] as const));
    expect(await failureOf(() => withClient(query))).toBe(
      'TransientError: POST https://api.test/graphql answered 429: (throttled, with status 200) Throttled. ' +
        'All 6 attempts failed: try again later.',
    );
  });

  test('makes the next page of a connection wait', async () => {
    const pageOf = (id: number, hasNextPage: boolean) => ({
      data: {items: {nodes: [{id}], pageInfo: {hasNextPage, endCursor: `c${id}`}}},
    });
    respondWith([pageOf(1, true)], [SHOPIFY_THROTTLED], [pageOf(2, false)]);
    const {result, waits} = await withClient(async (http) => {
      const records: object[] = [];
      const pages = http.paginate('', {
        method: 'POST',
        json: {query: QUERY},
        next: relay('data.items'),
      });
      for await (const page of pages) records.push(...page.records);
      return records;
    });
    expect([result, waits]).toEqual([[{id: 1}, {id: 2}], [2_000]]);
  });

  test('is not looked for in the responses of an API that is not GraphQL', async () => {
    nock(API).post('/search').reply(200, SHOPIFY_THROTTLED);
    const {result} = await withClient(
      (http) => http.search('/search', {json: {query: {match: 'all'}}}),
      {baseUrl: API},
    );
    expect(result).toEqual(SHOPIFY_THROTTLED);
  });
});

describe('errors with status 200', () => {
  test.each([
    ['type', {type: 'INSUFFICIENT_SCOPES', message: 'No scope read:user.'}, 'No scope read:user'],
    [
      'extensions.code',
      {
        message: 'Access denied for orders field.',
        path: ['orders'],
        extensions: {code: 'ACCESS_DENIED'},
      },
      'Access denied for orders field (at orders)',
    ],
  ])('that forbid something, by %s, are config errors', async (_where, error, message) => {
    expect(await failureWith(error)).toBe(
      `ConfigError: POST https://api.test/graphql answered with errors: ${message}. The credentials are valid but may not ` +
        'read this: grant the missing permission, or leave this stream out.',
    );
  });

  test('that refuse the credentials are config errors', async () => {
    const error = {message: 'Who are you?', extensions: {http: {status: 401}}};
    expect(await failureWith(error)).toBe(
      'ConfigError: POST https://api.test/graphql answered 200: Who are you?. The API does not accept these ' +
        'credentials: check them in the config. They may be mistyped, expired or revoked.',
    );
  });

  test('of an invalid query name the message and the path', async () => {
    // The error of graphql-ruby, which GitHub uses.
    expect(
      await failureWith({
        path: ['query', 'viewer', 'foo'],
        extensions: {code: 'undefinedField', typeName: 'User', fieldName: 'foo'},
        locations: [{line: 1, column: 12}],
        message: "Field 'foo' doesn't exist on type 'User'",
      }),
    ).toBe(
      "SystemError: POST https://api.test/graphql answered with errors: Field 'foo' doesn't exist on type 'User' " +
        '(at query.viewer.foo). Correct the query, or its variables, in the source.',
    );
  });

  test('of a query that costs too much fail at once', async () => {
    const message = 'Query cost is 1002, which exceeds the single query max cost limit (1000).';
    const extensions = {code: 'MAX_COST_EXCEEDED', cost: 1002, maxCost: 1000};
    expect(await failureWith({message, extensions})).toBe(
      'SystemError: POST https://api.test/graphql answered with errors: Query cost is 1002, which exceeds the single ' +
        'query max cost limit (1000). Waiting does not help: make the query request less at once.',
    );
  });

  test('are listed up to the third', async () => {
    const errors = ['a', 'b', 'c', 'd', 'e'].map((message) => ({message}));
    expect(await failureWith(...errors)).toBe(
      'SystemError: POST https://api.test/graphql answered with errors: a; b; c; and 2 more.',
    );
  });
});

describe('data that comes with errors', () => {
  const PARTIAL = {
    data: {...DATA, team: null},
    errors: [{type: 'FORBIDDEN', path: ['team'], message: 'Not accessible.'}],
  };

  test('is an error', async () => {
    respondWith([PARTIAL]);
    expect(await failureOf(() => withClient(query))).toMatch(
      /^ConfigError: POST https:\/\/api.test\/graphql answered with errors: Not accessible \(at team\)\. /,
    );
  });

  test('is returned with `partial: keep`, with a warning', async () => {
    respondWith([PARTIAL]);
    expect(await withClient((http) => http.graphql(QUERY, {}, {partial: 'keep'}))).toEqual({
      result: PARTIAL.data,
      waits: [],
      warnings: [
        'POST https://api.test/graphql answered with only part of the data, and with errors: Not accessible (at team).',
      ],
    });
  });

  test('is an error even with `partial: keep` if the data is null', async () => {
    respondWith([{...PARTIAL, data: null}]);
    expect(
      await failureOf(() => withClient((http) => http.graphql(QUERY, {}, {partial: 'keep'}))),
    ).toMatch(/^ConfigError: /);
  });
});
