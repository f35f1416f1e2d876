import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, describe, expect, test} from '@jest/globals';
import {startChild} from '../../process/child.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {CallStyle} from './connector.ts';
import {openExecutable} from './executable.ts';
import {watchMemory} from './memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-executable-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const script = (name: string, body: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return path;
};

const echo = script(
  'echo',
  `const {readFileSync} = require('node:fs');
   const args = process.argv.slice(2);
   const files = args.filter((arg) => arg.startsWith('/')).map((path) => readFileSync(path, 'utf8'));
   console.log(JSON.stringify({args: args.map((arg) => arg.replace(/.*\\//, '')), files, word: process.env.WORD}));
   console.log('not JSON');
   console.error('a complaint');
   process.exitCode = 3;`,
);

test('passes the inputs as files, and returns all output', async () => {
  const connector = openExecutable(`${echo} 'an argument'`, {WORD: 'own'});
  // A run this short may end before its memory can be measured.
  const {peakMemory: _, ...run} = await connector.run('read', {
    config: {a: 1},
    catalog: {streams: []},
    state: [],
  });
  expect(run).toEqual({
    command: 'read',
    commandLine: expect.stringMatching(/echo 'an argument' read --config .*--state \S*state.json$/),
    inputs: {config: {a: 1}, catalog: {streams: []}, state: []},
    lines: [
      {
        text: expect.any(String),
        json: {
          args: [
            ...['an argument', 'read', '--config', 'tap_config.json'],
            ...['--catalog', 'catalog.json', '--state', 'state.json'],
          ],
          files: ['{"a":1}', '{"streams":[]}', '[]'],
          word: 'own',
        },
      },
      {text: 'not JSON'},
    ],
    stderr: 'a complaint\n',
    exit: {code: 3, signal: null},
    startedAt: expect.any(Number),
    took: expect.any(Number),
    firstLineAfter: expect.any(Number),
  });
});

const hungry = script(
  'hungry',
  `const kept = Buffer.alloc(64 * 1024 ** 2, 1);
   console.log('{}');
   setInterval(() => kept.length, 1_000);`,
);

test('measures the peak memory of a process and its children', async () => {
  const child = await startChild('/bin/sh', ['-c', `${hungry}; true`]);
  const {peak, stop} = watchMemory(child.pid);
  // The limit is the test's own: a slow machine takes longer.
  while ((peak() ?? 0) < 64 * 1024 ** 2) await delay(20);
  child.send('SIGKILL');
  await child.ended;
  stop();
  expect(peak()).toBeGreaterThan(64 * 1024 ** 2);
});

test('a run that ended before it could be measured has no peak', async () => {
  const child = await startChild('/bin/sh', ['-c', 'true']);
  await child.ended;
  const {peak, stop} = watchMemory(child.pid);
  await delay(100);
  stop();
  expect(peak()).toBeUndefined();
});

test('uses the order, the file endings, the file contents and the environment of a client', async () => {
  const {lines} = await openExecutable(echo).run(
    'read',
    {config: {}, catalog: {}},
    {
      order: ['state', 'catalog', 'config'],
      endings: {catalog: 'txt'},
      texts: {state: 'null'},
      environment: {WORD: 'theirs'},
      stderr: 'merged',
    },
  );
  expect([lines[0]?.json, lines.map(({text}) => text).slice(1)]).toEqual([
    {
      args: [
        'read',
        ...['--state', 'state.json', '--catalog', 'catalog.txt'],
        '--config',
        'tap_config.json',
      ],
      files: ['null', '{}', '{}'],
      word: 'theirs',
    },
    ['not JSON', 'a complaint'],
  ]);
});

const endless = script(
  'endless',
  `let n = 0;
   process.on('SIGTERM', () => { console.log('last'); process.exit(0); });
   setInterval(() => console.log(String(n++)), 1);`,
);

test('ends a run by the signal of the client, and reads what it prints after it', async () => {
  const until = (action: 'terminate' | 'kill') =>
    openExecutable(endless).run(
      'spec',
      {},
      {onLine: (_, index) => (index < 2 ? 'continue' : action)},
    );
  const [terminated, killed] = [await until('terminate'), await until('kill')];
  expect([terminated.lines.at(-1)?.text, terminated.exit, terminated.cut]).toEqual([
    'last',
    {code: 0, signal: null},
    true,
  ]);
  expect([killed.exit, killed.cut]).toEqual([{code: null, signal: 'SIGKILL'}, true]);
});

