// What `headwater new` makes: a source that works and is tested, to be made into one's own.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {UsageError} from '../../process/errors.ts';
import {foldersOf, folderThere, writeFiles} from './files.ts';
import {type Names, namesOf} from './names.ts';

const ROOT = join(import.meta.dirname, '../..');

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

/** Makes the files of a source, with its types; fails with a UsageError where the name can't be one, or is taken. */
export const createSource = async (given: string): Promise<void> => {
  const names = namesOf(given);
  if (names === undefined) {
    throw new UsageError(
      `${JSON.stringify(given)} can't be the name of a source: take up to 40 small letters, digits and single hyphens, a letter first, and no word of JavaScript, such as my-crm.`,
    );
  }
  const taken = await folderThere(ROOT, names);
  if (taken !== undefined)
    throw new UsageError(`${taken} is there already: take another name, or remove it.`);
  const paths = await writeFiles(ROOT, names);
  await run(process.execPath, 'scripts/generate-types.js');
  // Lines are as long as the name makes them.
  await run(join(ROOT, 'node_modules/.bin/biome'), 'check', '--write', ...foldersOf(names));
  process.stdout.write(`Source ${names.name} is made:\n${nextSteps(names, paths)}`);
};
