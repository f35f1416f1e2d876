import {expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/support/failure.ts';
import {virtualClock} from '../../test/support/virtual-clock.ts';
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
  'JSON that ends early, %s, in an answer without a length is asked for again',
  async (cut) => {
    nock(API).get('/a').reply(200, cut, {connection: 'close'});
    nock(API).get('/a').reply(200, {id: 1});
    const {result, waits} = await withClient({}, (http) => http.get('/a'));
    expect([result, waits]).toEqual([{id: 1}, [500]]);
  },
);

test('JSON of which nothing came before the connection was closed is asked for again', async () => {
  nock(API).get('/a').reply(200, '', {'content-type': 'application/json', connection: 'close'});
  nock(API).get('/a').reply(200, {id: 1});
  const {result, waits} = await withClient({}, (http) => http.get('/a'));
  expect([result, waits]).toEqual([{id: 1}, [500]]);
});

test('JSON that ends early in an answer that was chunked on the way is asked for again, too', async () => {
  nock(API).get('/a').reply(200, '{"id": [1', {'transfer-encoding': 'chunked'});
  nock(API).get('/a').reply(200, {id: 1});
  const {result, waits} = await withClient({}, (http) => http.get('/a'));
  expect([result, waits]).toEqual([{id: 1}, [500]]);
});

test('JSON that ends early in an answer with a length is an error', async () => {
  nock(API).get('/a').reply(200, '{"id": 1', {'content-length': '8'});
  expect(await failureOf(() => withClient({}, (http) => http.get('/a')))).toBe(
    'SystemError: GET https://api.test/a answered with JSON that ends in the middle (content-type not given, 8 bytes). ' +
      "The server gave it for whole: report this to the API's owner.",
  );
});

test('declared limits and told quotas hold in a client, each attempt of a retry included', async () => {
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

test('a host that is not listed gets nothing, that of the base always does', async () => {
  nock(API).get('/a').reply(200, {});
  const failure = await failureOf(() =>
    withClient({allowedHosts: ['auth.test']}, async (http) => [
      await http.get('/a'),
      await http.get('https://other.test/a'),
    ]),
  );
  expect(failure).toMatch(/^SystemError: https:\/\/other.test is not among the hosts/);
});

test('nothing is sent once the time of the run is over', async () => {
  nock(API).get('/a').reply(200, {});
  const limits = [{requests: 1, per: {seconds: 2}}];
  const failure = await failureOf(() =>
    withClient({limits, timeouts: {run: 2_000}}, async (http) => [
      await http.get('/a'),
      await http.get('/b').catch(() => {}),
      await http.get('/c'),
    ]),
  );
  expect(failure).toBe(
    'TransientError: The time that this run may take is over, so GET https://api.test/c is not sent. ' +
      'What was read is saved: the next run goes on from there.',
  );
});
