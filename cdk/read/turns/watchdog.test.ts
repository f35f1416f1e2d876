import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import {openWatchdog} from './watchdog.ts';

test('a watchdog warns after each interval without records, and says what the run waits for', async () => {
  const warnings: string[] = [];
  let now = 0;
  const watchdog = openWatchdog({
    now: () => now,
    patience: 20,
    waitsFor: () => ['the reader of stdout', 'GET https://api.test/items for 3 s'],
    warn: (message) => warnings.push(message),
  });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await delay(10);
  };
  await pass(19);
  watchdog.feed();
  await pass(19);
  expect(warnings).toEqual([]);
  await pass(2_000);
  await pass(19);
  await pass(1_000);
  watchdog.stop();
  await pass(9_000);
  expect(warnings).toEqual([
    'No records for 2 s. Waiting for the reader of stdout; GET https://api.test/items for 3 s.',
    'No records for 3 s. Waiting for the reader of stdout; GET https://api.test/items for 3 s.',
  ]);
});
