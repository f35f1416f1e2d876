import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {API, withAuth} from '../../test/http/authorized.ts';

const order = (options: object = {}) =>
  withAuth({retry: {attempts: 4}}, (http) =>
    http.post('/exports', {json: {of: 'items'}, ...options}),
  );

const UNKNOWN_EFFECT =
  'It may have taken effect nevertheless, so it was not sent again: check the API before you run this again.';

describe('a POST without a key', () => {
  test('returns the response, with all digits of its numbers', async () => {
    const sent: string[] = [];
    nock(API)
      .get('/items')
      .reply(200, '{"next":[9007199254740993,"a"]}', {'content-type': 'application/json'});
    nock(API)
      .post('/search', (_body) => true)
      .reply(200, async (request: Request) => {
        sent.push(await request.text());
        return {};
      });
    await withAuth({}, async (http) => {
      const {next} = await http.get<{next: unknown}>('/items');
      await http.post('/search', {json: {search_after: next}});
    });
    expect(sent).toEqual(['{"search_after":[9007199254740993,"a"]}']);
  });

  test('is sent as JSON, once', async () => {
    nock(API).post('/exports', {of: 'items'}).reply(202, {id: 7});
    expect((await order()).result).toEqual({id: 7});
  });

  test.each([
    [503, `TransientError: POST ${API}/exports answered 503. ${UNKNOWN_EFFECT}`],
    [504, `TransientError: POST ${API}/exports answered 504. ${UNKNOWN_EFFECT}`],
  ])('is not sent again after %d', async (status, expected) => {
    nock(API).post('/exports').reply(status);
    nock(API).post('/exports').reply(202, {id: 8});
    expect(await failureOf(order)).toBe(expected);
  });

  test('is not sent again if the connection broke during the request', async () => {
    nock(API)
      .post('/exports')
      .replyWithError(Object.assign(new Error('broken'), {code: 'ECONNRESET'}));
    nock(API).post('/exports').reply(202, {id: 8});
    expect(await failureOf(order)).toBe(
      `TransientError: POST ${API}/exports failed with ECONNRESET. ${UNKNOWN_EFFECT}`,
    );
  });

  test('is sent again if it cannot have had an effect: no connection, or over the rate limit', async () => {
    nock(API)
      .post('/exports')
      .replyWithError(Object.assign(new Error('refused'), {code: 'ECONNREFUSED'}));
    nock(API).post('/exports').reply(429);
    nock(API).post('/exports').reply(202, {id: 9});
    expect((await order()).result).toEqual({id: 9});
  });
});

test('a POST with a key is sent again like a GET, and the key stays the same', async () => {
  const keys: (string | null)[] = [];
  const reply = (status: number) => async (request: Request) => {
    keys.push(request.headers.get('idempotency-key'));
    return new Response(JSON.stringify({id: 7}), {status}).json();
  };
  nock(API).post('/exports').reply(503, reply(503));
  nock(API).post('/exports').reply(202, reply(202));
  nock(API).post('/exports').reply(202, reply(202));
  const {result} = await withAuth({retry: {attempts: 4}}, async (http) => [
    await http.post('/exports', {idempotencyKey: 'Idempotency-Key'}),
    await http.post('/exports', {idempotencyKey: 'Idempotency-Key'}),
  ]);
  expect(result).toEqual([{id: 7}, {id: 7}]);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect([keys[1] === keys[0], keys[2] === keys[0]]).toEqual([true, false]);
});
