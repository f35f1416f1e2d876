import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../../test/failure-of.ts';
import {API, withAuth} from '../../../test/http/authorized.ts';
import {sessionToken} from '../auth/session-token.ts';
import {SOURCE_SCOPE} from '../scope.ts';
import type {HttpRequest, HttpResponse, ResponseAction, ResponseRule} from '../types.ts';
import {actionOf, withRules} from './action.ts';

const request: HttpRequest = {
  method: 'GET',
  url: new URL(`${API}/items`),
  scope: SOURCE_SCOPE,
  headers: {},
};

const answer = (
  status: number,
  body = '',
  headers: HttpResponse['headers'] = {},
): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(body),
  url: request.url,
});

/** What an answer means to a source with these rules. */
const meaning = async (
  rules: readonly ResponseRule[],
  given: HttpResponse,
): Promise<ResponseAction> => actionOf(await withRules(async () => given)({...request, rules}));

describe('without a rule an answer', () => {
  test.each<[HttpResponse, ResponseAction]>([
    [answer(200), 'success'],
    [answer(204), 'success'],
    [answer(304), 'fail'],
    [answer(400), 'fail'],
    [answer(401), 'refresh-token'],
    [answer(403), 'fail'],
    [answer(403, '', {'retry-after': '1'}), 'rate-limited'],
    [answer(403, '', {'x-ratelimit-remaining': '0'}), 'rate-limited'],
    [answer(404), 'fail'],
    [answer(408), 'retry'],
    [answer(429), 'rate-limited'],
    [answer(500), 'retry'],
    [answer(501), 'fail'],
    [answer(503), 'retry'],
  ])('%# means what its status says', async (given, expected) => {
    expect(await meaning([], given)).toBe(expected);
  });
});

describe('a rule', () => {
  test.each<[string, ResponseRule, HttpResponse, boolean]>([
    ['its status', {status: 404, action: 'ignore'}, answer(404), true],
    ['another status', {status: 404, action: 'ignore'}, answer(410), false],
    ['one of its statuses', {status: [404, 410], action: 'ignore'}, answer(410), true],
    [
      'a header that is there',
      {header: {name: 'X-Gone'}, action: 'ignore'},
      answer(400, '', {'x-gone': ''}),
      true,
    ],
    ['a header that is not', {header: {name: 'X-Gone'}, action: 'ignore'}, answer(400), false],
    [
      'a header that matches',
      {header: {name: 'x-why', matches: /^empty/}, action: 'ignore'},
      answer(400, '', {'x-why': 'empty list'}),
      true,
    ],
    [
      'a header that does not',
      {header: {name: 'x-why', matches: /^empty/}, action: 'ignore'},
      answer(400, '', {'x-why': 'not empty'}),
      false,
    ],
    [
      'a field that says something',
      {body: {path: 'error.code'}, action: 'ignore'},
      answer(200, '{"error": {"code": "gone"}}'),
      true,
    ],
    [
      'a field that says nothing',
      {body: {path: 'error'}, action: 'ignore'},
      answer(200, '{"error": null}'),
      false,
    ],
    [
      'a field in a list that matches',
      {body: {path: 'errors.0.code', matches: /^17$/}, action: 'ignore'},
      answer(400, '{"errors": [{"code": 17}]}'),
      true,
    ],
    [
      'a field of a body that is no JSON',
      {body: {path: 'error'}, action: 'ignore'},
      answer(400, '<error>'),
      false,
    ],
    ['a text', {text: /no rows/i, action: 'ignore'}, answer(400, 'No rows here'), true],
    ['another text', {text: /no rows/i, action: 'ignore'}, answer(400, 'No columns'), false],
    [
      'all that it asks for but one',
      {status: 400, text: /rows/, header: {name: 'x-why'}, action: 'ignore'},
      answer(400, 'no rows'),
      false,
    ],
  ])('that asks for %s', async (_what, rule, given, fits) => {
    expect((await meaning([rule], given)) === 'ignore').toBe(fits);
  });

  test('goes before those behind it', async () => {
    const rules: ResponseRule[] = [
      {status: 404, text: /later/, action: 'retry'},
      {status: 404, action: 'ignore'},
    ];
    expect([
      await meaning(rules, answer(404, 'come later')),
      await meaning(rules, answer(404, 'nothing')),
    ]).toEqual(['retry', 'ignore']);
  });
});

describe('an answer that a rule calls', () => {
  test('ignored is null for a request, the end of a list, told once and counted', async () => {
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

  test('a passing fault is asked for again, be its status 200', async () => {
    nock(API).get('/items').reply(200, {error: 'busy'});
    nock(API).get('/items').reply(200, {items: []});
    const {result} = await withAuth(
      {rules: [{status: 200, body: {path: 'error', matches: /busy/}, action: 'retry'}]},
      (http) => http.get('/items'),
    );
    expect(result).toEqual({items: []});
  });

  test('rate-limited is waited out, whatever the retry budget', async () => {
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

  test('a refusal of the token gets a new one', async () => {
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

  test('a success is read like any other', async () => {
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
  ])('a failure fails at once, %j', async (more, expected) => {
    nock(API).get('/items').reply(200, {error: 'no such plan'});
    const rules: ResponseRule[] = [{body: {path: 'error'}, action: 'fail', ...more}];
    expect(await failureOf(() => withAuth({rules}, (http) => http.get('/items')))).toBe(expected);
  });
});

test('the rules of a request go before those of its client', async () => {
  nock(API).get('/items').reply(404, {ok: true});
  const {result} = await withAuth({rules: [{status: 404, action: 'ignore'}]}, (http) =>
    http.get('/items', {rules: [{status: 404, action: 'success'}]}),
  );
  expect(result).toEqual({ok: true});
});
