// Installs the kit's peers into `.bench` of the checkout, unless they are already there.
import {execFile} from 'node:child_process';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {bundleProgram} from '../../headwater/bundle/bundle.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const FOLDER = join(ROOT, '.bench');

export const FAROS = {
  'faros-airbyte-cdk': '0.23.19',
  // It imports these without declaring them.
  commander: '14.0.3',
  'faros-js-client': '0.7.9',
  lodash: '4.18.1',
};

export const PYTHON = {'airbyte-cdk': '7.39.0'};

const run = promisify(execFile);

/** Keeps a note of the installed versions: an interrupted installation, or one of other versions, is repeated. */
const once = async (folder, versions, install) => {
  const note = join(folder, 'installed.json');
  const wanted = JSON.stringify(versions);
  if ((await readFile(note, 'utf8').catch(() => '')) === wanted) return;
  await rm(folder, {recursive: true, force: true});
  await mkdir(folder, {recursive: true});
  await install();
  await writeFile(note, wanted);
};

const installFaros = async () => {
  const folder = join(FOLDER, 'faros');
  await once(folder, FAROS, async () => {
    const content = {name: 'bench-faros', private: true, dependencies: FAROS};
    await writeFile(join(folder, 'package.json'), JSON.stringify(content));
    await run(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
      {cwd: folder},
    );
  });
};

/** Returns undefined, or the reason why it can't be installed. */
const installPython = async () => {
  const folder = join(FOLDER, 'python');
  const packages = Object.entries(PYTHON).map(([name, version]) => `${name}==${version}`);
  try {
    await once(folder, PYTHON, async () => {
      await run('python3', ['-m', 'venv', folder]);
      await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages]);
    });
    return undefined;
  } catch (error) {
    if (error.code === 'ENOENT') return `there is no ${error.path} command`;
    return String(error.stderr || error.message)
      .trim()
      .split('\n')
      .at(-1);
  }
};

/**
 * Bundles the kit's program and installs its peers. Airbyte's own kit needs `python: true` and an installed Python.
 * @returns undefined, or the reason why Airbyte's own kit is missing
 */
export const install = async ({python}) => {
  await bundleProgram(ROOT, 'bench/peers/programs/kit.js', '.bench/kit.js');
  await installFaros();
  return python ? installPython() : 'it was not requested';
};
