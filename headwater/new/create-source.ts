// Makes a working, tested source from the template.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {UsageError} from '../../process/errors.ts';
import {existingFolder, foldersOf, writeFiles} from './files.ts';
import {type Names, namesOf} from './names.ts';

const ROOT = join(import.meta.dirname, '../..');

const run = (program: string, ...args: readonly string[]) =>
  promisify(execFile)(program, args, {cwd: ROOT});

const nextSteps = ({name}: Names, paths: readonly string[]): string => `
${paths.map((path) => `  ${path}`).join('\n')}

It already works, with its own fake API:

  npm test -- ${name}
  npm run test:acceptance -- ${name}

To make it yours:

  1. sources/${name}/spec.json describes the config, schemas/*.json the records. Then \`npm run generate\`.
  2. sources/${name}/index.ts has the address of the API, the credentials and the streams (docs/authoring.md).
  3. acceptance-tests/fake-apis/${name}/index.ts responds as the API's documentation says (acceptance-tests/fake-apis/README.md).
  4. sources/${name}/metadata.yaml lists hosts and streams. README.md and icon.svg are for people.
  5. sources/${name}/integration_tests/ has configs, a future state, and records that a read must emit.
`;

/** Makes the files of a source, with generated types. Throws a UsageError if the name is not valid or taken. */
export const createSource = async (given: string): Promise<void> => {
  const names = namesOf(given);
  if (names === undefined) {
    throw new UsageError(
      `${JSON.stringify(given)} cannot be the name of a source: use up to 40 lower-case letters, digits and single hyphens, a letter first, and no word of JavaScript, such as my-crm.`,
    );
  }
  const taken = await existingFolder(ROOT, names);
  if (taken !== undefined)
    throw new UsageError(`${taken} already exists: choose another name, or remove it.`);
  const paths = await writeFiles(ROOT, names);
  await run(process.execPath, 'scripts/generate-types.js');
  // The length of the name decides where lines must break.
  await run(join(ROOT, 'node_modules/.bin/biome'), 'check', '--write', ...foldersOf(names));
  process.stdout.write(`Made source ${names.name}:\n${nextSteps(names, paths)}`);
};
