// The commands of docs/acceptance-tests.md, run unchanged in a fresh copy of the checkout.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {copyCheckout} from '../e2e/checkout.ts';
import {ROOT, runProgram} from '../e2e/run-program.ts';

const page = readFileSync(join(ROOT, 'docs/acceptance-tests.md'), 'utf8');
const {folder, remove} = copyCheckout();
afterAll(remove);

test('the commands of docs/acceptance-tests.md pass on faker, and write their reports', async () => {
  const [, commands = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const {status, stdout} = await runProgram('/bin/sh', ['-ec', `cd "$0"\n${commands}`, folder]);
  expect({status, passes: stdout.match(/ passes\. /g)}).toEqual({
    status: 0,
    passes: [' passes. ', ' passes. '],
  });
  expect(['report.json', 'report.xml'].map((name) => existsSync(join(folder, name)))).toEqual([
    true,
    true,
  ]);
}, 120_000);
