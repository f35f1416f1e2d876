// acceptance-test-config.yml -> settings.
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {migrate} from './migrate.ts';
import {readYaml} from './read-file.ts';
import type {Settings} from './settings.ts';
import {suitesOf} from './settings-of.ts';
import {validate} from './validate.ts';

/** A file that can't be read is as none here: metadata.test_metadata_file says what is wrong with it. */
const metadataOf = async (folder: string): Promise<Settings['metadata']> => {
  const path = join(folder, 'metadata.yaml');
  if (!existsSync(path)) return undefined;
  const file = await readYaml(path).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
  });
  if (file === undefined) return undefined;
  const data = typeof file === 'object' && file !== null && 'data' in file ? file.data : undefined;
  return typeof data === 'object' && data !== null ? {...data} : {};
};

/** The settings of what a file holds; fails with a UsageError that has a line for each thing that is wrong. */
export const settingsOf = async (file: unknown, path: string): Promise<Settings> => {
  const result = validate(migrate(file));
  if ('problems' in result) {
    throw new UsageError(result.problems.map((problem) => `${path}: ${problem}`).join('\n'));
  }
  const {config} = result;
  const folder = resolve(dirname(path), config.base_path ?? '.');
  return {
    folder,
    strictness: config.test_strictness_level ?? 'low',
    suites: suitesOf(config, folder),
    image: config.connector_image,
    environment: Object.fromEntries(
      Object.entries(config.custom_environment_variables ?? {}).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    metadata: await metadataOf(folder),
  };
};

/** The settings of a file, which it reads. */
export const loadSettings = async (path: string): Promise<Settings> =>
  settingsOf(await readYaml(path), path);
