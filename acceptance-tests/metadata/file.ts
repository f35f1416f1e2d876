// Reads the metadata.yaml beside acceptance-test-config.yml.

import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {listAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {UsageError} from '../../process/errors.ts';
import type {Context, Fault, Outcome} from '../check-kit/check.ts';
import {outcomeOf} from '../check-kit/check.ts';
import {readYaml} from '../config/read-file.ts';

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).filter((item) => typeof item === 'string');

type Metadata =
  | {readonly is: 'absent'}
  | {readonly is: 'broken'; readonly fault: Fault}
  | {readonly is: 'there'; readonly value: JsonObject};

const WRITE_ONE =
  'Write a metadata.yaml beside acceptance-test-config.yml: the platform registers connectors by it.';

/** Reads the file again for each check: it is small, and checks are independent. */
export const readMetadata = async ({settings}: Context): Promise<Metadata> => {
  const path = join(settings.folder, 'metadata.yaml');
  if (!existsSync(path)) return {is: 'absent'};
  try {
    const value = await readYaml(path);
    if (isObject(value) && isObject(value['data'])) return {is: 'there', value};
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return {is: 'broken', fault: {reason: error.message, advice: 'Correct its syntax.'}};
  }
  const advice = 'Put all fields but metadataSpecVersion below `data:`.';
  return {is: 'broken', fault: {reason: 'metadata.yaml has no mapping at `data`', advice}};
};

/** Only this check reports that the file is missing or can't be read; the others are skipped then. */
export const checkFile = async (context: Context): Promise<Outcome> => {
  const metadata = await readMetadata(context);
  if (metadata.is === 'there') return outcomeOf([]);
  if (metadata.is === 'broken') return outcomeOf([metadata.fault]);
  const fault = {
    reason: `there is no metadata.yaml in ${context.settings.folder}`,
    advice: WRITE_ONE,
  };
  return context.settings.strictness === 'high'
    ? outcomeOf([fault])
    : {status: 'warned', faults: [fault]};
};

/** Runs a check on the content of `data`; it is skipped if the file can't be read. */
export const onData =
  (look: (data: JsonObject, context: Context) => Promise<Outcome> | Outcome) =>
  async (context: Context): Promise<Outcome> => {
    const metadata = await readMetadata(context);
    return metadata.is === 'there'
      ? look(Object(metadata.value['data']), context)
      : {status: 'skipped', reason: 'metadata.yaml is missing or cannot be read'};
  };
