import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import {openWatchdog} from './watchdog.ts';

test('a watchdog says what is waited for when nothing has come for long, and again, but not while something comes', async () => {
  const told: string[] = [];
  let now = 0;
  const watchdog = openWatchdog({
    now: () => now,
    patience: 20,
    waitsFor: () => ['the reader of stdout', 'GET https://api.test/items for 3 s'],
    warn: (message) => told.push(message),
  });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await delay(10);
  };
  await pass(19);
  watchdog.feed();
  await pass(19);
  expect(told).toEqual([]);
  await pass(2_000);
  await pass(19);
  await pass(1_000);
  watchdog.stop();
  await pass(9_000);
  expect(told).toEqual([
    'Nothing has come for 2 s. Waiting for the reader of stdout; GET https://api.test/items for 3 s.',
    'Nothing has come for 3 s. Waiting for the reader of stdout; GET https://api.test/items for 3 s.',
  ]);
});
