// All blocks of docs/tutorial.md, unchanged and in order, in a fresh copy of the checkout: each named file is
// written, each command runs, and the source ends as the page says. Blocks for docker are left out: the image's tests build images.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, expect, test} from '@jest/globals';
import {copyCheckout} from '../e2e/checkout.ts';
import {ROOT, runProgram} from '../e2e/run-program.ts';

const page = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8');
const {folder, remove} = copyCheckout();

type Block = {readonly path: string; readonly language: string; readonly content: string};

const blocks: readonly Block[] = [
  ...page.matchAll(/^(?:`(\S+\/\S+)`\n\n)?```([^\n]+)\n(.*?)^```$/gms),
].map(([, path = '', language = '', content = '']) => ({path, language, content}));

let server: ChildProcess | undefined;
const stopServer = async (): Promise<void> => {
  if (server === undefined || server.exitCode !== null) return;
  const closed = once(server, 'close');
  server.kill('SIGTERM');
  await closed;
};
afterAll(async () => {
  await stopServer();
  remove();
});

/** The fake API listens after it has printed its address. A reader of the page stops the previous one by hand. */
const serve = async (command: string): Promise<void> => {
  await stopServer();
  server = spawn('/bin/sh', ['-c', `exec ${command}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`The fake API did not start: it ended with ${code}.\n${command}`);
  });
  if (server.stdout) await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  ended.catch(() => {}); // it ends when the page stops it
};

const write = ({path, content}: Block): void => {
  mkdirSync(join(folder, dirname(path)), {recursive: true});
  writeFileSync(join(folder, path), content);
};

/** Runs a block in one shell, which stops at the first command that fails. Resolves to its output. */
const shell = async (commands: string): Promise<string> => {
  const {status, stdout, stderr} = await runProgram('/bin/sh', [
    '-ec',
    `cd "$0"\n${commands}`,
    folder,
  ]);
  if (status !== 0) throw new Error(`This ended with ${status}:\n${commands}${stdout}${stderr}`);
  return stdout + stderr;
};

const rowsIn = (directory: string, stream: string): readonly number[] =>
  readdirSync(join(folder, directory))
    .filter((name) => name.startsWith(`toolshed_${stream}_`))
    .map(
      (name) =>
        readFileSync(join(folder, directory, name), 'utf8')
          .trim()
          .split('\n').length,
    );

test('every step of docs/tutorial.md works', async () => {
  let printed = '';
  for (const block of blocks) {
    if (block.path !== '') write(block);
    else if (block.language === 'sh') printed += await shell(block.content);
    else if (['sh server', 'sh weather'].includes(block.language)) await serve(block.content);
    else expect(block.language).toBe('sh docker');
  }
  expect(printed).toContain('toolshed works with this config.\n');
  expect(rowsIn('landing', 'tools').toSorted((a, b) => b - a)).toEqual([60, 1]);
  expect(rowsIn('landing', 'loans')).toEqual([162]);
  expect([rowsIn('weather', 'tools'), rowsIn('weather', 'loans')]).toEqual([[60], [162]]);
  expect(printed).toContain('sources/toolshed/main.ts passes.');
}, 600_000);

test('the source of docs/tutorial.md follows the lint rules', async () => {
  const {status, stdout, stderr} = await runProgram(join(ROOT, 'node_modules/.bin/biome'), [
    'lint',
    ...['sources', 'acceptance-tests/fake-apis'].map((path) => join(folder, path, 'toolshed')),
  ]);
  expect({status, said: status === 0 ? '' : stdout + stderr}).toEqual({status: 0, said: ''});
}, 60_000);
