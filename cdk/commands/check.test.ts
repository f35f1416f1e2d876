import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {startHanging} from '../../test/http/hanging.ts';
import {defineSource} from '../author/source.ts';
import {checkSource} from '../testing/run-source.ts';
import {virtualClock} from '../testing/virtual-clock.ts';

/** The limit of Airbyte's tests, in milliseconds. */
const ALLOWED = 30_000;

const sourceOf = (check: Parameters<typeof defineSource>[0]['check'], baseUrl?: string) =>
  defineSource({
    name: 'hanging',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => (baseUrl === undefined ? {} : {baseUrl}),
    check,
    streams: () => [],
  });

/** The error of a check, and the time it took with the default limits, counted from its start. */
const outcomeOf = async (source: ReturnType<typeof sourceOf>, inFlight: Promise<void>) => {
  const clock = virtualClock();
  const failure = failureOf(() => checkSource(source, {}, clock));
  await inFlight;
  await clock.sleep(25_000, new AbortController().signal);
  return {failure: await failure, ms: clock.now()};
};

const late = (waits: string) => ({
  failure: `TransientError: The check had no result after 25 s, so it is not known whether the config works.${waits} Check that the API can be reached from here; if it can, try again later.`,
  ms: 25_000,
});

describe('a check', () => {
  test('of an API that never responds ends within the time that Airbyte allows', async () => {
    nock.enableNetConnect('127.0.0.1');
    const asked = Promise.withResolvers<void>();
    await using server = await startHanging(() => asked.resolve());
    const source = sourceOf(({http}) => http.get('/me'), server.url);
    const outcome = await outcomeOf(source, asked.promise);
    expect(outcome).toEqual(late(` It waits for GET ${server.url}/me for 25 s.`));
    expect(outcome.ms).toBeLessThan(ALLOWED);
  });

  test("that waits for the source's own code ends, too", async () => {
    const started = Promise.withResolvers<void>();
    const source = sourceOf(() => {
      started.resolve();
      return new Promise(() => {});
    });
    expect(await outcomeOf(source, started.promise)).toEqual(late(''));
  });
});