test('a run is killed after its timeout, with all of its children', async () => {
  const nested = script('nested', `require('node:child_process').spawnSync('sleep', ['600']);`);
  const {hung, exit} = await openExecutable(nested).run('spec', {}, {timeout: 300});
  expect([hung, exit]).toEqual([true, {code: null, signal: 'SIGKILL'}]);
});

test('a run ends at the exit of its program, even if a child holds stdout and stderr open', async () => {
  const parent = script(
    'parent',
    `require('node:child_process').spawn('sleep', ['60'], {stdio: 'inherit', detached: true}).unref();
     console.log('{}');`,
  );
  const {lines, exit, took, hung} = await openExecutable(parent).run('spec', {});
  expect([lines.map(({text}) => text), exit, hung]).toEqual([
    ['{}'],
    {code: 0, signal: null, leftOpen: true},
    undefined,
  ]);
  expect(took).toBeLessThan(20_000);
});

test('an undrained stderr is read at the end', async () => {
  const {stderr} = await openExecutable(echo).run('spec', {}, {stderr: 'undrained'});
  expect(stderr).toBe('a complaint\n');
});

test('a long stderr is complete, even if the program ends before it is drained', async () => {
  const loud = script('loud', "process.stderr.write('x'.repeat(100_000));");
  const {stderr} = await openExecutable(loud).run('spec', {}, {stderr: 'undrained'});
  expect(stderr).toBe('x'.repeat(100_000));
});

test('joins an option and its value into one word, or passes other arguments', async () => {
  const connector = openExecutable(echo);
  const argsOf = async (style: CallStyle) => {
    const {lines} = await connector.run('check', {config: {a: 1}}, style);
    return JSON.parse(lines[0]?.text ?? '').args;
  };
  expect(await argsOf({equals: true, mode: 0o444})).toEqual(['check', 'tap_config.json']);
  expect(await argsOf({words: ['nonsense', '--help']})).toEqual(['nonsense', '--help']);
});

test('a program that does not exist is a usage error', () => {
  expect(() => openExecutable('./nowhere spec')).toThrow(
    '--exec ./nowhere spec: there is no such executable',
  );
});

describe('output without an end is cut, and blamed on the connector', () => {
  const MIB = 1024 * 1024;
  const whileTrue = (print: string): string =>
    `const write = () => { while (process.stdout.write(${print})) {} process.stdout.once('drain', write); }; write();`;

  test.each([
    ['one line', "'x'.repeat(65_536)", 'a line of more than 4 MiB', 0],
    [
      'one line of a message',
      `'{"type":"LOG","log":{"x":"' + 'x'.repeat(9e6)`,
      'a line of more than 4 MiB',
      0,
    ],
    ['lines', '\'{"type":"LOG"}\\n\'.repeat(1000)', 'more than 4 MiB of output', 100],
    ['long lines', "'x'.repeat(20_000) + '\\n'", 'more than 4 MiB of output', 100],
    ['empty lines', "'\\n'.repeat(1000)", 'more than 4 MiB of output', 100],
    ['bytes that are not UTF-8', 'Buffer.alloc(65_536, 0xff)', 'a line of more than 4 MiB', 0],
  ])('%s', async (name, print, excess, kept) => {
    const program = script(name.replaceAll(' ', '-'), whileTrue(print));
    const run = await openExecutable(program).run('read', {}, {maxOutput: 4 * MIB});
    expect([run.excess, run.exit.signal ?? 'SIGKILL', run.lines.length]).toEqual([
      ...[excess, 'SIGKILL', kept],
    ]);
    expect(Math.max(0, ...run.lines.map(({text}) => text.length))).toBeLessThanOrEqual(10_000);
    expect(failureOf(run)).toMatchObject({
      reason: `\`read\` printed ${excess}, and was killed`,
      advice: expect.stringContaining('Print one message on each line, and end.'),
    });
  });

  test('as much as is allowed is kept whole', async () => {
    const program = script(
      'much',
      `process.stdout.write(('x'.repeat(1023) + '\\n').repeat(1024));`,
    );
    const run = await openExecutable(program).run('read', {}, {maxOutput: 2 * MIB});
    expect([run.excess, run.lines.length, run.exit.code]).toEqual([undefined, 1024, 0]);
  });
});
