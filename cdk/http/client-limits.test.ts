import {expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from './client.ts';

const API = 'https://api.test';

const withClient = async <T>(options: HttpOptions, use: (http: HttpClient) => Promise<T>) => {
  const clock = virtualClock(0);
  const {close, ...http} = openHttpClient(
    {baseUrl: API, ...options},
    {signal: new AbortController().signal, clock, random: () => 0.5, log: () => {}},
  );
  try {
    return {result: await use(http), waits: clock.waits};
  } finally {
    await close();
  }
};

test.each([['{"id": [1'], ['{"id": {"a": 1}'], ['[{"name": "Zo']])(
  'truncated JSON, %s, in a response without a length is requested again',
  async (cut) => {
    nock(API).get('/a').reply(200, cut, {connection: 'close'});
    nock(API).get('/a').reply(200, {id: 1});
    const {result, waits} = await withClient({}, (http) => http.get('/a'));
    expect([result, waits]).toEqual([{id: 1}, [500]]);
  },
);

test('an empty body, whose connection was closed at once, is requested again', async () => {
  nock(API).get('/a').reply(200, '', {'content-type': 'application/json', connection: 'close'});
  nock(API).get('/a').reply(200, {id: 1});
  const {result, waits} = await withClient({}, (http) => http.get('/a'));
  expect([result, waits]).toEqual([{id: 1}, [500]]);
});

test('truncated JSON in a response that a proxy made chunked is requested again too', async () => {
  nock(API).get('/a').reply(200, '{"id": [1', {'transfer-encoding': 'chunked'});
  nock(API).get('/a').reply(200, {id: 1});
  const {result, waits} = await withClient({}, (http) => http.get('/a'));
  expect([result, waits]).toEqual([{id: 1}, [500]]);
});

test('truncated JSON in a response with a length is an error', async () => {
  nock(API).get('/a').reply(200, '{"id": 1', {'content-length': '8'});
  expect(await failureOf(() => withClient({}, (http) => http.get('/a')))).toBe(
    'SystemError: GET https://api.test/a answered with JSON that ends in the middle (content-type not given, 8 bytes). ' +
      "The server sent it as complete: report this to the API's owner.",
  );
});

test('declared limits and reported quotas apply to each attempt of a retry', async () => {
  nock(API).get('/a').reply(500);
  nock(API).get('/a').reply(200, {}, {'ratelimit-remaining': '0', 'ratelimit-reset': '9'});
  nock(API).get('/a').reply(200, {});
  const limits = [{requests: 1, per: {seconds: 2}}];
  const {waits} = await withClient({limits}, async (http) => [
    await http.get('/a'),
    await http.get('/a'),
  ]);
  expect(waits).toEqual([500, 1_500, 9_000]);
});

test.each([
  ['holds it back until the points are there', {}, [2_000]],
  ['does not where `pacing` is off', {pacing: false as const}, []],
])('a client with a query whose cost is known %s', async (_what, options, waited) => {
  const throttleStatus = {maximumAvailable: 1000, currentlyAvailable: 2, restoreRate: 50};
  const cost = {requestedQueryCost: 102, actualQueryCost: 102, throttleStatus};
  nock(API)
    .post('/')
    .twice()
    .reply(200, {data: {id: 1}, extensions: {cost}});
  const {waits} = await withClient(options, async (http) => [
    await http.graphql('{ id }'),
    await http.graphql('{ id }'),
  ]);
  expect(waits).toEqual(waited);
});

test('the points in a throttled response delay other queries too', async () => {
  const cost = {
    requestedQueryCost: 102,
    throttleStatus: {maximumAvailable: 1000, currentlyAvailable: 2, restoreRate: 50},
  };
  const throttled = {errors: [{extensions: {code: 'THROTTLED'}}], extensions: {cost}};
  nock(API).post('/').reply(200, throttled);
  nock(API)
    .post('/')
    .reply(200, {data: {id: 1}});
  const {waits} = await withClient({retry: {attempts: 1}}, async (http) => {
    await failureOf(() => http.graphql('{ id }'));
    return http.graphql('{ name }');
  });
  expect(waits).toEqual([2_000]);
});

test('a host that is not listed gets no request, but that of the base URL always does', async () => {
  nock(API).get('/a').reply(200, {});
  const failure = await failureOf(() =>
    withClient({allowedHosts: ['auth.test']}, async (http) => [
      await http.get('/a'),
      await http.get('https://other.test/a'),
    ]),
  );
  expect(failure).toMatch(/^SystemError: https:\/\/other.test is not among the hosts/);
});

test('nothing is sent after the time limit of the run', async () => {
  nock(API).get('/a').reply(200, {});
  const limits = [{requests: 1, per: {seconds: 2}}];
  const failure = await failureOf(() =>
    withClient({limits, timeouts: {run: {seconds: 2}}}, async (http) => [
      await http.get('/a'),
      await http.get('/b').catch(() => {}),
      await http.get('/c'),
    ]),
  );
  expect(failure).toBe(
    "TransientError: The run's time limit has passed, so GET https://api.test/c was not sent. " +
      'What was read is saved: the next run resumes there.',
  );
});

test('a request that waits for a limit does not occupy a slot', async () => {
  nock(API).get('/a').reply(429, '', {'retry-after': '60'});
  nock(API).get('/b').reply(200, {});
  nock(API).get('/a').reply(200, {});
  const passed = Promise.withResolvers<void>();
  // The wait lasts until the other request is done. If that one had to wait for this one, neither would end.
  const clock = {now: () => 0, sleep: () => passed.promise};
  const {close, ...http} = openHttpClient(
    {baseUrl: API, maxConcurrentRequests: 1},
    {signal: new AbortController().signal, clock, log: () => {}},
  );
  const done: string[] = [];
  const get = async (path: string) => {
    await http.get(path);
    done.push(path);
  };
  await Promise.all([get('/a'), get('/b').then(passed.resolve)]).finally(close);
  expect(done).toEqual(['/b', '/a']);
});
