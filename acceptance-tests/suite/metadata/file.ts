// metadata.yaml, which lies beside acceptance-test-config.yml.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseDocument} from 'yaml';
import type {Context, Fault, Outcome} from '../check.ts';
import {judge} from '../check.ts';

export type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field within fields; undefined where there is none. */
export const valueAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((within, key) => (isMapping(within) ? within[key] : undefined), value);

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] => {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
};

type Metadata =
  | {readonly is: 'absent'}
  | {readonly is: 'broken'; readonly fault: Fault}
  | {readonly is: 'there'; readonly value: Mapping};

const WRITE_ONE =
  'Write a metadata.yaml beside acceptance-test-config.yml: the platform registers a connector by it.';

/** Read anew for each check: it is small, and a check knows nothing of the others. */
export const readMetadata = async ({settings}: Context): Promise<Metadata> => {
  const path = join(settings.folder, 'metadata.yaml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return {is: 'absent'};
  }
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = `metadata.yaml is not valid YAML: ${error.message.split(':\n')[0]}`;
    return {is: 'broken', fault: {reason, advice: 'Correct its syntax.'}};
  }
  const value: unknown = document.toJS();
  if (isMapping(value) && isMapping(value['data'])) return {is: 'there', value};
  const reason = 'metadata.yaml has no mapping `data`';
  return {
    is: 'broken',
    fault: {reason, advice: 'Put all fields but metadataSpecVersion below `data:`.'},
  };
};

/** Only the first check says that there is no file, or that it can't be read; the others have nothing to look at. */
export const judgeFile = async (context: Context): Promise<Outcome> => {
  const metadata = await readMetadata(context);
  if (metadata.is === 'there') return judge([]);
  if (metadata.is === 'broken') return judge([metadata.fault]);
  const fault = {
    reason: `there is no metadata.yaml in ${context.settings.folder}`,
    advice: WRITE_ONE,
  };
  return context.settings.strictness === 'high'
    ? judge([fault])
    : {status: 'warned', faults: [fault]};
};

/** Judges what is below `data`, if there is a file to look at. */
export const onData =
  (look: (data: Mapping, context: Context) => Promise<Outcome> | Outcome) =>
  async (context: Context): Promise<Outcome> => {
    const metadata = await readMetadata(context);
    return metadata.is === 'there'
      ? look(Object(metadata.value['data']), context)
      : {status: 'skipped', reason: 'there is no metadata.yaml that can be read'};
  };
