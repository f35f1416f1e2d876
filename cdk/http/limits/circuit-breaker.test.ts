import {describe, expect, test} from '@jest/globals';
import {eventClock} from '../../../test/http/event-clock.ts';
import {runWith} from '../../../test/http/run.ts';
import {SOURCE_SCOPE} from '../request-scope.ts';
import type {HttpRequest, Send} from '../types.ts';
import {withCircuitBreaker} from './circuit-breaker.ts';
import {openWaits} from './waits.ts';

const never = new AbortController().signal;
const BROKEN = Object.assign(new Error('It broke'), {code: 'ECONNRESET'});

const requestTo = (url = 'https://api.test/items', stream = 'issues'): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  scope: {...SOURCE_SCOPE, name: stream},
  headers: {},
});

/** Sends through a breaker to a server whose health is a function of the time. */
const guarded = (respond: (now: number, request: HttpRequest) => number | Error) => {
  const clock = eventClock();
  const sentAt: number[] = [];
  const {delay} = openWaits(runWith({clock}), 3_600_000);
  const server: Send = async (request) => {
    sentAt.push(clock.now());
    const outcome = respond(clock.now(), request);
    if (outcome instanceof Error) throw outcome;
    return {status: outcome, headers: {}, body: Buffer.alloc(0), url: request.url};
  };
  const context = {clock, delay, trialLimit: 10_000};
  const send = withCircuitBreaker(server, context);
  const outcomeOf = (request: HttpRequest) =>
    send(request).then(
      ({status}) => status,
      (error: unknown) => String(error),
    );
  return {
    clock,
    sentAt,
    context,
    outcomeOf,
    fail: async (times: number) => {
      for (let call = 0; call < times; call += 1) await outcomeOf(requestTo());
    },
  };
};

describe('a circuit', () => {
  test('opens after ten outcomes if half of them are failures, and sends nothing for 30 s', async () => {
    let sent = 0;
    const {fail, outcomeOf, sentAt} = guarded(() => {
      sent += 1;
      return sent > 10 || sent % 2 === 0 ? 200 : 500;
    });
    await fail(10);
    expect(await outcomeOf(requestTo())).toBe(200);
    expect(sentAt).toEqual([...Array.from({length: 10}, () => 0), 30_000]);
  });

  test('stays closed with fewer failures', async () => {
    let sent = 0;
    const {fail, sentAt} = guarded(() => {
      sent += 1;
      return sent % 3 === 0 ? 500 : 200;
    });
    await fail(40);
    expect(new Set(sentAt)).toEqual(new Set([0]));
  });

  test.each([[429], [404], [401]])('does not count %d as a failure', async (status) => {
    const {fail, sentAt} = guarded(() => status);
    await fail(40);
    expect(new Set(sentAt)).toEqual(new Set([0]));
  });

  test('that is open sends one trial, and the other requests wait for its outcome', async () => {
    const {fail, outcomeOf, sentAt} = guarded((now) => (now < 30_000 ? BROKEN : 200));
    await fail(10);
    const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(requestTo())));
    expect(outcomes).toEqual([200, 200, 200]);
    expect(sentAt.slice(10)).toEqual([30_000, 30_000, 30_000]);
  });

  test('doubles its pause while trials fail, and after three of them fails requests at once, with the time of the next trial', async () => {
    const {fail, outcomeOf, sentAt, clock} = guarded((now) => (now < 300_000 ? BROKEN : 200));
    await fail(13);
    expect(sentAt.slice(10)).toEqual([30_000, 90_000, 210_000]);
    expect(await outcomeOf(requestTo())).toBe(
      'TransientError: https://api.test keeps failing (the last time with ECONNRESET), so nothing is sent there until 1970-01-01T00:07:30.000Z. ' +
        'Something is wrong with api.test, or on the way to it: try again later.',
    );
    expect(sentAt).toHaveLength(13);
    await clock.sleep(240_000, never);
    expect(await outcomeOf(requestTo())).toBe(200);
    // Closed again, without a memory of earlier failures.
    await Promise.all([1, 2, 3].map(() => outcomeOf(requestTo())));
    expect(sentAt.slice(13)).toEqual([450_000, 450_000, 450_000, 450_000]);
  });

  test('is separate for each host and each stream', async () => {
    const {fail, outcomeOf, clock} = guarded((_now, {url}) =>
      url.host === 'api.test' ? 500 : 200,
    );
    await fail(10);
    expect(await outcomeOf(requestTo('https://other.test/items'))).toBe(200);
    expect(await outcomeOf(requestTo('https://api.test/items', 'users'))).toBe(500);
    expect(clock.now()).toBe(0);
  });

  test('sends another trial after the limit of one that hangs', async () => {
    const clock = eventClock();
    const {delay} = openWaits(runWith({clock}), 3_600_000);
    const sentAt: number[] = [];
    const server: Send = (request) => {
      sentAt.push(clock.now());
      if (sentAt.length <= 10) return Promise.reject(BROKEN);
      return sentAt.length === 11
        ? new Promise(() => {})
        : Promise.resolve({status: 200, headers: {}, body: Buffer.alloc(0), url: request.url});
    };
    const send = withCircuitBreaker(server, {clock, delay, trialLimit: 10_000});
    for (let call = 0; call < 10; call += 1) await send(requestTo()).catch(() => {});
    void send(requestTo());
    await clock.sleep(30_001, never);
    expect((await send(requestTo())).status).toBe(200);
    expect(sentAt.slice(10)).toEqual([30_000, 40_000]);
  });
});
