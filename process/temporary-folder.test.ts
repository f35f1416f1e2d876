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
import {isAbsolute, join, relative} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {UsageError} from './errors.ts';
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

test('a relative TMPDIR leads to an absolute path, which a container can mount', async () => {
  const made = await makeTemporaryFolder('headwater-c-', {parent: relative(process.cwd(), parent)});
  await made.remove();
  expect(isAbsolute(made.path)).toBe(true);
});

test.each([
  ['is missing', 'nowhere', 'it does not exist'],
  ['is a file', 'file', 'it is not a folder'],
])('a TMPDIR that %s is a usage error', async (_what, name, reason) => {
  writeFileSync(join(parent, 'file'), '');
  const path = join(parent, name);
  await expect(makeTemporaryFolder('headwater-d-', {parent: path})).rejects.toEqual(
    new UsageError(
      `No folder can be made in ${path}, which is for temporary files: ${reason}. Set TMPDIR to a folder that this user may write to.`,
    ),
  );
  await clearTemporaryFolders('headwater-d-', path);
});
