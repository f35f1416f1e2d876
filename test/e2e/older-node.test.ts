// A repository whose Node is too old, elsewhere or not installed yet, gets one line that says what to do.
import {chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {ROOT, runProgram} from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-older-node-'));
afterAll(() => rmSync(folder, {recursive: true}));

const write = (path: string, text: string): string => {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), {recursive: true});
  writeFileSync(whole, text);
  chmodSync(whole, 0o755);
  return whole;
};

const copy = (from: string, to: string): string => {
  const whole = join(folder, to);
  mkdirSync(dirname(whole), {recursive: true});
  copyFileSync(join(ROOT, from), whole);
  return whole;
};

test('the preset of jest ends an older Node with one line', async () => {
  const old = write(
    'old.cjs',
    `Object.defineProperty(process.versions, 'node', {value: '20.11.0'});`,
  );
  const preset = join(ROOT, 'cdk/testing/jest/preset.ts');
  const {status, stderr} = await runProgram(process.execPath, ['--require', old, preset]);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^Node 24 or newer is needed, and this is Node 20\.11\.0: install .*\n$/),
  ]);
});

test('scripts/node.sh runs the Node in node_modules of a folder above', async () => {
  const script = copy('scripts/node.sh', 'work/space/repository/scripts/node.sh');
  write('work/node_modules/.bin/node', '#!/bin/sh\necho "above: $*"\n');
  const {stdout} = await runProgram('/bin/sh', [script, 'main.ts']);
  expect(stdout).toMatch(/^above: --require .* main\.ts\n$/);
});

test('scripts/node.sh of a new repository finds the kit in a folder above, or says that it is not installed', async () => {
  const template = 'packages/create-headwater/template/scripts/node.sh.txt';
  const script = copy(template, 'mono/repository/scripts/node.sh');
  expect(await runProgram('/bin/sh', [script, 'main.ts'])).toEqual({
    status: 1,
    stdout: '',
    stderr: 'headwater is not installed: run `npm install`.\n',
  });
  write('mono/node_modules/headwater/scripts/node.sh', 'echo "kit: $*"\n');
  const {status, stdout} = await runProgram('/bin/sh', [script, 'main.ts', '--port', '0']);
  expect([status, stdout]).toEqual([0, 'kit: main.ts --port 0\n']);
});
