import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {sessionToken} from '../auth/session-token.ts';
import {SOURCE_SCOPE} from '../request-scope.ts';
import type {HttpRequest, HttpResponse, ResponseAction, ResponseRule} from '../types.ts';
import {actionOf, withRules} from './action.ts';

const request: HttpRequest = {
  method: 'GET',
  url: new URL(`${API}/items`),
  scope: SOURCE_SCOPE,
  headers: {},
};

const responseOf = (
  status: number,
  body = '',
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
  url: request.url,
});

/** The action for a response by these rules. */
const actionBy = async (
  rules: readonly ResponseRule[],
  given: HttpResponse,
): Promise<ResponseAction> => actionOf(await withRules(async () => given)({...request, rules}));

describe('a response without a matching rule', () => {
  test.each<[HttpResponse, ResponseAction]>([
    [responseOf(200), 'success'],
    [responseOf(204), 'success'],
    [responseOf(304), 'fail'],
    [responseOf(400), 'fail'],
    [responseOf(401), 'refresh-token'],
    [responseOf(403), 'fail'],
    [responseOf(403, '', {'retry-after': '1'}), 'rate-limited'],
    [responseOf(403, '', {'x-ratelimit-remaining': '0'}), 'rate-limited'],
    [responseOf(404), 'fail'],
    [responseOf(408), 'retry'],
    [responseOf(429), 'rate-limited'],
    [responseOf(500), 'retry'],
    [responseOf(501), 'fail'],
    [responseOf(503), 'retry'],
  ])('gets the action of its status: %#', async (given, expected) => {
    expect(await actionBy([], given)).toBe(expected);
  });
});

describe('a rule', () => {
  test.each<[string, ResponseRule, HttpResponse, boolean]>([
    ['its status', {status: 404, action: 'ignore'}, responseOf(404), true],
    ['another status', {status: 404, action: 'ignore'}, responseOf(410), false],
    ['one of its statuses', {status: [404, 410], action: 'ignore'}, responseOf(410), true],
    [
      'a header that is present',
      {header: {name: 'X-Gone'}, action: 'ignore'},
      responseOf(400, '', {'x-gone': ''}),
      true,
    ],
    [
      'a header that is missing',
      {header: {name: 'X-Gone'}, action: 'ignore'},
      responseOf(400),
      false,
    ],
    [
      'a header that matches',
      {header: {name: 'x-why', matches: /^empty/}, action: 'ignore'},
      responseOf(400, '', {'x-why': 'empty list'}),
      true,
    ],
    [
      'a header that does not',
      {header: {name: 'x-why', matches: /^empty/}, action: 'ignore'},
      responseOf(400, '', {'x-why': 'not empty'}),
      false,
    ],
    [
      'a field with a value',
      {body: {path: 'error.code'}, action: 'ignore'},
      responseOf(200, '{"error": {"code": "gone"}}'),
      true,
    ],
    [
      'a field that is null',
      {body: {path: 'error'}, action: 'ignore'},
      responseOf(200, '{"error": null}'),
      false,
    ],
    [
      'a field in a list that matches',
      {body: {path: 'errors.0.code', matches: /^17$/}, action: 'ignore'},
      responseOf(400, '{"errors": [{"code": 17}]}'),
      true,
    ],
    [
      'a field of a body that is not JSON',
      {body: {path: 'error'}, action: 'ignore'},
      responseOf(400, '<error>'),
      false,
    ],
    [
      'a matching text',
      {text: /no rows/i, action: 'ignore'},
      responseOf(400, 'No rows here'),
      true,
    ],
    [
      'a text that does not match',
      {text: /no rows/i, action: 'ignore'},
      responseOf(400, 'No columns'),
      false,
    ],
    [
      'all of its conditions but one',
      {status: 400, text: /rows/, header: {name: 'x-why'}, action: 'ignore'},
      responseOf(400, 'no rows'),
      false,
    ],
  ])('with %s as a condition', async (_what, rule, given, fits) => {
    expect((await actionBy([rule], given)) === 'ignore').toBe(fits);
  });

  test('takes precedence over later ones', async () => {
    const rules: ResponseRule[] = [
      {status: 404, text: /later/, action: 'retry'},
      {status: 404, action: 'ignore'},
    ];
    expect([
      await actionBy(rules, responseOf(404, 'come later')),
      await actionBy(rules, responseOf(404, 'nothing')),
    ]).toEqual(['retry', 'ignore']);
  });
});

