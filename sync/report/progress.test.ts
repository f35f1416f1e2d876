import {stripVTControlCharacters} from 'node:util';
import {expect, test} from '@jest/globals';
import {drawBlock, openProgress} from './progress.ts';
import type {StreamReport} from './stream-tally.ts';
import type {SourceReport} from './tally.ts';

const stream = (name: string, more: Partial<StreamReport> = {}): StreamReport => ({
  name,
  status: 'running',
  rows: 0,
  bytes: 0,
  elapsed: 0,
  file: undefined,
  waitsUntil: undefined,
  ...more,
});

const source = (name: string, streams: readonly StreamReport[]): SourceReport => ({
  name,
  outcome: 'running',
  streams,
  problems: [],
  strayLines: 0,
  stateFile: undefined,
});

const REPORTS = [
  source('faker', [
    stream('users', {status: 'complete', rows: 12_000, bytes: 8_300_000, elapsed: 2_000}),
    stream('purchases', {rows: 1, bytes: 309, elapsed: 500}),
    stream('products', {status: 'waiting'}),
  ]),
  source('github', [stream('issues', {rows: 100, bytes: 90_000, elapsed: 10_000, waitsUntil: 0})]),
  source('slow', []),
];

test('in a terminal each stream has a line; a source without streams is connecting', () => {
  expect(drawBlock(REPORTS, {columns: 120, rows: 24}, false)).toEqual([
    'faker   users       12,000 rows  6,000/s  8.3 MB  complete',
    'faker   purchases         1 row      2/s   309 B  running',
    'faker   products                                  waiting',
    'github  issues         100 rows     10/s   90 kB  waits for the rate limit',
    'slow    connecting',
  ]);
});

test('the block is never wider or higher than the terminal; running streams are shown first', () => {
  expect(drawBlock(REPORTS, {columns: 30, rows: 5}, false)).toEqual([
    'faker   purchases     1 row  ',
    'github  issues     100 rows  ',
    'and 3 more streams',
  ]);
});

const open = (isTTY: boolean, reports: () => readonly SourceReport[], erase = false) => {
  const written: string[] = [];
  let now = 0;
  const progress = openProgress({
    terminal: {isTTY, columns: 80, rows: 24, write: (text) => written.push(text)},
    reports,
    now: () => now,
    colour: false,
    erase,
  });
  const pass = (milliseconds: number): void => {
    now += milliseconds;
    progress.look();
  };
  return {progress, written, pass};
};

test('in a terminal the block is redrawn in its place, and logs stay above it', () => {
  const {progress, written} = open(true, () => [source('x', [stream('users')])], true);
  progress.look();
  progress.log('x', 'warn', 'slow');
  progress.close();
  expect(written).toEqual([
    'x  users  0 rows  0 B  running\n',
    '\x1b[1A\x1b[0Jx: slow\nx  users  0 rows  0 B  running\n',
    '\x1b[1A\x1b[0J',
  ]);
});

test('elsewhere a stream is reported when it starts, when it ends, and every ten seconds in between', () => {
  let users = stream('users', {status: 'waiting'});
  const {progress, written, pass} = open(false, () => [
    source('x', [users, stream('late', {status: 'not read'})]),
  ]);
  pass(100);
  users = stream('users');
  pass(100);
  users = stream('users', {rows: 10, bytes: 1_000, elapsed: 9_000});
  pass(9_000);
  users = stream('users', {rows: 20, bytes: 2_000, elapsed: 11_000});
  pass(2_000);
  pass(2_000);
  users = stream('users', {status: 'complete', rows: 30, elapsed: 65_000});
  pass(100);
  progress.close();
  expect(written).toEqual([
    'x: users started\n',
    'x: users, 20 rows so far, 2.0 kB in 11 s\n',
    'x: users complete, 30 rows in 1 min 05 s\n',
  ]);
});

test('a stream that ends before the first update is reported, too', () => {
  const {progress, written} = open(false, () => [
    source('x', [stream('users', {status: 'incomplete', rows: 1, elapsed: 40})]),
  ]);
  progress.close();
  expect(written).toEqual(['x: users started\n', 'x: users incomplete, 1 row in 40 ms\n']);
});

test('a message of a source cannot control the terminal', () => {
  const {progress, written} = open(false, () => []);
  progress.log('x', 'error', '\x1b[2Jone\ttab\nand \x07two\n');
  expect(written).toEqual(['x: one tab\n', 'x: and  two\n']);
});

test('colours are used only if they are requested', () => {
  const [line = ''] = drawBlock(REPORTS, {columns: 120, rows: 24}, true);
  expect([line, stripVTControlCharacters(line)]).toEqual([
    expect.stringContaining('\x1b[32m'),
    'faker   users       12,000 rows  6,000/s  8.3 MB  complete',
  ]);
});
