import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import type {Auth} from '../auth/auth.ts';
import {bearer} from '../auth/bearer.ts';
import {oauth2} from '../auth/oauth2.ts';
import type {HttpClient, HttpOptions} from '../client.ts';
import type {GraphqlOptions} from '../graphql.ts';
import {relay} from '../paginate/relay.ts';

const renewable = oauth2({
  tokenUrl: '/token',
  client: {id: 'app', secret: 'hush'},
  grant: 'client_credentials',
});

/** Issues `access-1`, `access-2` and so on. */
const issuing = () => {
  const issued: string[] = [];
  nock(API)
    .post('/token')
    .times(20)
    .reply(200, () => {
      issued.push(`access-${issued.length + 1}`);
      return {access_token: issued.at(-1)};
    });
  return issued;
};

/** The endpoint refuses the first tokens with this response, and returns this data for others. */
const endpoint = (refusal: object, refused: readonly string[], data: object, status = 200) => {
  const seen: string[] = [];
  nock(API)
    .post('/graphql')
    .times(20)
    .reply(async (request: Request) => {
      const token = (request.headers.get('authorization') ?? '').replace('Bearer ', '');
      seen.push(token);
      return refused.includes(token) ? [status, refusal] : [200, {data}];
    });
  return seen;
};

const DATA = {viewer: {login: 'zoe'}};
const queryWith =
  (options: GraphqlOptions) =>
  (http: HttpClient): Promise<unknown> =>
    http.graphql('{ viewer { login } }', {}, {path: '/graphql', ...options});
const query = queryWith({});

const refusalWith = (error: unknown, data: unknown = null) => ({data, errors: [error]});
const coded = (code: unknown) => ({message: 'No.', extensions: {code}});

