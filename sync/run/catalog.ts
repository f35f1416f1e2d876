// From what a source offers to what a run reads.
import {descriptorOf} from '../../cdk/protocol/catalog.ts';
import type {DestinationSyncMode, StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {SyncError, UsageError} from '../errors.ts';
import {isObject, type JsonObject} from '../landing/json.ts';

/** A stream that a source has. */
export type OfferedStream = {
  readonly descriptor: StreamDescriptor;
  /** Whether a run can continue where the last one ended. */
  readonly incremental: boolean;
  /** As `discover` printed it. */
  readonly stream: JsonObject;
};

/** What `discover` said of one source. */
export type Offer = {readonly source: string; readonly streams: readonly OfferedStream[]};

const listIn = (stream: JsonObject, key: string): readonly unknown[] => {
  const value = stream[key];
  return Array.isArray(value) ? value : [];
};

/** Incremental without a cursor would leave the choice of one to the user; such a stream is read in full. */
const canContinue = (stream: JsonObject): boolean =>
  listIn(stream, 'supported_sync_modes').includes('incremental') &&
  (stream['source_defined_cursor'] === true || listIn(stream, 'default_cursor_field').length > 0);

const readStream = (stream: unknown): OfferedStream => {
  if (!isObject(stream) || typeof stream['name'] !== 'string') {
    throw new SyncError('Its discover printed a stream without a name.');
  }
  const descriptor = descriptorOf(stream['name'], stream['namespace']);
  return {descriptor, incremental: canContinue(stream), stream};
};

/** Reads the streams of a catalog. */
export const readOffer = (source: string, streams: readonly unknown[]): Offer => ({
  source,
  streams: streams.map(readStream),
});

const destinationMode = (incremental: boolean, hasKey: boolean): DestinationSyncMode => {
  if (!incremental) return 'overwrite';
  return hasKey ? 'append_dedup' : 'append';
};

const configure = ({stream, incremental}: OfferedStream): JsonObject => {
  const primaryKey = listIn(stream, 'source_defined_primary_key');
  const cursor = listIn(stream, 'default_cursor_field');
  return {
    stream,
    sync_mode: incremental ? 'incremental' : 'full_refresh',
    destination_sync_mode: destinationMode(incremental, primaryKey.length > 0),
    ...(cursor.length > 0 && {cursor_field: cursor}),
    ...(primaryKey.length > 0 && {primary_key: primaryKey}),
  };
};

/** The configured catalog that reads these streams: incrementally where they can be. */
export const configureCatalog = (streams: readonly OfferedStream[]): JsonObject => ({
  streams: streams.map(configure),
});

/** `issues` names the stream in every source that has it, `github.issues` in one. */
const isNamed = (selector: string, source: string, {name, namespace}: StreamDescriptor): boolean =>
  [name, ...(namespace === undefined ? [] : [`${namespace}.${name}`])].some(
    (stream) => selector === stream || selector === `${source}.${stream}`,
  );

/** The streams of a source that were asked for; all of them unless some were named. */
export const selectStreams = (
  {source, streams}: Offer,
  selectors: readonly string[] | undefined,
): readonly OfferedStream[] =>
  selectors === undefined
    ? streams
    : streams.filter(({descriptor}) =>
        selectors.some((selector) => isNamed(selector, source, descriptor)),
      );

/** Sees to it that every name names something. */
export const checkSelectors = (selectors: readonly string[], offers: readonly Offer[]): void => {
  const unknown = selectors.filter((selector) =>
    offers.every((offer) => selectStreams(offer, [selector]).length === 0),
  );
  if (unknown.length === 0) return;
  const lists = offers.map(
    ({source, streams}) =>
      `${source} has ${streams.map(({descriptor}) => descriptor.name).join(', ') || 'none'}`,
  );
  throw new UsageError(
    `There is no stream ${unknown.join(', ')}. The streams are: ${lists.join('; ')}.`,
  );
};
