// Decides before the first request which streams a run reads, in which mode and from which position.
import type {Stream} from '../author/stream-types.ts';
import {ConfigError} from '../errors.ts';
import {canonical} from '../json/canonical.ts';
import type {JsonObject} from '../json/values.ts';
import {type ConfiguredStream, streamKey} from '../protocol/catalog.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {StateBlob, SyncState} from '../protocol/state.ts';
import {type Start, type StartContext, type SyncMode, startOf} from './state/start.ts';

export type PlannedStream =
  | {
      readonly kind: 'read';
      readonly descriptor: StreamDescriptor;
      readonly stream: Stream;
      readonly mode: SyncMode;
      readonly start: Start;
      /** The stream's schema in the catalog, with the fields that the user selected. */
      readonly schema?: JsonObject | undefined;
      readonly blob?: StateBlob | undefined;
    }
  | {
      readonly kind: 'refuse';
      readonly descriptor: StreamDescriptor;
      readonly reason: unknown;
      /** Emitted unchanged, so that a mistake in the catalog loses no position. */
      readonly blob: StateBlob | undefined;
    };

export type Plan = {
  readonly streams: readonly PlannedStream[];
  /** Logged before the first record. */
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
  {descriptor, syncMode, schema, conflict}: Repeated['once'][number],
  streams: readonly Stream[],
  state: SyncState,
  context: StartContext,
): Entry => {
  const blob = state.blobs.get(streamKey(descriptor));
  const stream = streams.find(({name}) => name === descriptor.name);
  if (conflict !== undefined) return refuse(descriptor, blob, new ConfigError(conflict));
  if (stream === undefined || descriptor.namespace !== undefined) {
    const missing = nameOf(descriptor);
    const names = streams.map((one) => one.name).join(', ');
    return refuse(
      descriptor,
      blob,
      new ConfigError(
        `The catalog names stream ${missing}, which this source does not have. It has: ${names}. Run discover again and take the stream's name from there.`,
      ),
    );
  }
  if (!isSyncMode(syncMode)) {
    return refuse(
      descriptor,
      blob,
      new ConfigError(
        `The catalog sets sync_mode "${syncMode}" for stream ${descriptor.name}; it must be one of ${SYNC_MODES.join(', ')}.`,
      ),
    );
  }
  try {
    const {start, warnings} = startOf(stream, syncMode, blob, context);
    const read = {kind: 'read', descriptor, stream, mode: syncMode, start, schema, blob} as const;
    return {planned: read, warnings};
  } catch (error) {
    // The author's own code may fail on a state; the other streams are read nevertheless.
    return refuse(descriptor, blob, error);
  }
};

type Repeated = {
  /** Each stream once, at the place of its first entry. */
  readonly once: readonly (ConfiguredStream & {readonly conflict?: string})[];
  readonly warnings: readonly string[];
};

const nameOf = ({name, namespace}: StreamDescriptor): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

/** The parts in which the entries of one stream differ. */
const differences = (entries: readonly ConfiguredStream[]): readonly string[] => [
  ...(new Set(entries.map(({syncMode}) => syncMode)).size > 1 ? ['sync_mode'] : []),
  ...(new Set(entries.map(({schema}) => canonical(schema ?? {}))).size > 1 ? ['json_schema'] : []),
];

/** A stream that is listed twice is read once. If its entries differ, either may be the one that was meant. */
const withoutRepeats = (configured: readonly ConfiguredStream[]): Repeated => {
  const byStream = Map.groupBy(configured, ({descriptor}) => streamKey(descriptor));
  const warnings: string[] = [];
  const once = [...byStream.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    const name = nameOf(first.descriptor);
    const differing = differences([first, ...others]);
    const times = `The catalog lists stream ${name} ${others.length + 1} times`;
    if (differing.length > 0) {
      const conflict = `${times}, with different values of ${differing.join(' and ')}. Remove all but one.`;
      return {...first, conflict};
    }
    warnings.push(`${times}; it is read once.`);
    return first;
  });
  return {once, warnings};
};

const staleWarning = (configured: readonly ConfiguredStream[], state: SyncState): string[] => {
  const keys = new Set(configured.map(({descriptor}) => streamKey(descriptor)));
  const stale = state.descriptors.filter((descriptor) => !keys.has(streamKey(descriptor)));
  return stale.length === 0
    ? []
    : [
        `The state has streams that the catalog does not have: ${stale.map(({name}) => name).join(', ')}. They are ignored.`,
      ];
};

export const planRead = (
  configured: readonly ConfiguredStream[],
  streams: readonly Stream[],
  state: SyncState,
  context: StartContext,
): Plan => {
  const {once, warnings} = withoutRepeats(configured);
  const entries = once.map((entry) => planStream(entry, streams, state, context));
  return {
    streams: entries.map(({planned}) => planned),
    warnings: [
      ...warnings,
      ...state.warnings,
      ...staleWarning(configured, state),
      ...entries.flatMap(({warnings}) => warnings),
    ],
  };
};