describe('an error of GraphQL that refuses the credentials has them renewed once, as a 401 does', () => {
  test.each<[string, unknown, number?]>([
    ['Apollo', coded('UNAUTHENTICATED')],
    ['Apollo with 400', coded('UNAUTHENTICATED'), 400],
    ['Apollo with 500', coded('UNAUTHENTICATED'), 500],
    ['a context without a user, with 403', coded('UNAUTHENTICATED'), 403],
    ['UNAUTHORIZED', coded('UNAUTHORIZED')],
    ['UnauthorizedError', coded('UnauthorizedError')],
    ['AUTHENTICATION_ERROR', coded('AUTHENTICATION_ERROR')],
    ['AUTHENTICATION_FAILED', coded('AUTHENTICATION_FAILED')],
    ['TOKEN_EXPIRED', coded('TOKEN_EXPIRED')],
    ['ACCESS_TOKEN_EXPIRED', coded('ACCESS_TOKEN_EXPIRED')],
    ['TokenExpiredError', coded('TokenExpiredError')],
    ['EXPIRED_TOKEN', coded('EXPIRED_TOKEN')],
    ['INVALID_TOKEN', coded('INVALID_TOKEN')],
    ['invalid_token', coded('invalid_token')],
    // https://github.com/hasura/graphql-engine/issues/8659
    ['Hasura', {message: 'Could not verify JWT: JWTExpired', extensions: {code: 'invalid-jwt'}}],
    // https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
    ['Salesforce', {message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID'}],
    ['GitHub', {type: 'UNAUTHORIZED', message: 'Bad credentials.'}],
    // https://linear.app/developers/graphql#errors
    ['Linear', {message: 'No.', extensions: {type: 'authentication error'}}, 400],
    ['Spring', {message: 'No.', extensions: {classification: 'UNAUTHORIZED'}}],
    ['DGS', {message: 'No.', extensions: {errorType: 'UNAUTHENTICATED'}}],
    ['Lighthouse', {message: 'No.', extensions: {category: 'authentication'}}],
    ['Magento', {message: 'No.', extensions: {category: 'graphql-authentication'}}],
    // https://api.akeneo.com/graphql/error-codes.html
    ['Akeneo', {message: 'No.', extensions: {http_code: 401}}],
    ['Nest', {message: 'No.', extensions: {originalError: {statusCode: 401}}}],
    ['a status as the code', coded(401)],
    ['a status as a string', coded('401')],
    // https://workos.com/docs/widgets-api/errors
    ['WorkOS, by its message', {message: 'Unauthorized', path: ['organizationMemberships']}],
    ['Laravel, by its message', {message: 'Unauthenticated.'}],
    ['Django, by its message', {message: 'Signature has expired'}],
    ['express-jwt, by its message', {message: 'Context creation failed: jwt expired'}],
    // https://github.com/wp-graphql/wp-graphql-jwt-authentication/issues/103
    ['WPGraphQL, by its message', {message: 'invalid-secret-key | Expired token'}],
    ['a string', 'Unauthorized'],
  ])('%s', async (_who, error, status = 200) => {
    const issued = issuing();
    const seen = endpoint(refusalWith(error), ['access-1'], DATA, status);
    expect((await withAuth({auth: renewable}, query)).result).toEqual(DATA);
    expect([issued, seen]).toEqual([
      ['access-1', 'access-2'],
      ['access-1', 'access-2'],
    ]);
  });

  test('in a paged list', async () => {
    const issued = issuing();
    const page = {items: {nodes: [{id: 1}], pageInfo: {hasNextPage: false, endCursor: null}}};
    endpoint(refusalWith(coded('UNAUTHENTICATED')), ['access-1'], page);
    const {result} = await withAuth({auth: renewable}, (http) =>
      Array.fromAsync(
        http.paginate('/graphql', {
          method: 'POST',
          json: {query: '{ items { nodes { id } } }'},
          next: relay('data.items'),
        }),
      ),
    );
    expect(result.flatMap(({records}) => records)).toEqual([{id: 1}]);
    expect(issued).toHaveLength(2);
  });

  test.each(['fail', 'keep'] as const)('beside partial data (partial: %s)', async (partial) => {
    issuing();
    const partly = refusalWith(
      {...coded('UNAUTHENTICATED'), path: ['team']},
      {...DATA, team: null},
    );
    endpoint(partly, ['access-1'], DATA);
    const {result, log} = await withAuth({auth: renewable}, queryWith({partial}));
    expect([result, log.filter((line) => line.startsWith('WARN'))]).toEqual([DATA, []]);
  });

  test('for all queries that wait', async () => {
    const issued = issuing();
    endpoint(refusalWith(coded('TOKEN_EXPIRED')), ['access-1'], DATA);
    const {result} = await withAuth({auth: renewable}, (http) =>
      Promise.all([query(http), query(http), query(http)]),
    );
    expect([result, issued]).toEqual([
      [DATA, DATA, DATA],
      ['access-1', 'access-2'],
    ]);
  });
});

describe('an error of GraphQL that refuses the credentials is a config error', () => {
  const expected =
    'ConfigError: POST https://api.test/graphql answered 200: Token is stale. The API does not accept these credentials: ' +
    'check them in the config. They may be mistyped, expired or revoked.';
  const stale = refusalWith({message: 'Token is stale.', extensions: {http: {status: 401}}});

  test('if it refuses the new ones too', async () => {
    const issued = issuing();
    const seen = endpoint(stale, ['access-1', 'access-2'], DATA);
    expect(await failureOf(() => withAuth({auth: renewable}, query))).toBe(expected);
    expect([issued.length, seen.length]).toEqual([2, 2]);
  });

  test.each<[string, Auth | undefined]>([
    ['at once if they are fixed', bearer('fixed-1')],
    ['at once if there are no credentials', undefined],
  ])('%s', async (_when, auth) => {
    const seen = endpoint(stale, ['fixed-1', ''], DATA);
    expect(await failureOf(() => withAuth({...(auth && {auth})}, query))).toBe(expected);
    expect(seen).toHaveLength(1);
  });

  test('beside partial data, also with `partial: keep`', async () => {
    endpoint({...stale, data: {...DATA, team: null}}, ['fixed-1'], DATA);
    const failing = withAuth({auth: bearer('fixed-1')}, queryWith({partial: 'keep'}));
    expect(await failureOf(() => failing)).toBe(expected);
  });

  test('unless a rule of the source says otherwise', async () => {
    issuing();
    endpoint(refusalWith(coded('UNAUTHENTICATED'), DATA), ['access-1'], {});
    const rules: HttpOptions['rules'] = [
      {body: {path: 'errors.0.extensions.code', matches: /^UNAUTH/}, action: 'success'},
    ];
    const {result} = await withAuth({auth: renewable, rules}, queryWith({partial: 'keep'}));
    expect(result).toEqual(DATA);
  });
});

test.each<[string, unknown, unknown?]>([
  ['FORBIDDEN', {message: 'No.', extensions: {code: 'FORBIDDEN'}}],
  ['ACCESS_DENIED', {message: 'Access denied.', extensions: {code: 'ACCESS_DENIED'}}],
  ['NOT_AUTHORIZED', {message: 'No.', extensions: {code: 'NOT_AUTHORIZED'}}],
  ['authorization', {message: 'No.', extensions: {category: 'graphql-authorization'}}],
  ['AppSync', {message: 'Not Authorized to access team on type Q', errorType: 'Unauthorized'}],
  ['a permission in words', {message: 'You are not authorized to read this.'}],
  ['a code that says more', {message: 'Unauthorized', extensions: {code: 'FORBIDDEN'}}],
  ['a word beside data', {message: 'Unauthorized', path: ['team']}, {viewer: {}, team: null}],
  ['a page token', {message: 'No.', extensions: {code: 'INVALID_PAGE_TOKEN'}}],
  ['anything else', {message: 'Boom.', extensions: {code: 'INTERNAL_SERVER_ERROR'}}],
])('%s does not renew a token', async (_what, error, data = null) => {
  const issued = issuing();
  const seen = endpoint(refusalWith(error, data), ['access-1'], DATA);
  expect(await failureOf(() => withAuth({auth: renewable}, query))).toMatch(
    /^(Config|System)Error: POST https:\/\/api.test\/graphql answered with errors: /,
  );
  expect([issued.length, seen.length]).toEqual([1, 1]);
});

describe('an API with plain JSON', () => {
  test('is only refused by a rule', async () => {
    const issued = issuing();
    endpoint(refusalWith(coded('UNAUTHENTICATED')), ['access-1'], DATA);
    const ask = (rules: HttpOptions['rules']) =>
      withAuth({auth: renewable, rules: rules ?? []}, (http) =>
        http.search('/graphql', {json: {filter: 'all'}}),
      );
    const {result} = await ask([
      {
        status: 200,
        body: {path: 'errors.0.extensions.code', matches: /^UNAUTH/},
        action: 'refresh-token',
      },
    ]);
    expect([result, issued.length]).toEqual([{data: DATA}, 2]);
  });
});
