// A fresh copy of the checkout: tracked files, and new files that git does not ignore.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {ROOT} from './run-program.ts';

const LIST_FILES = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];

/** Copies the checkout to a temporary folder, which shares the node_modules of this one. */
export const copyCheckout = () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-checkout-'));
  const {stdout} = spawnSync('git', LIST_FILES, {cwd: ROOT, encoding: 'utf8'});
  for (const path of stdout.split('\0').filter(Boolean)) {
    mkdirSync(join(folder, dirname(path)), {recursive: true});
    cpSync(join(ROOT, path), join(folder, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {folder, remove: () => rmSync(folder, {recursive: true, force: true})};
};
