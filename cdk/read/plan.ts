// What a run will do, settled before the first request: which streams, in which mode, from which position.
import {ConfigError} from '../errors.ts';
import {type ConfiguredStream, streamKey} from '../protocol/catalog.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {StateBlob, SyncState} from '../protocol/state.ts';
import type {Cursor, Stream} from '../source.ts';
import {type Position, parsePosition, START} from './position.ts';

/** One configured stream: to be read, or why it can't be. */
export type PlannedStream =
  | {
      readonly kind: 'read';
      readonly descriptor: StreamDescriptor;
      readonly stream: Stream;
      /** Where reading begins; the start for a full refresh. */
      readonly position: Position;
    }
  | {
      readonly kind: 'refuse';
      readonly descriptor: StreamDescriptor;
      readonly reason: ConfigError;
      /** Handed back as it came, so that a mistake in the catalog loses no position. */
      readonly blob: StateBlob | undefined;
    };

export type Plan = {
  readonly streams: readonly PlannedStream[];
  /** What the user should know before the first record. */
  readonly warnings: readonly string[];
};

type Entry = {readonly planned: PlannedStream; readonly warnings: readonly string[]};

const SYNC_MODES = ['full_refresh', 'incremental'];

const refuse = (
  descriptor: StreamDescriptor,
  blob: StateBlob | undefined,
  message: string,
): Entry => ({
  planned: {kind: 'refuse', descriptor, reason: new ConfigError(message), blob},
  warnings: [],
});

const resume = (stream: string, cursor: Cursor, blob: StateBlob) => {
  const position = parsePosition(blob, cursor.field);
  if (position !== undefined) return {position, warnings: []};
  return {
    position: START,
    warnings: [
      `The state of stream ${stream} has no "${cursor.field}", only ${Object.keys(blob).join(', ')}: it seems to be another connector's. The stream is read from its beginning.`,
    ],
  };
};

const planStream = (
  {descriptor, syncMode}: ConfiguredStream,
  streams: readonly Stream[],
  state: SyncState,
): Entry => {
  const blob = state.blobs.get(streamKey(descriptor));
  const stream = streams.find(({name}) => name === descriptor.name);
  if (stream === undefined || descriptor.namespace !== undefined) {
    const names = streams.map(({name}) => name).join(', ');
    return refuse(
      descriptor,
      blob,
      `The catalog asks for stream ${streamKey(descriptor).trim()}, which this source does not have. It has: ${names}. Run discover again and take the stream's name from there.`,
    );
  }
  if (!SYNC_MODES.includes(syncMode)) {
    return refuse(
      descriptor,
      blob,
      `The catalog asks for sync_mode "${syncMode}" of stream ${descriptor.name}; it must be one of ${SYNC_MODES.join(', ')}.`,
    );
  }
  const fresh = {kind: 'read', descriptor, stream, position: START} as const;
  if (syncMode === 'full_refresh') return {planned: fresh, warnings: []};
  if (stream.cursor === undefined) {
    return {
      planned: fresh,
      warnings: [
        `Stream ${stream.name} has no cursor, so it can't be read incrementally; all of it is read.`,
      ],
    };
  }
  if (blob === undefined) return {planned: fresh, warnings: []};
  const {position, warnings} = resume(stream.name, stream.cursor, blob);
  return {planned: {...fresh, position}, warnings};
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
): Plan => {
  const entries = configured.map((entry) => planStream(entry, streams, state));
  return {
    streams: entries.map(({planned}) => planned),
    warnings: [
      ...state.warnings,
      ...staleWarning(configured, state),
      ...entries.flatMap(({warnings}) => warnings),
    ],
  };
};