describe('a response whose action is', () => {
  test('ignore is null for a request, the end of a list, logged once and counted', async () => {
    nock(API).get('/one').reply(404, {message: 'gone'});
    nock(API).get('/list').reply(404);
    const {result, log} = await withAuth(
      {rules: [{status: 404, action: 'ignore'}]},
      async (http) => [await http.get('/one'), await Array.fromAsync(http.paginate('/list'))],
    );
    expect(result).toEqual([null, []]);
    expect(log.filter((line) => !line.startsWith('DEBUG'))).toEqual([
      `WARN GET ${API}/one answered 404: gone. The source treats this as "nothing here". Further responses with this status are counted, not logged.`,
    ]);
  });

  test('retry is requested again, even with status 200', async () => {
    nock(API).get('/items').reply(200, {error: 'busy'});
    nock(API).get('/items').reply(200, {items: []});
    const {result} = await withAuth(
      {rules: [{status: 200, body: {path: 'error', matches: /busy/}, action: 'retry'}]},
      (http) => http.get('/items'),
    );
    expect(result).toEqual({items: []});
  });

  test('rate-limited makes the request wait, whatever the retry budget', async () => {
    nock(API).get('/items').times(30).reply(403, 'Rate limit exceeded');
    nock(API).get('/items').reply(200, {ok: true});
    const {result} = await withAuth(
      {
        retry: {attempts: 31, longest: {days: 12}},
        rules: [{status: 403, text: /rate limit/i, action: 'rate-limited'}],
      },
      (http) => http.get('/items'),
    );
    expect(result).toEqual({ok: true});
  });

  test('refresh-token gets a new token', async () => {
    nock(API).post('/login').times(2).reply(200, {token: 'a-token'});
    nock(API).get('/items').reply(400, {code: 'SESSION_EXPIRED'});
    nock(API).get('/items').reply(200, {ok: true});
    const {result} = await withAuth(
      {
        auth: sessionToken({
          login: {path: '/login', json: {}},
          token: 'token',
          send: {header: 'x-token'},
        }),
        rules: [
          {status: 400, body: {path: 'code', matches: /SESSION_EXPIRED/}, action: 'refresh-token'},
        ],
      },
      (http) => http.get('/items'),
    );
    expect(result).toEqual({ok: true});
  });

  test('success is read like any other', async () => {
    nock(API).get('/items').reply(404, {items: []});
    const {result} = await withAuth({}, (http) =>
      http.get('/items', {rules: [{status: 404, action: 'success'}]}),
    );
    expect(result).toEqual({items: []});
  });

  test.each<[Partial<ResponseRule>, string]>([
    [{}, `SystemError: GET ${API}/items answered 200: no such plan.`],
    [
      {failure: 'config_error', advice: 'Book the plan that has it.'},
      `ConfigError: GET ${API}/items answered 200: no such plan. Book the plan that has it.`,
    ],
    [
      {failure: 'transient_error', advice: 'It opens at nine.'},
      `TransientError: GET ${API}/items answered 200: no such plan. It opens at nine.`,
    ],
  ])('fail fails at once, %j', async (more, expected) => {
    nock(API).get('/items').reply(200, {error: 'no such plan'});
    const rules: ResponseRule[] = [{body: {path: 'error'}, action: 'fail', ...more}];
    expect(await failureOf(() => withAuth({rules}, (http) => http.get('/items')))).toBe(expected);
  });
});

test('the rules of a request take precedence over those of its client', async () => {
  nock(API).get('/items').reply(404, {ok: true});
  const {result} = await withAuth({rules: [{status: 404, action: 'ignore'}]}, (http) =>
    http.get('/items', {rules: [{status: 404, action: 'success'}]}),
  );
  expect(result).toEqual({ok: true});
});
