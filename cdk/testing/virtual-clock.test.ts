// Sources are tested on a virtual clock: their waits take no time, and the limit of a check still holds.
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {defineSource} from '../author/source.ts';
import {stream} from '../author/stream.ts';
import type {Limit} from '../http/limits/limits.ts';
import {page} from '../index.ts';
import {recordsOf} from './messages.ts';
import {checkSource, readSource} from './run-source.ts';
import {virtualClock} from './virtual-clock.ts';

const API = 'https://clocked.test';

const sourceWith = (limits: readonly Limit[] = []) =>
  defineSource({
    name: 'clocked',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({baseUrl: API, limits}),
    check: ({http}) => http.get('/me'),
    streams: () => [
      stream({
        name: 'items',
        schema: {type: 'object'},
        read: async function* ({http}) {
          yield page([await http.get<object>('/items/1')]);
          yield page([await http.get<object>('/items/2')]);
        },
      }),
    ],
  });

const SUCCEEDED = [{type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}}];

describe('on a virtual clock', () => {
  test('a check of an API that works succeeds', async () => {
    nock(API).get('/me').reply(200, {});
    expect(await checkSource(sourceWith(), {}, virtualClock())).toEqual(SUCCEEDED);
  });

  test('a check waits as Retry-After says, without real time', async () => {
    nock(API).get('/me').reply(429, '', {'retry-after': '4'}).get('/me').reply(200, {});
    const clock = virtualClock();
    expect(await checkSource(sourceWith(), {}, clock)).toEqual(SUCCEEDED);
    expect(clock.waits).toEqual([expect.any(Number)]);
    expect(clock.waits[0]).toBeGreaterThanOrEqual(4_000);
  });

  test('a check of a request that hangs ends when a test advances the clock to the limit', async () => {
    const asked = Promise.withResolvers<void>();
    nock(API)
      .get('/me')
      .delay(60_000)
      .reply(() => [200, {}])
      .on('request', () => asked.resolve());
    const clock = virtualClock();
    const failure = failureOf(() => checkSource(sourceWith(), {}, clock));
    await asked.promise;
    await clock.sleep(25_000, new AbortController().signal);
    expect(await failure).toContain('The check had no result after 25 s');
    nock.abortPendingRequests();
  });

  test('a read waits as Retry-After and its declared limits say, without real time', async () => {
    nock(API)
      .get('/items/1')
      .reply(429, '', {'retry-after': '60'})
      .get('/items/1')
      .reply(200, {id: 1})
      .get('/items/2')
      .reply(200, {id: 2});
    const clock = virtualClock(Date.now());
    const source = sourceWith([{requests: 1, per: {minutes: 10}}]);
    const messages = await readSource(source, {}, ['items'], undefined, clock);
    expect(recordsOf(messages, 'items')).toEqual([{id: 1}, {id: 2}]);
    expect(Math.round(clock.waits.reduce((sum, ms) => sum + ms, 0))).toBe(1_200_000);
  });
});
