// Installs the clients with which `npm run test:clients` runs our sources, each into its own virtual environment in
// `.clients/` of the checkout, unless it is already there. `node scripts/install-clients.js [client …]`
// Writes `.clients/installed.json`: for each client true, or the reason why it is missing.
import {glob, mkdir} from 'node:fs/promises';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {installPython, reasonOf, report, run} from './installing.js';

const FOLDER = fileURLToPath(new URL('../.clients', import.meta.url));

/** Pinned, because docs/clients.md describes these versions. */
const CLIENTS = {
  // PyAirbyte depends on Airbyte's Python CDK, so one environment has both, and the CDK's standard tests.
  pyairbyte: {
    python: ['3.11', '3.12'],
    packages: ['airbyte==0.71.0', 'airbyte-cdk==7.39.1', 'pytest==8.4.2'],
  },
  'airbyte-serverless': {python: ['3.11', '3.12'], packages: ['airbyte-serverless==0.37']},
  // Its package does not allow a newer Python.
  'tap-airbyte': {python: ['3.10'], packages: ['tap-airbyte==0.0.2']},
  'target-jsonl': {python: ['3.11', '3.12'], packages: ['target-jsonl==0.1.4']},
};

const exists = (command) =>
  run(command, ['--version']).then(
    () => true,
    () => false,
  );

/** Looks for a Python of one of these versions on the PATH, and among pyenv's, of which only one is on the PATH. */
const findPython = async (versions) => {
  const pyenv = process.env.PYENV_ROOT ?? join(homedir(), '.pyenv');
  for (const version of versions) {
    const commands = [`python${version}`];
    const pattern = `versions/${version}.*/bin/python3`;
    for await (const path of glob(pattern, {cwd: pyenv})) commands.push(join(pyenv, path));
    for (const command of commands) if (await exists(command)) return command;
  }
  throw new Error(`there is no Python ${versions.join(' or ')}`);
};

/** Returns true, or the reason why the client is missing. */
const install = async (name) => {
  const {python, packages} = CLIENTS[name];
  try {
    await installPython(join(FOLDER, name), packages, await findPython(python));
    return true;
  } catch (error) {
    return reasonOf(error);
  }
};

const installClients = async (names) => {
  await mkdir(FOLDER, {recursive: true});
  const entries = await Promise.all(names.map(async (name) => [name, await install(name)]));
  await report(FOLDER, entries);
};

/** Called by jest before the tests. */
export default () => installClients(Object.keys(CLIENTS));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  await installClients(names.length > 0 ? names : Object.keys(CLIENTS));
}
