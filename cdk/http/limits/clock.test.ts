import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {systemClock} from './clock.ts';

const HOUR = 3_600_000;

describe("the system's clock", () => {
  test('sleeps for as long as it is told', async () => {
    const before = performance.now();
    await systemClock.sleep(5, new AbortController().signal);
    expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  });

  test("wakes with the signal's reason as soon as it is aborted", async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(HOUR, stop.signal);
    stop.abort(new RangeError('Stopped by SIGTERM.'));
    expect(await failureOf(() => sleeping)).toBe('RangeError: Stopped by SIGTERM.');
  });

  test('does not fall asleep under a signal that was aborted before', async () => {
    const aborted = AbortSignal.abort(new RangeError('Stopped by SIGTERM.'));
    expect(await failureOf(() => systemClock.sleep(HOUR, aborted))).toBe(
      'RangeError: Stopped by SIGTERM.',
    );
  });
});
