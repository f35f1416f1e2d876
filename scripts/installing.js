// Shared by install-servers.js and install-clients.js.
import {execFile} from 'node:child_process';
import {access, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';

/** In milliseconds. Enough for a slow mirror. */
const LIMIT = 600_000;

export const run = async (command, args, env = {}) => {
  const {stdout} = await promisify(execFile)(command, args, {
    env: {...process.env, ...env},
    timeout: LIMIT,
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
};

export const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

const lastLines = (text) => text.trim().split('\n').slice(-3).join(' ');

export const reasonOf = (error) =>
  error.code === 'ENOENT'
    ? `there is no ${error.path} command`
    : lastLines(error.stderr || error.message);

/** Keeps a note of the installed packages: an interrupted installation, or one of other versions, is repeated. */
export const once = async (folder, packages, install) => {
  const note = join(folder, 'installed.txt');
  const wanted = packages.join('\n');
  if ((await readFile(note, 'utf8').catch(() => '')) === wanted) return;
  await mkdir(folder, {recursive: true});
  await install();
  await writeFile(note, wanted);
};

/** Creates a virtual environment with these packages. */
export const installPython = (folder, packages, python = 'python3') =>
  once(folder, packages, async () => {
    await run(python, ['-m', 'venv', folder]);
    await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages]);
  });

/** Adds the results to the folder's installed.json, and logs what is missing. */
export const report = async (folder, entries) => {
  const path = join(folder, 'installed.json');
  const before = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  const installed = {...before, ...Object.fromEntries(entries)};
  await writeFile(path, `${JSON.stringify(installed, null, 2)}\n`);
  for (const [name, result] of entries) if (result !== true) console.log(`No ${name}: ${result}`);
};
