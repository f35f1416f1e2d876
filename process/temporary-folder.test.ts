import {mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {isAbsolute, join, relative} from 'node:path';
import {afterEach, beforeEach, expect, test} from '@jest/globals';
import {UsageError} from './errors.ts';
import {makeTemporaryFolder} from './temporary-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headwater-temporary-'));
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

test('a temporary folder is for this user only', async () => {
  const folder = await makeTemporaryFolder('x-', root);
  expect(folder.startsWith(join(root, 'x-'))).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a relative TMPDIR leads to an absolute path, which a container can mount', async () => {
  const folder = await makeTemporaryFolder('x-', relative(process.cwd(), root));
  expect(isAbsolute(folder)).toBe(true);
});

test.each([
  ['is missing', 'nowhere', 'it does not exist'],
  ['is a file', 'file', 'it is not a folder'],
])('a TMPDIR that %s is a usage error', async (_what, name, reason) => {
  writeFileSync(join(root, 'file'), '');
  await expect(makeTemporaryFolder('x-', join(root, name))).rejects.toEqual(
    new UsageError(
      `No folder can be made in ${join(root, name)}, which is for temporary files: ${reason}. Set TMPDIR to a folder that this user may write to.`,
    ),
  );
});
