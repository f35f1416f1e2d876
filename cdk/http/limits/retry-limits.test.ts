import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {fault, NOW, responseOf, retrying} from '../../../test/http/retrying.ts';
import type {HttpResponse} from '../types.ts';
import type {RetryPolicy} from './retry.ts';

describe('a long wait', () => {
  const waitsOf = async (
    outcomes: readonly (HttpResponse | Error)[],
    policy: Partial<RetryPolicy> = {},
  ) => {
    const reported: unknown[] = [];
    const {send} = retrying(outcomes, {policy, onWait: (wait) => reported.push(wait)});
    await send();
    return reported;
  };

  test.each([
    ['429 with Retry-After', responseOf(429, {'retry-after': '10'}), '429', 10_500],
    ['503 with Retry-After', responseOf(503, {'retry-after': '6'}), '503', 6_300],
    ['403 over quota', responseOf(403, {'x-ratelimit-remaining': '0'}), '403', 10_000],
    ['429 without headers', responseOf(429), '429', 10_000],
  ])('after %s is reported', async (_what, refusal, status, ms) => {
    expect(await waitsOf([refusal, responseOf(200)], {base: 20_000})).toEqual([
      {until: NOW + ms, reason: `https://api.test answered ${status}`},
    ]);
  });

  test.each([
    ['a server error', responseOf(500)],
    ['a fault', fault('ECONNRESET')],
    ['429 that requests a short wait', responseOf(429, {'retry-after': '4'})],
  ])('after %s is not reported', async (_what, outcome) => {
    expect(await waitsOf([outcome, responseOf(200)], {base: 20_000})).toEqual([]);
  });
});

describe('the end of the run', () => {
  test.each([
    [
      'a requested wait',
      responseOf(429, {'retry-after': '9'}),
      'answered 429 and requires a wait of 9 s',
    ],
    ['a wait of our own', fault('ECONNRESET'), ': ECONNRESET; the next attempt would be in 10 s'],
  ])('limits every wait: %s', async (_what, outcome, reported) => {
    const {send, sent, waits} = retrying([outcome], {policy: {base: 20_000}, ends: NOW + 8_000});
    const failure = await failureOf(send);
    expect(failure).toContain(reported);
    expect(failure).toContain('longer than the 8 s that are left of the run: run again after 2026');
    expect([sent.length, waits]).toEqual([1, []]);
  });
});

describe('the retry budget', () => {
  test('ends the retries of a client whose requests keep failing', async () => {
    const {send, sent} = retrying([responseOf(502)]);
    await failureOf(send);
    await failureOf(send);
    expect(sent).toHaveLength(12);
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items failed with 502 and is not retried: too many requests failed in the last minute. ' +
        'Something is wrong with api.test, or on the way to it: try again later.',
    );
    expect(sent).toHaveLength(13);
  });

  test('does not count rate limits', async () => {
    const {send, sent} = retrying([responseOf(429, {'retry-after': '1'})]);
    for (let call = 0; call < 4; call += 1) await failureOf(send);
    expect(sent).toHaveLength(24);
  });

  test('allows occasional faults without end', async () => {
    const good = responseOf(200);
    const {send} = retrying(
      Array.from({length: 200}, (_, index) => (index % 11 === 0 ? fault('ECONNRESET') : good)),
    );
    for (let call = 0; call < 170; call += 1) expect(await send()).toBe(good);
  });
});
