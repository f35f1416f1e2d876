// Reads acceptance-test-config.yml into settings.
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {migrate} from './migrate.ts';
import {readYaml} from './read-file.ts';
import type {Settings} from './settings.ts';
import {suitesOf} from './settings-of.ts';
import {validate} from './validate.ts';

/** Undefined also if the file can't be read: metadata.test_metadata_file reports why. */
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

/** The settings in the content of a file. Fails with a UsageError that has a line for each problem. */
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

export const loadSettings = async (path: string): Promise<Settings> =>
  settingsOf(await readYaml(path), path);
