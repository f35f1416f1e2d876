// A fresh copy of the checkout: what git knows of, and what it does not ignore.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {ROOT} from './run-program.ts';

const ASK_GIT = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];

/** Gives the folder of the copy, which has the packages of this one, and removes it again. */
export const copyCheckout = () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-checkout-'));
  const {stdout} = spawnSync('git', ASK_GIT, {cwd: ROOT, encoding: 'utf8'});
  for (const path of stdout.split('\0').filter(Boolean)) {
    mkdirSync(join(folder, dirname(path)), {recursive: true});
    cpSync(join(ROOT, path), join(folder, path));
  }
  // npm install is CI's first step already; here its result is lent.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {folder, remove: () => rmSync(folder, {recursive: true, force: true})};
};
