// The files of a run's inputs, in a folder that is gone when the run is.
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {CallStyle, Inputs} from './connector.ts';

type Option = 'config' | 'catalog' | 'state';

const ORDER: readonly Option[] = ['config', 'catalog', 'state'];

/** As Airbyte's own acceptance tests name them. */
const STEMS = {config: 'tap_config', catalog: 'catalog', state: 'state'} as const;

/**
 * Writes the inputs. Gives their folder, and the options that name them, as seen from `seenAs` (the folder itself
 * where it is left out).
 */
export const writeInputs = async (
  inputs: Inputs,
  {endings = {}, texts = {}, order = ORDER, mode = 0o644, equals = false}: CallStyle,
  seenAs?: string,
) => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-run-'));
  // In a container another user reads them.
  await chmod(folder, 0o755);
  const options: string[] = [];
  for (const option of order) {
    const value = inputs[option];
    const text = texts[option] ?? (value === undefined ? undefined : JSON.stringify(value));
    if (text === undefined) continue;
    const name = `${STEMS[option]}.${endings[option] ?? 'json'}`;
    await writeFile(join(folder, name), text, {mode});
    const path = join(seenAs ?? folder, name);
    options.push(...(equals ? [`--${option}=${path}`] : [`--${option}`, path]));
  }
  return {folder, options, remove: () => rm(folder, {recursive: true, force: true})};
};
