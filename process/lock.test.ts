import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {acquireLock} from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-lock-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

test('a lock has one holder, and is free when that one releases it', () => {
  const path = join(folder, '.one.lock');
  const release = acquireLock(path);
  const second = acquireLock(path);
  release?.();
  const third = acquireLock(path);
  third?.();
  expect([release, second, third].map((held) => typeof held)).toEqual([
    ...['function', 'undefined', 'function'],
  ]);
  expect(readdirSync(folder)).toEqual(['.one.lock']);
});

test('a lock of another process is free when that one is killed', async () => {
  const path = join(folder, '.two.lock');
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import {acquireLock} from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
     console.log(typeof acquireLock(${JSON.stringify(path)}));
     setInterval(() => {}, 1000);`,
  ]);
  const [said] = await once(holder.stdout, 'data');
  const during = acquireLock(path);
  holder.kill('SIGKILL');
  await once(holder, 'close');
  const after = acquireLock(path);
  after?.();
  expect([String(said), typeof during, typeof after]).toEqual([
    'function\n',
    'undefined',
    'function',
  ]);
});

test('a lock in a folder that does not exist is an error', () => {
  expect(() => acquireLock(join(folder, 'nowhere', '.lock'))).toThrow(
    'unable to open database file',
  );
});
