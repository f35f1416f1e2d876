import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {eventClock} from '../../../test/http/event-clock.ts';
import {SOURCE_SCOPE} from '../request-scope.ts';
import type {HttpRequest, HttpResponse} from '../types.ts';
import {withConcurrency} from './concurrency.ts';

const LATENCY = 100;
const never = new AbortController().signal;

const requestTo = (url: string): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  scope: SOURCE_SCOPE,
  headers: {},
});

type Behaviour = (sent: {now: number; inFlight: number}) => number | Error;

/** An API that takes 100 ms for a response; returns the most pending requests in each second. */
const serving = (behave: Behaviour, fixed?: number) => {
  const clock = eventClock();
  const most: number[] = [];
  let inFlight = 0;
  const responseOf = (status: number, url: URL): HttpResponse => ({
    status,
    headers: {},
    body: Buffer.alloc(0),
    url,
  });
  const send = withConcurrency(
    async ({url}) => {
      inFlight += 1;
      const second = Math.floor(clock.now() / 1_000);
      most[second] = Math.max(most[second] ?? 0, inFlight);
      const outcome = behave({now: clock.now(), inFlight});
      await clock.sleep(LATENCY, never);
      inFlight -= 1;
      if (outcome instanceof Error) throw outcome;
      return responseOf(outcome, url);
    },
    fixed,
    clock,
  );
  const sendAll = (count: number, url = 'https://api.test/items') =>
    Promise.all(
      Array.from({length: count}, () =>
        send(requestTo(url)).then(
          ({status}) => status,
          (error: unknown) => String(error),
        ),
      ),
    );
  return {clock, most, sendAll, send};
};

describe('concurrency', () => {
  test('starts at two, and grows by one for each second of full use, up to 16', async () => {
    const {sendAll, most} = serving(() => 200);
    await sendAll(3_000);
    expect(most.slice(0, 15)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(Math.max(...most)).toBe(16);
  });

  test('does not grow while it is not in use', async () => {
    const {clock, sendAll, most} = serving(() => 200);
    await sendAll(1);
    await clock.sleep(60_000, never);
    await sendAll(10);
    expect(Math.max(...most.filter((value) => value !== undefined))).toBe(2);
  });

  test.each<[string, number | Error]>([
    ['429', 429],
    ['503', 503],
    ['a timeout', Object.assign(new Error('late'), {code: 'UND_ERR_HEADERS_TIMEOUT'})],
  ])(
    'shrinks at %s, once for all pending requests, and finds what the API can take',
    async (_what, refused) => {
      const {sendAll, most} = serving(({inFlight}) => (inFlight > 6 ? refused : 200));
      const outcomes = await sendAll(4_000);
      const refusals = outcomes.filter((outcome) => outcome !== 200).length;
      // It tries a seventh request every 15 seconds, which costs little.
      expect(refusals).toBeGreaterThan(0);
      expect(refusals).toBeLessThan(60);
      expect(Math.max(...most)).toBe(7);
      expect(Math.min(...most.slice(8, 60))).toBeGreaterThanOrEqual(4);
    },
  );

  test('never falls below one', async () => {
    const {sendAll, most} = serving(() => 429);
    expect(await sendAll(40)).toEqual(Array.from({length: 40}, () => 429));
    expect(most.slice(1)).toEqual(most.slice(1).map(() => 1));
  });

  test('of a declared number stays fixed', async () => {
    const {sendAll, most} = serving(({now}) => (now < 5_000 ? 200 : 429), 3);
    await sendAll(300);
    expect(new Set(most)).toEqual(new Set([3]));
  });

  test('is limited for each host by itself', async () => {
    const {sendAll, most} = serving(() => 200, 1);
    await Promise.all([sendAll(3, 'https://a.test'), sendAll(3, 'https://b.test')]);
    expect(most).toEqual([2]);
  });

  test('frees the slot of a request that fails', async () => {
    const {sendAll} = serving(() => new Error('broken'), 1);
    expect(await sendAll(3)).toEqual(['Error: broken', 'Error: broken', 'Error: broken']);
  });

  test.each([0, -1, 1.5])('of %d is an error', async (fixed) => {
    expect(await failureOf(() => serving(() => 200, fixed))).toBe(
      `SystemError: \`maxConcurrentRequests\` of ${fixed} lets nothing through: it must be a whole number, 1 or more.`,
    );
  });
});
