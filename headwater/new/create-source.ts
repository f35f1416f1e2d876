// Makes a working, tested source from the template.
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join, relative} from 'node:path';
import {promisify} from 'node:util';
import {UsageError} from '../../process/errors.ts';
import {KIT, manifestOf, projectHere} from '../../process/project.ts';
import {staleFiles} from '../generate/generate.ts';
import {folderOf, writeFiles} from './files.ts';
import {type Names, namesOf} from './names.ts';

const nextSteps = ({name}: Names, paths: readonly string[], docs: string): string => `
${paths.map((path) => `  ${path}`).join('\n')}

It already works, with its own fake API:

  npm test -- ${name}
  npx headwater test ${name}

To make it yours:

  1. sources/${name}/spec.json describes the config, schemas/*.json the records. Then \`npm run generate\`.
  2. sources/${name}/index.ts has the address of the API, the credentials and the streams (${docs}/authoring.md).
  3. sources/${name}/fake-api/index.ts responds as the API's documentation says (${docs}/fake-apis.md).
  4. sources/${name}/metadata.yaml lists hosts and streams. README.md and icon.svg are for people.
  5. sources/${name}/integration_tests/ has configs, a future state, and records that a read must emit.
`;

/** The length of the name decides where lines must break. A repository without the formatter keeps them as they are. */
const format = async (root: string, folder: string): Promise<void> => {
  const biome = join(root, 'node_modules/.bin/biome');
  if (existsSync(biome)) {
    await promisify(execFile)(biome, ['check', '--write', folder], {cwd: root});
  }
};

/** Makes the files of a source, with generated types. Throws a UsageError if the name is not valid or taken. */
export const createSource = async (given: string): Promise<void> => {
  const names = namesOf(given);
  if (names === undefined) {
    throw new UsageError(
      `${JSON.stringify(given)} cannot be the name of a source: use up to 40 lower-case letters, digits and single hyphens, a letter first, and no word of JavaScript, such as my-crm.`,
    );
  }
  const root = projectHere();
  const folder = folderOf(names);
  if (existsSync(join(root, folder)))
    throw new UsageError(`${folder} already exists: choose another name, or remove it.`);
  const paths = await writeFiles(root, names, await manifestOf(root));
  await staleFiles(root, {write: true});
  await format(root, folder);
  const docs = relative(root, join(KIT, 'docs'));
  process.stdout.write(`Made source ${names.name}:\n${nextSteps(names, paths, docs)}`);
};
