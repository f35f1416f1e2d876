// Folders outside of the checkout, in which the packages are used as strangers use them.
import {mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {type Ended, ROOT, runProgram} from '../e2e/run-program.ts';

export const makeOutside = () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-package-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
  return {
    folder,
    /** A folder for PATH, with the Node of this run only. */
    bin: join(folder, 'bin'),
    remove: (): void => rmSync(folder, {recursive: true, force: true}),
  };
};

/** Settings that npm and jest hand on, which a stranger's shell does not have. How to reach the registry stays. */
const OURS =
  /^(npm_(?!config_(registry|cafile|ca|https?_proxy|proxy|noproxy|cache|userconfig)$)|JEST_|HEADWATER_|NODE_(ENV|OPTIONS|PATH|COMPILE_CACHE)$|INIT_CWD$)/i;

/** The variables of a stranger's shell, with the Node of this run and without the tools of the checkout. */
export const envOutside = (bin: string): NodeJS.ProcessEnv => {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((each) => !each.startsWith(ROOT));
  const env = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return {...Object.fromEntries(env), PATH: [bin, ...path].join(delimiter)};
};

/** Runs a command in the shell of a stranger. */
export const shellOutside = (bin: string, folder: string, command: string): Promise<Ended> => {
  const {PATH = ''} = envOutside(bin);
  const unset = Object.keys(process.env).filter((name) => OURS.test(name));
  return runProgram(
    '/bin/sh',
    ['-c', `unset ${unset.join(' ')}; cd "$0" || exit\n${command}`, folder],
    {PATH},
  );
};
