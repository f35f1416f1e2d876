// What the installers of other people's programs share (install-servers.js, install-clients.js).
import {execFile} from 'node:child_process';
import {access, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';

/** A mirror that is slow is waited for, but not for ever. */
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

/** A note of what was asked for: an installation that was cut off, or is of other versions, is done again. */
export const once = async (folder, asked, install) => {
  const note = join(folder, 'installed.txt');
  const wanted = asked.join('\n');
  if ((await readFile(note, 'utf8').catch(() => '')) === wanted) return;
  await mkdir(folder, {recursive: true});
  await install();
  await writeFile(note, wanted);
};

/** A virtual environment of its own, with these packages. */
export const installPython = (folder, packages, python = 'python3') =>
  once(folder, packages, async () => {
    await run(python, ['-m', 'venv', folder]);
    await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages]);
  });

/** Adds to the folder's installed.json: by name true, or why there is none; what is missing is told. */
export const report = async (folder, entries) => {
  const path = join(folder, 'installed.json');
  const before = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  const installed = {...before, ...Object.fromEntries(entries)};
  await writeFile(path, `${JSON.stringify(installed, null, 2)}\n`);
  for (const [name, there] of entries) if (there !== true) console.log(`No ${name}: ${there}`);
};
