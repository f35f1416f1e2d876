// Reads configured catalogs and state files for the invariants.
import {at, listAt, stringAt} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {Stream} from './invariant.ts';
import {describedStream, streamOf} from './message.ts';

export interface Configured {
  readonly stream: Stream;
  readonly schema: unknown;
  /** The path of the cursor, if the stream is read incrementally and has one. */
  readonly cursor: readonly string[] | undefined;
  readonly primaryKey: readonly (readonly string[])[];
}

const isPath = (path: unknown): path is readonly string[] =>
  Array.isArray(path) && path.length > 0 && path.every((key) => typeof key === 'string');

const cursorOf = (item: unknown, stream: unknown): readonly string[] | undefined => {
  if (stringAt(item, 'sync_mode') !== 'incremental') return undefined;
  const own = at(stream, 'default_cursor_field');
  const given = at(item, 'cursor_field');
  const [first, second] =
    at(stream, 'source_defined_cursor') === true ? [own, given] : [given, own];
  if (isPath(first)) return first;
  return isPath(second) ? second : undefined;
};

/** The streams of a configured or a discovered catalog by key. */
export const configuredStreams = (catalog: unknown): ReadonlyMap<string, Configured> => {
  const inside = isObject(at(catalog, 'catalog')) ? at(catalog, 'catalog') : catalog;
  const streams = listAt(inside, 'streams').flatMap((item): readonly Configured[] => {
    const described = at(item, 'stream') ?? item;
    const stream = describedStream(described);
    if (stream === undefined) return [];
    const keys = listAt(described, 'source_defined_primary_key').filter(isPath);
    const given = listAt(item, 'primary_key').filter(isPath);
    return [
      {
        stream,
        schema: at(described, 'json_schema'),
        cursor: cursorOf(item, described),
        primaryKey: keys.length > 0 ? keys : given,
      },
    ];
  });
  return new Map(streams.map((configured) => [configured.stream.key, configured]));
};

/** Finds the stream of the catalog with the same name if there is only one; others are returned unchanged. */
export const finder = (catalog: unknown): ((named: Stream) => Stream) => {
  const configured = configuredStreams(catalog);
  const byName = new Map<string, Stream | undefined>();
  for (const {stream} of configured.values()) {
    byName.set(stream.name, byName.has(stream.name) ? undefined : stream);
  }
  return (named) => (configured.has(named.key) ? named : (byName.get(named.name) ?? named));
};

/** The state of each stream in a STATE's payload, whether STREAM or GLOBAL. */
export const streamStates = (state: unknown): readonly (readonly [Stream, unknown])[] => {
  const of = (item: unknown): readonly (readonly [Stream, unknown])[] => {
    const stream = describedStream(at(item, 'stream_descriptor'));
    return stream === undefined ? [] : [[stream, at(item, 'stream_state')]];
  };
  if (isObject(at(state, 'stream'))) return of(at(state, 'stream'));
  return listAt(state, 'global', 'stream_states').flatMap(of);
};

/** The state of each stream in a state file, in any form that clients write. */
export const statesOfFile = (file: unknown): readonly (readonly [Stream, unknown])[] => {
  if (Array.isArray(file)) return file.flatMap(statesOfFile);
  if (!isObject(file)) return [];
  if ('stream' in file || 'global' in file) return streamStates(file);
  // The oldest form: a map by the stream's name.
  const legacy = isObject(file['data']) ? file['data'] : file;
  return Object.entries(legacy).flatMap(([name, value]) => {
    const stream = streamOf(name, undefined);
    return stream === undefined || !isObject(value) ? [] : [[stream, value] as const];
  });
};

/** The value at a path of keys in a record or a state; a state may also have it under the field's own name. */
export const cursorIn = (json: unknown, path: readonly string[]): unknown =>
  at(json, ...path) ?? at(json, path.at(-1) ?? '');
