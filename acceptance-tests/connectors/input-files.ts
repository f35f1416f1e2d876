// Writes a run's inputs to files, in a folder that is removed after the run.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {printExact} from '../../cdk/json/exact.ts';
import {makeTemporaryFolder} from '../../process/temporary-folder.ts';
import type {CallStyle, Inputs} from './connector.ts';

/** The beginning of the names of these folders. */
export const INPUTS_PREFIX = 'headwater-run-';

type Option = 'config' | 'catalog' | 'state';

const ORDER: readonly Option[] = ['config', 'catalog', 'state'];

/** The names that Airbyte's own acceptance tests use. */
const STEMS = {config: 'tap_config', catalog: 'catalog', state: 'state'} as const;

/**
 * Writes the inputs. Returns their folder and the options that name them. `seenAs` is the path at which the connector
 * sees the folder; by default the folder itself.
 */
export const writeInputs = async (
  inputs: Inputs,
  {endings = {}, texts = {}, order = ORDER, mode = 0o644, equals = false}: CallStyle,
  seenAs?: string,
) => {
  // In a container another user reads them.
  const {path: folder, remove} = await makeTemporaryFolder(
    INPUTS_PREFIX,
    seenAs === undefined ? {} : {mode: 0o755},
  );
  const options: string[] = [];
  for (const option of order) {
    const value = inputs[option];
    const text = texts[option] ?? (value === undefined ? undefined : printExact(value));
    if (text === undefined) continue;
    const name = `${STEMS[option]}.${endings[option] ?? 'json'}`;
    await writeFile(join(folder, name), text, {mode});
    const path = join(seenAs ?? folder, name);
    options.push(...(equals ? [`--${option}=${path}`] : [`--${option}`, path]));
  }
  return {folder, options, remove};
};
