// A read that is killed after any of its lines, and taken up again from the last state that came through.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {expect, test} from '@jest/globals';
import {lastStates, recordsOf} from '../test/support/messages.ts';
import {configuredCatalog, FAKER, runSource, workspace} from '../test/support/program.ts';
import {parseMessages} from '../test/support/protocol.ts';

const {file} = workspace();
const COUNT = 12;
const SLICE = 4;
const files = [
  '--config',
  file('config.json', {count: COUNT, records_per_slice: SLICE}),
  '--catalog',
  file('catalog.json', configuredCatalog(['users', 'products'])),
];

const readAll = (state: unknown) =>
  runSource(FAKER, ['read', ...files, '--state', file('state.json', state)]);

/** Reads until so many lines have come, then kills the program; what came behind them is lost. */
const readAndKill = async (lines: number) => {
  const program = spawn(FAKER, ['read', ...files], {stdio: ['ignore', 'pipe', 'inherit']});
  const ended = once(program, 'close');
  const seen: string[] = [];
  for await (const line of createInterface({input: program.stdout})) {
    seen.push(line);
    if (seen.length === lines) break;
  }
  program.kill('SIGKILL');
  await ended;
  return parseMessages(seen.map((line) => `${line}\n`).join(''));
};

test('no record is lost wherever a read is killed, and no more than a slice comes twice', async () => {
  const whole = (await readAll([])).messages;
  const repeats: number[] = [];
  for (let lines = 1; lines <= whole.length; lines += 1) {
    const before = await readAndKill(lines);
    const after = (await readAll(lastStates(before))).messages;
    for (const stream of ['users', 'products']) {
      const rows = [...recordsOf(before, stream), ...recordsOf(after, stream)];
      const distinct = new Map(rows.map((row) => [row['id'], row]));
      expect([...distinct.values()]).toEqual(recordsOf(whole, stream));
      repeats.push(rows.length - distinct.size);
    }
  }
  expect(Math.max(...repeats)).toBe(SLICE);
}, 120_000);
