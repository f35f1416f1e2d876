// Makes configured catalogs from the output of discover, as clients do.
import {listAt, objectAt} from '../../cdk/json/at.ts';
import {readJson} from '../config/read-file.ts';
import {configuredStreamsOf, type Stream} from '../protocol/messages.ts';
import type {EntryLike, Runs} from './shared-runs.ts';

const configure = (stream: Stream, syncMode: string | undefined) => ({
  stream: stream.raw,
  sync_mode: syncMode ?? 'full_refresh',
  destination_sync_mode: 'append',
  ...(stream.defaultCursor.length > 0 && {cursor_field: stream.defaultCursor}),
  ...(stream.primaryKey.length > 0 && {primary_key: stream.primaryKey}),
});

export interface ConfiguredCatalog {
  readonly streams: readonly unknown[];
}

type CatalogEntry = EntryLike & {readonly catalogPath: string | undefined};

/** The streams of the file at configured_catalog_path; undefined if the config names no such file. */
const written = async ({catalogPath}: CatalogEntry): Promise<readonly unknown[] | undefined> =>
  catalogPath === undefined ? undefined : listAt(objectAt(await readJson(catalogPath))['streams']);

/** All streams except the empty ones, each in the first of its sync modes. */
export const basicCatalog = async (
  entry: CatalogEntry & {readonly emptyStreams: readonly {readonly name: string}[]},
  runs: Runs,
): Promise<ConfiguredCatalog> => {
  const streams = await written(entry);
  if (streams !== undefined) return {streams};
  const empty = entry.emptyStreams.map(({name}) => name);
  const rest = (await runs.streams(entry)).filter(({name}) => !empty.includes(name));
  return {streams: rest.map((stream) => configure(stream, stream.syncModes[0]))};
};

const hasCursor = (stream: Stream, cursor: readonly string[]): boolean =>
  cursor.length > 0 || stream.hasOwnCursor;

/** All streams that support a sync mode, in that mode; for incremental only those with a cursor, or whose source has one of its own. */
export const catalogOf = async (
  syncMode: 'full_refresh' | 'incremental',
  entry: CatalogEntry,
  runs: Runs,
): Promise<ConfiguredCatalog> => {
  const streams = await written(entry);
  if (streams !== undefined) {
    const chosen = streams.filter((_, index) => {
      const stream = configuredStreamsOf({streams})[index];
      return (
        stream?.syncModes.includes(syncMode) &&
        (syncMode === 'full_refresh' || hasCursor(stream, stream.cursor))
      );
    });
    return {streams: chosen.map((stream) => ({...objectAt(stream), sync_mode: syncMode}))};
  }
  const chosen = (await runs.streams(entry)).filter(
    (stream) =>
      stream.syncModes.includes(syncMode) &&
      (syncMode === 'full_refresh' || hasCursor(stream, stream.defaultCursor)),
  );
  return {streams: chosen.map((stream) => configure(stream, syncMode))};
};
