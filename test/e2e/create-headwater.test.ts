// The initializer when npm fails. test/package/ makes a repository with the published package.
import {chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {ROOT, runProgram} from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-create-'));
afterAll(() => rmSync(folder, {recursive: true}));

const create = (repository: string, npm: string) => {
  const initializer = join(folder, 'create');
  cpSync(join(ROOT, 'packages/create-headwater'), initializer, {recursive: true});
  writeFileSync(join(initializer, 'versions.json'), '{"headwater": "0.1.0"}');
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${npm}\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const args = [join(initializer, 'create.js'), join(folder, repository), 'crm'];
  return runProgram(process.execPath, args, {
    PATH: [folder, process.env['PATH']].join(delimiter),
  });
};

test('names both commands that finish the job if `npm install` fails', async () => {
  expect(await create('one', 'exit 7')).toEqual({
    status: 1,
    stdout: '',
    stderr: `\`npm install\` in ${join(folder, 'one')} ended with 7: mend the cause, and finish the job there with \`npm install && npx headwater new crm\`.\n`,
  });
});

test('names the command that finishes the job if the source is not made', async () => {
  const bin = 'node_modules/headwater/bin.cjs';
  const {stderr} = await create(
    'two',
    `mkdir -p node_modules/headwater; echo 'process.exit(2)' > ${bin}`,
  );
  expect(stderr).toMatch(
    / ended with 2: mend the cause, and finish the job there with `npx headwater new crm`\.\n$/,
  );
});
