// A program that is stopped, or whose reader is slow or has left.
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import type {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {describe, expect, test} from '@jest/globals';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configuredCatalog, FAKER, ODD, workspace} from './run-program.ts';

const {file} = workspace();
const items = file('items.json', configuredCatalog(['items']));
const users = file('users.json', configuredCatalog(['users']));

type Program = ChildProcessByStdio<null, Readable, Readable>;

const read = (program: string, config: object, catalog: string): Program =>
  spawn(
    program,
    ['read', '--config', file(`${Math.random()}.json`, config), '--catalog', catalog],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

/** The exit code, or the signal that ended the program. */
const ending = async (program: Program): Promise<unknown> => {
  const [code, signal] = await once(program, 'close');
  return signal ?? code;
};

const linesUntil = async (program: Program, wanted: string): Promise<string> => {
  let seen = '';
  for await (const chunk of program.stdout.iterator({destroyOnReturn: false})) {
    seen += chunk;
    if (seen.includes(wanted)) return seen;
  }
  throw new Error(`The program ended before it said ${wanted}: ${seen}`);
};

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('saves the position, then ends the program by that signal', async () => {
    const program = read(ODD, {behaviour: 'hangs'}, items);
    const ended = ending(program);
    const before = await linesUntil(program, '"id":2');
    program.kill(signal);
    const [after, status, stderr] = await Promise.all([
      text(program.stdout),
      ended,
      text(program.stderr),
    ]);
    const messages = parseMessages(before + after);
    expect(messages.filter(({type}) => type === 'STATE').at(-1)).toEqual({
      type: 'STATE',
      state: {
        type: 'STREAM',
        stream: {stream_descriptor: {name: 'items'}, stream_state: {id: 2, unfinished: true}},
        sourceStats: {recordCount: 1},
      },
    });
    expect(messages.map(({trace}) => trace?.stream_status?.status).filter(Boolean)).toEqual([
      'STARTED',
      'RUNNING',
      'INCOMPLETE',
    ]);
    expect({status, stderr}).toEqual({status: signal, stderr: ''});
  });
});

test('SIGTERM ends a program whose reader does not read in seconds', async () => {
  const program = read(ODD, {behaviour: 'never ends'}, items);
  const ended = ending(program);
  await once(program.stdout, 'readable');
  program.stdout.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const stoppedAt = Date.now();
  program.kill('SIGTERM');
  const exited = once(program, 'exit');
  const [, signal] = await exited;
  expect(signal).toBe('SIGTERM');
  expect(Date.now() - stoppedAt).toBeLessThan(8_000);
  program.stdout.destroy();
  program.stderr.destroy();
  await ended;
}, 15_000);

test('a reader that leaves ends the program quietly with exit code 0', async () => {
  const program = read(FAKER, {count: 100_000}, users);
  const ended = ending(program);
  await once(program.stdout, 'readable');
  program.stdout.destroy();
  expect(await text(program.stderr)).toBe('');
  expect(await ended).toBe(0);
});

/** In kB; 0 once the program has ended, while its last output is still read. */
const peakOf = (pid: number | undefined): number => {
  const path = `/proc/${pid}/status`;
  const status = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
};

test('a slow reader gets every line, and memory does not grow meanwhile', async () => {
  const program = read(FAKER, {count: 60_000}, users);
  const ended = ending(program);
  const parts: Buffer[] = [];
  let peak = 0;
  for await (const part of program.stdout) {
    parts.push(part);
    if (parts.length % 20 === 0) {
      peak = Math.max(peak, peakOf(program.pid));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const messages = parseMessages(Buffer.concat(parts).toString());
  expect(messages.filter(({type}) => type === 'RECORD')).toHaveLength(60_000);
  expect(await ended).toBe(0);
  expect(peak).toBeGreaterThan(0);
  expect(peak / 1024).toBeLessThan(150);
}, 60_000);

test('a full disk is reported on stderr with exit code 1', async () => {
  const program = spawn(
    '/bin/sh',
    [
      '-c',
      `exec "$0" read --config "$1" --catalog "$2" > /dev/full`,
      FAKER,
      file('c.json', {count: 10}),
      users,
    ],
    {stdio: ['ignore', 'pipe', 'pipe']},
  );
  const ended = ending(program);
  expect(await text(program.stderr)).toBe(
    'stdout cannot be written: ENOSPC: no space left on device, write\n',
  );
  expect(await ended).toBe(1);
});
