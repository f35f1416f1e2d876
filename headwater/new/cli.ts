// `headwater new <name>`: a source that works and is tested, to be made into one's own.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {Command, CommanderError} from 'commander';
import {foldersOf, folderThere, writeFiles} from './files.ts';
import {type Names, namesOf} from './names.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXIT_USAGE = 2;

const run = (program: string, ...args: readonly string[]) =>
  promisify(execFile)(program, args, {cwd: ROOT});

const nextSteps = ({name}: Names, paths: readonly string[]): string => `
${paths.map((path) => `  ${path}`).join('\n')}

It works as it stands, against a fake API of its own:

  npm test -- ${name}
  npm run test:acceptance -- ${name}

To make it yours:

  1. sources/${name}/spec.json: what a config needs. schemas/*.json: what records look like. Then \`npm run generate\`.
  2. sources/${name}/index.ts: where the API is, who asks, which streams there are (docs/authoring.md).
  3. acceptance-tests/fake-apis/${name}/index.ts: what the API answers, by its documentation (acceptance-tests/fake-apis/README.md).
  4. sources/${name}/metadata.yaml: its hosts and streams; README.md and icon.svg: for people.
  5. sources/${name}/integration_tests/: configs, a state of the future, and records that a read must give.
`;

const fail = (message: string): void => {
  process.stderr.write(`error: ${message}\n`);
  process.exitCode = EXIT_USAGE;
};

const create = async (given: string): Promise<void> => {
  const names = namesOf(given);
  if (names === undefined) {
    return fail(
      `${JSON.stringify(given)} can't be the name of a source: take up to 40 small letters, digits and single hyphens, a letter first, and no word of JavaScript, such as my-crm.`,
    );
  }
  const taken = await folderThere(ROOT, names);
  if (taken !== undefined)
    return fail(`${taken} is there already: take another name, or remove it.`);
  const paths = await writeFiles(ROOT, names);
  await run(process.execPath, 'scripts/generate-types.js');
  // Lines are as long as the name makes them.
  await run(join(ROOT, 'node_modules/.bin/biome'), 'check', '--write', ...foldersOf(names));
  process.stdout.write(`Source ${names.name} is made:\n${nextSteps(names, paths)}`);
};

/** The whole of `headwater new`: reads the command line, runs it, sets the exit code. */
export const main = async (argv: readonly string[]): Promise<void> => {
  const command = new Command('headwater new')
    .description(
      'Makes a source that works, with its tests and a fake API, to be made into your own.',
    )
    .argument('<name>', 'small letters, digits and hyphens, such as my-crm')
    .exitOverride()
    .action(create);
  try {
    await command.parseAsync(argv.slice(1));
  } catch (error) {
    // It has said already what is wrong, or what --help is asked for.
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) process.exitCode = EXIT_USAGE;
  }
};
