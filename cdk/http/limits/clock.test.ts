import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {systemClock} from './clock.ts';

const HOUR = 3_600_000;

describe("the system's clock", () => {
  test('sleeps for the given time', async () => {
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

  test('does not sleep under a signal that is already aborted', async () => {
    const aborted = AbortSignal.abort(new RangeError('Stopped by SIGTERM.'));
    expect(await failureOf(() => systemClock.sleep(HOUR, aborted))).toBe(
      'RangeError: Stopped by SIGTERM.',
    );
  });
});
