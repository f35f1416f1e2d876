// The end of a program is its exit, even if a process that it started holds its outputs open.
import {spawnSync} from 'node:child_process';
import {setTimeout as delay} from 'node:timers/promises';
import {expect, jest, test} from '@jest/globals';
import {startChild} from './child.ts';
import {linesOf} from './lines.ts';

jest.setTimeout(30_000);

/** Uses ps, not a signal: a zombie accepts signals after its end. */
const isRunning = (pid: number): boolean => {
  const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'});
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

const run = async (script: string, pause = 0) => {
  const startedAt = performance.now();
  const child = await startChild('/bin/sh', ['-c', script]);
  child.stderr.resume();
  const lines: string[] = [];
  for await (const batch of linesOf(child.stdout)) {
    lines.push(...batch);
    if (pause > 0) await delay(pause);
  }
  const exit = await child.ended;
  return {lines, exit, seconds: (performance.now() - startedAt) / 1000};
};

const LEFT = {code: 3, signal: null, leftOpen: true};

test.concurrent.each([
  ['in the background', 'sleep 60 & echo $!; exit 3'],
  [
    'that ignores SIGTERM and SIGHUP',
    `sh -c 'trap "" TERM HUP; sleep 60; sleep 60' & echo $!; exit 3`,
  ],
  ['that holds only stderr', 'sleep 60 >/dev/null & echo $!; exit 3'],
  ['that holds only stdout', 'sleep 60 2>/dev/null & echo $!; exit 3'],
])('a process %s is ended a short time after the program', async (_, script) => {
  const {lines, exit, seconds} = await run(script);
  expect([lines.length, exit]).toEqual([1, LEFT]);
  expect(seconds).toBeLessThan(10);
  await delay(50);
  expect(isRunning(Number(lines[0]))).toBe(false);
});

test.concurrent('a process in a session of its own is cut off', async () => {
  const {lines, exit, seconds} = await run(`setsid sh -c 'echo $$; sleep 12' & sleep 0.3; exit 3`);
  expect([lines.length, exit]).toEqual([1, LEFT]);
  expect(seconds).toBeLessThan(10);
});

test.concurrent('a process in a session of its own that prints without end is cut off', async () => {
  const {lines, exit, seconds} = await run(`setsid timeout 20 yes & echo first; sleep 0.3; exit 3`);
  expect([lines.includes('first'), exit]).toEqual([true, LEFT]);
  expect(seconds).toBeLessThan(15);
});

test.concurrent('a slow reader still gets all that the program printed', async () => {
  const {lines, exit} = await run('seq 1 11000; sleep 60 & exit 3', 700);
  expect([lines.length, lines.at(-1), exit]).toEqual([11_000, '11000', LEFT]);
});

test.concurrent('a process that prints its last line shortly after the end of the program is waited for', async () => {
  const {lines, exit} = await run('(sleep 0.5; echo late) & exit 3');
  expect([lines, exit]).toEqual([['late'], {code: 3, signal: null}]);
});
