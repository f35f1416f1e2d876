import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {startHanging} from '../../test/http/hanging.ts';
import {defineSource} from '../author/source.ts';
import {checkSource} from '../testing/run-source.ts';

/** What Airbyte's tests allow, in milliseconds. */
const ALLOWED = 30_000;

const sourceOf = (check: Parameters<typeof defineSource>[0]['check'], baseUrl?: string) =>
  defineSource({
    name: 'hanging',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => (baseUrl === undefined ? {} : {baseUrl}),
    check,
    streams: () => [],
  });

/** What a check fails with, and how long that takes under the limits that are there by default, once it is under way. */
const outcomeOf = async (source: ReturnType<typeof sourceOf>, underWay: Promise<void>) => {
  let now = 0;
  const sleep = async (ms: number): Promise<void> => {
    await underWay;
    now += ms;
  };
  const failure = await failureOf(() => checkSource(source, {}, {now: () => now, sleep}));
  return {failure, ms: now};
};

const LATE = {
  failure:
    'TransientError: The check had no answer after 25 s, so nothing is known about the config. Check that the API can be reached from here; if it can, try again later.',
  ms: 25_000,
};

describe('a check', () => {
  test('of an API that never answers ends within what Airbyte allows', async () => {
    nock.enableNetConnect('127.0.0.1');
    const asked = Promise.withResolvers<void>();
    await using server = await startHanging(() => asked.resolve());
    const source = sourceOf(({http}) => http.get('/me'), server.url);
    const outcome = await outcomeOf(source, asked.promise);
    expect(outcome).toEqual(LATE);
    expect(outcome.ms).toBeLessThan(ALLOWED);
  });

  test("that waits for something of the source's own ends, too", async () => {
    const started = Promise.withResolvers<void>();
    const source = sourceOf(() => {
      started.resolve();
      return new Promise(() => {});
    });
    expect(await outcomeOf(source, started.promise)).toEqual(LATE);
  });
});
