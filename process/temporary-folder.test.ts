import {spawnSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {clearTemporaryFolders, makeTemporaryFolder} from './temporary-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'headwater-test-'));
afterAll(() => rmSync(parent, {recursive: true, force: true}));

test('a folder is only for its user, and is removed with all in it', async () => {
  const made = await makeTemporaryFolder('headwater-a-', {parent});
  writeFileSync(join(made.path, 'config.json'), '{}');
  const mode = statSync(made.path).mode & 0o777;
  await made.remove();
  expect([made.path.startsWith(join(parent, 'headwater-a-')), mode, readdirSync(parent)]).toEqual([
    true,
    0o700,
    [],
  ]);
});

test('the folder of a process that was killed is cleared, those of others are not', async () => {
  const running = await makeTemporaryFolder('headwater-b-', {parent});
  mkdirSync(join(parent, 'headwater-b-unknown'));
  const {stdout} = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import {makeTemporaryFolder} from ${JSON.stringify(join(import.meta.dirname, 'temporary-folder.ts'))};
       const {path} = await makeTemporaryFolder('headwater-b-', {parent: ${JSON.stringify(parent)}});
       console.log(path);
       process.kill(process.pid, 'SIGKILL');
       setInterval(() => {}, 1000);`,
    ],
    {encoding: 'utf8'},
  );
  const killed = stdout.trim();
  const left = existsSync(killed);
  await clearTemporaryFolders('headwater-b-', parent);
  expect([left, existsSync(killed), existsSync(running.path), readdirSync(parent).length]).toEqual([
    ...[true, false, true, 2],
  ]);
  await running.remove();
});

test('a directory for temporary files that does not exist is an error that names the variable', async () => {
  const nowhere = join(parent, 'nowhere');
  await expect(makeTemporaryFolder('headwater-c-', {parent: nowhere})).rejects.toThrow(
    /^No file can be written to .*nowhere: ENOENT.*\. Set TMPDIR to a directory that exists and that you may write to\.$/,
  );
  await clearTemporaryFolders('headwater-c-', nowhere);
});
