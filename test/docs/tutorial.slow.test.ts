// docs/tutorial.md in a fresh copy of the checkout. test/package/ follows it in a repository of its own, and builds the image.
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {copyCheckout} from '../e2e/checkout.ts';
import {ROOT, runProgram} from '../e2e/run-program.ts';
import {followTutorial, PROMISED} from './tutorial.ts';

const {folder, remove} = copyCheckout();
afterAll(remove);

const shell = async (commands: string): Promise<string> => {
  const {status, stdout, stderr} = await runProgram('/bin/sh', [
    '-ec',
    `cd "$0"\nunset HEADWATER_TESTS\n${commands}`,
    folder,
  ]);
  if (status !== 0) throw new Error(`This ended with ${status}:\n${commands}${stdout}${stderr}`);
  return stdout + stderr;
};

test('every step of docs/tutorial.md works', async () => {
  const leaveOut = ['sh create', 'sh docker'];
  const {printed, ...landed} = await followTutorial({folder, shell, leaveOut});
  expect(printed).toContain('toolshed works with this config.\n');
  expect(landed).toEqual(PROMISED);
  expect(printed).toContain('sources/toolshed/main.ts passes.');
}, 600_000);

test('the source of docs/tutorial.md follows the lint rules', async () => {
  const {status, stdout, stderr} = await runProgram(join(ROOT, 'node_modules/.bin/biome'), [
    ...['lint', join(folder, 'sources/toolshed')],
  ]);
  expect({status, said: status === 0 ? '' : stdout + stderr}).toEqual({status: 0, said: ''});
}, 60_000);
