// Makes the configured catalog of a read from the catalog that `discover` printed.
import {listAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {descriptorOf} from '../../cdk/protocol/catalog.ts';
import type {DestinationSyncMode, StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {UsageError} from '../../process/errors.ts';
import {SyncError} from '../report/errors.ts';

export type CatalogStream = {
  readonly descriptor: StreamDescriptor;
  /** True if a run can continue where the last one ended. */
  readonly incremental: boolean;
  /** Unchanged from `discover`. */
  readonly stream: JsonObject;
};

export type Catalog = {readonly source: string; readonly streams: readonly CatalogStream[]};

/** An incremental stream without a default cursor needs one from the user; here it is read in full. */
const canContinue = (stream: JsonObject): boolean =>
  listAt(stream, 'supported_sync_modes').includes('incremental') &&
  (stream['source_defined_cursor'] === true || listAt(stream, 'default_cursor_field').length > 0);

const readStream = (stream: unknown): CatalogStream => {
  if (!isObject(stream) || typeof stream['name'] !== 'string') {
    throw new SyncError('Its discover printed a stream without a name.');
  }
  const descriptor = descriptorOf(stream['name'], stream['namespace']);
  return {descriptor, incremental: canContinue(stream), stream};
};

export const readCatalog = (source: string, streams: readonly unknown[]): Catalog => ({
  source,
  streams: streams.map(readStream),
});

const destinationMode = (incremental: boolean, hasKey: boolean): DestinationSyncMode => {
  if (!incremental) return 'overwrite';
  return hasKey ? 'append_dedup' : 'append';
};

const configure = ({stream, incremental}: CatalogStream): JsonObject => {
  const primaryKey = listAt(stream, 'source_defined_primary_key');
  const cursor = listAt(stream, 'default_cursor_field');
  return {
    stream,
    sync_mode: incremental ? 'incremental' : 'full_refresh',
    destination_sync_mode: destinationMode(incremental, primaryKey.length > 0),
    ...(cursor.length > 0 && {cursor_field: cursor}),
    ...(primaryKey.length > 0 && {primary_key: primaryKey}),
  };
};

/** A configured catalog that reads these streams, incrementally if possible. */
export const configureCatalog = (streams: readonly CatalogStream[]): JsonObject => ({
  streams: streams.map(configure),
});

/** `issues` selects the stream in every source that has it, `github.issues` in one. */
const isNamed = (selector: string, source: string, {name, namespace}: StreamDescriptor): boolean =>
  [name, ...(namespace === undefined ? [] : [`${namespace}.${name}`])].some(
    (stream) => selector === stream || selector === `${source}.${stream}`,
  );

/** The streams of a source that the user selected; all if the user selected none. */
export const selectStreams = (
  {source, streams}: Catalog,
  selectors: readonly string[] | undefined,
): readonly CatalogStream[] =>
  selectors === undefined
    ? streams
    : streams.filter(({descriptor}) =>
        selectors.some((selector) => isNamed(selector, source, descriptor)),
      );

/** Throws a UsageError if a selector matches no stream. */
export const checkSelectors = (
  selectors: readonly string[],
  catalogs: readonly Catalog[],
): void => {
  const unknown = selectors.filter((selector) =>
    catalogs.every((catalog) => selectStreams(catalog, [selector]).length === 0),
  );
  if (unknown.length === 0) return;
  const lists = catalogs.map(
    ({source, streams}) =>
      `${source} has ${streams.map(({descriptor}) => descriptor.name).join(', ') || 'none'}`,
  );
  throw new UsageError(
    `There is no stream ${unknown.join(', ')}. The streams are: ${lists.join('; ')}.`,
  );
};
