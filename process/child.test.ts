import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import {startChild} from './child.ts';

const CHILD = JSON.stringify(join(import.meta.dirname, 'child.ts'));

const shell = (script: string) => startChild('/bin/sh', ['-c', script]);

/** Uses ps, not a signal: a zombie accepts signals after its end. */
const isRunning = (pid: number): boolean => {
  const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'});
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

const isGone = async (pid: number): Promise<boolean> => {
  for (let look = 0; look < 100 && isRunning(pid); look += 1) await delay(20);
  return !isRunning(pid);
};

test('a child has ended when all of its output can be read', async () => {
  const child = await shell('echo out; echo err >&2; exit 3');
  const printed = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([printed, await child.ended]).toEqual([['out\n', 'err\n'], {code: 3, signal: null}]);
});

test('a program that cannot be started rejects with the error of the system', async () => {
  await expect(startChild('/nowhere/program', [])).rejects.toMatchObject({code: 'ENOENT'});
});

test('a signal reaches all processes of the child, and is ignored once they have ended', async () => {
  const child = await shell('sleep 600 & echo $!; wait');
  const [pid] = await child.stdout.setEncoding('utf8').take(1).toArray();
  child.send('SIGTERM');
  expect(await child.ended).toEqual({code: null, signal: 'SIGTERM'});
  expect(await isGone(Number(pid))).toBe(true);
  child.send('SIGKILL');
});

test('a child is ended by either signal of its run, even if the signal came before the child', async () => {
  const [soon, now] = [new AbortController(), new AbortController()];
  const stop = {soon: soon.signal, now: now.signal};
  const deaf = await startChild('/bin/sh', ['-c', 'trap "" TERM; echo; sleep 600 & wait; wait'], {
    stop,
  });
  await deaf.stdout.take(1).toArray();
  soon.abort();
  now.abort();
  expect(await deaf.ended).toEqual({code: null, signal: 'SIGKILL'});
  const late = await startChild('/bin/sh', ['-c', 'sleep 600'], {stop});
  expect(await late.ended).toEqual({code: null, signal: 'SIGTERM'});
});

test.each([
  ['crashes', 'throw new Error("a fault");'],
  ['exits', 'process.exit(1);'],
])('a program that %s leaves no child running', async (_what, end) => {
  const {stdout} = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import {startChild} from ${CHILD};
       const {pid} = await startChild('/bin/sh', ['-c', 'sleep 600']);
       console.log(pid);
       ${end}`,
    ],
    {encoding: 'utf8'},
  );
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(await isGone(Number(stdout))).toBe(true);
});
