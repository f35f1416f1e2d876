// What a run will do, settled before the first request: which streams, in which mode, from which position.

import type {Stream} from '../author/stream-value.ts';
import {ConfigError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import {type ConfiguredStream, streamKey} from '../protocol/catalog.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {StateBlob, SyncState} from '../protocol/state.ts';
import {type Start, type StartContext, type SyncMode, startOf} from './state/start.ts';

/** One configured stream: to be read, or why it can't be. */
export type PlannedStream =
  | {
      readonly kind: 'read';
      readonly descriptor: StreamDescriptor;
      readonly stream: Stream;
      readonly mode: SyncMode;
      readonly start: Start;
      /** What the user left of the stream's schema, where the catalog says so. */
      readonly schema?: JsonObject | undefined;
      /** The state as it came. */
      readonly blob?: StateBlob | undefined;
    }
  | {
      readonly kind: 'refuse';
      readonly descriptor: StreamDescriptor;
      readonly reason: unknown;
      /** Handed back as it came, so that a mistake in the catalog loses no position. */
      readonly blob: StateBlob | undefined;
    };

export type Plan = {
  readonly streams: readonly PlannedStream[];
  /** What the user should know before the first record. */
  readonly warnings: readonly string[];
};

type Entry = {readonly planned: PlannedStream; readonly warnings: readonly string[]};

const SYNC_MODES: readonly string[] = ['full_refresh', 'incremental'] satisfies SyncMode[];

const isSyncMode = (mode: string): mode is SyncMode => SYNC_MODES.includes(mode);

const refuse = (
  descriptor: StreamDescriptor,
  blob: StateBlob | undefined,
  reason: unknown,
): Entry => ({planned: {kind: 'refuse', descriptor, reason, blob}, warnings: []});

const planStream = (
  {descriptor, syncMode, schema}: ConfiguredStream,
  streams: readonly Stream[],
  state: SyncState,
  context: StartContext,
): Entry => {
  const blob = state.blobs.get(streamKey(descriptor));
  const stream = streams.find(({name}) => name === descriptor.name);
  if (stream === undefined || descriptor.namespace !== undefined) {
    const names = streams.map(({name}) => name).join(', ');
    return refuse(
      descriptor,
      blob,
      new ConfigError(
        `The catalog asks for stream ${streamKey(descriptor).trim()}, which this source does not have. It has: ${names}. Run discover again and take the stream's name from there.`,
      ),
    );
  }
  if (!isSyncMode(syncMode)) {
    return refuse(
      descriptor,
      blob,
      new ConfigError(
        `The catalog asks for sync_mode "${syncMode}" of stream ${descriptor.name}; it must be one of ${SYNC_MODES.join(', ')}.`,
      ),
    );
  }
  try {
    const {start, warnings} = startOf(stream, syncMode, blob, context);
    const read = {kind: 'read', descriptor, stream, mode: syncMode, start, schema, blob} as const;
    return {planned: read, warnings};
  } catch (error) {
    // What the author's own code makes of a state may fail; the other streams are none the worse for it.
    return refuse(descriptor, blob, error);
  }
};

const staleWarning = (configured: readonly ConfiguredStream[], state: SyncState): string[] => {
  const keys = new Set(configured.map(({descriptor}) => streamKey(descriptor)));
  const stale = state.descriptors.filter((descriptor) => !keys.has(streamKey(descriptor)));
  return stale.length === 0
    ? []
    : [
        `The state holds streams that the catalog does not: ${stale.map(({name}) => name).join(', ')}. They are passed over.`,
      ];
};

/** Matches what the user configured with what the source has. */
export const planRead = (
  configured: readonly ConfiguredStream[],
  streams: readonly Stream[],
  state: SyncState,
  context: StartContext,
): Plan => {
  const entries = configured.map((entry) => planStream(entry, streams, state, context));
  return {
    streams: entries.map(({planned}) => planned),
    warnings: [
      ...state.warnings,
      ...staleWarning(configured, state),
      ...entries.flatMap(({warnings}) => warnings),
    ],
  };
};
