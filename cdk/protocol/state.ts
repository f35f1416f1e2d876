// The state a client hands back. Clients keep and reshape it in many ways; every one of them is understood,
// and what cannot be is reported and left out, because a sync that crashes on its state is stuck for good.
import {isObject, type JsonObject, kindOf} from '../json.ts';
import {descriptorOf, streamKey} from './catalog.ts';
import type {StreamDescriptor} from './generated/airbyte.ts';

/** What one stream knows of its earlier syncs. */
export type StateBlob = JsonObject;

export type SyncState = {
  /** By `streamKey`. */
  readonly blobs: ReadonlyMap<string, StateBlob>;
  readonly descriptors: readonly StreamDescriptor[];
  /** What was not understood, in words for a WARN. */
  readonly warnings: readonly string[];
};

type Entry = readonly [StreamDescriptor, StateBlob];
type Reading = {readonly entries: readonly Entry[]; readonly warnings: readonly string[]};

const NOTHING: Reading = {entries: [], warnings: []};
const warning = (text: string): Reading => ({entries: [], warnings: [text]});
const merge = (readings: readonly Reading[]): Reading => ({
  entries: readings.flatMap(({entries}) => entries),
  warnings: readings.flatMap(({warnings}) => warnings),
});

/** `{stream_descriptor: {name}, stream_state: {…}}`; without a state the stream was reset. */
const readStream = (state: JsonObject): Reading => {
  const descriptor = state['stream_descriptor'];
  const name = isObject(descriptor) ? descriptor['name'] : undefined;
  if (!isObject(descriptor) || typeof name !== 'string') {
    return warning('A state has no stream_descriptor.name; it is ignored.');
  }
  const blob = state['stream_state'];
  if (blob === undefined || blob === null) return NOTHING;
  if (!isObject(blob)) {
    return warning(`The state of stream ${name} is ${kindOf(blob)}, not an object; it is ignored.`);
  }
  return {entries: [[descriptorOf(name, descriptor['namespace']), blob]], warnings: []};
};

const readGlobal = (state: JsonObject): Reading => {
  const streams = state['stream_states'];
  const shared = state['shared_state'];
  const readings = (Array.isArray(streams) ? streams : []).map((stream) =>
    isObject(stream) ? readStream(stream) : NOTHING,
  );
  const hasShared = isObject(shared) && Object.keys(shared).length > 0;
  return merge([
    ...readings,
    hasShared ? warning('The shared part of a GLOBAL state is not used by this source.') : NOTHING,
  ]);
};

/** Before there were per-stream states: one object, stream name to blob. */
const readLegacy = (states: JsonObject): Reading => {
  const readings = Object.entries(states).map(([name, blob]) =>
    isObject(blob)
      ? {entries: [[{name}, blob] as const], warnings: []}
      : warning(`The state's field "${name}" is ${kindOf(blob)}, not a stream's state; ignored.`),
  );
  return readings.length === 0
    ? NOTHING
    : merge([
        warning('The state is of the old kind, without STREAM messages; read as it is.'),
        ...readings,
      ]);
};

const readState = (state: unknown): Reading => {
  if (state === null || state === undefined) return NOTHING;
  if (Array.isArray(state)) return merge(state.map(readState));
  if (!isObject(state)) return warning(`The state is ${kindOf(state)}; it is ignored.`);
  if (isObject(state['state']) && state['type'] === 'STATE') return readState(state['state']);
  // PyAirbyte writes the other keys too, as nulls, so a key counts only when it holds an object.
  if (isObject(state['stream'])) return readStream(state['stream']);
  if (isObject(state['global'])) return readGlobal(state['global']);
  if (isObject(state['data'])) return readLegacy(state['data']);
  if (typeof state['type'] === 'string') return NOTHING;
  return readLegacy(state);
};

/** Reads a state in any shape: a list of states, one state, STATE messages, an old map, or nothing at all. */
export const parseState = (state: unknown): SyncState => {
  const {entries, warnings} = readState(state);
  return {
    blobs: new Map(entries.map(([descriptor, blob]) => [streamKey(descriptor), blob])),
    descriptors: entries.map(([descriptor]) => descriptor),
    warnings,
  };
};

// Airbyte's own sentinels: a blob that holds nothing to resume from.
const NO_CURSOR = '__ab_no_cursor_state_message';
const FULL_REFRESH_COMPLETE = '__ab_full_refresh_sync_complete';

/** The final state of a stream that has no position to keep. */
export const NO_CURSOR_STATE: StateBlob = {[NO_CURSOR]: true};

export const isEmptyBlob = (blob: StateBlob): boolean =>
  Object.keys(blob).every((key) => key === NO_CURSOR || key === FULL_REFRESH_COMPLETE);
