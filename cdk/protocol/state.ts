// Parses the state that a client passes. Clients reshape it in many ways. A part that is not understood is ignored with a
// warning: a sync that fails because of its state would fail forever.
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import {descriptorOf, streamKey} from './catalog.ts';
import type {StreamDescriptor} from './generated/airbyte.ts';

/** The `stream_state` of one stream. */
export type StateBlob = JsonObject;

export type SyncState = {
  /** By `streamKey`. */
  readonly blobs: ReadonlyMap<string, StateBlob>;
  readonly descriptors: readonly StreamDescriptor[];
  /** Messages about the parts that were not understood. */
  readonly warnings: readonly string[];
};

/** A stream without a blob was reset. */
type Entry = readonly [StreamDescriptor, StateBlob | undefined];
type Reading = {readonly entries: readonly Entry[]; readonly warnings: readonly string[]};

const NOTHING: Reading = {entries: [], warnings: []};
const warning = (text: string): Reading => ({entries: [], warnings: [text]});
const merge = (readings: readonly Reading[]): Reading => ({
  entries: readings.flatMap(({entries}) => entries),
  warnings: readings.flatMap(({warnings}) => warnings),
});

/** `{stream_descriptor: {name}, stream_state: {…}}`. */
const readStream = (state: JsonObject): Reading => {
  const descriptor = state['stream_descriptor'];
  const name = isObject(descriptor) ? descriptor['name'] : undefined;
  if (!isObject(descriptor) || typeof name !== 'string') {
    return warning('A state has no stream_descriptor.name; it is ignored.');
  }
  const blob = state['stream_state'] ?? undefined;
  if (blob !== undefined && !isObject(blob)) {
    return warning(`The state of stream ${name} is ${kindOf(blob)}, not an object; it is ignored.`);
  }
  return {entries: [[descriptorOf(name, descriptor['namespace']), blob]], warnings: []};
};

const readGlobal = (state: JsonObject): Reading => {
  const streams = state['stream_states'];
  const shared = state['shared_state'];
  if (!Array.isArray(streams)) {
    return warning(`A GLOBAL state's stream_states is ${kindOf(streams)}; it is ignored.`);
  }
  const readings = streams.map((stream) => readStream(isObject(stream) ? stream : {}));
  const hasShared = isObject(shared) && Object.keys(shared).length > 0;
  return merge([
    ...readings,
    hasShared ? warning('The shared part of a GLOBAL state is not used by this source.') : NOTHING,
  ]);
};

/** The format before STREAM states: one object that maps stream names to blobs. */
const readLegacy = (states: JsonObject): Reading => {
  const readings = Object.entries(states).map(([name, blob]) =>
    isObject(blob)
      ? {entries: [[{name}, blob] as const], warnings: []}
      : warning(
          `The state's field "${name}" is ${kindOf(blob)}, not a stream's state; it is ignored.`,
        ),
  );
  return readings.length === 0
    ? NOTHING
    : merge([
        warning('The state has the legacy format, without STREAM messages; it is read.'),
        ...readings,
      ]);
};

const readState = (state: unknown): Reading => {
  if (state === null || state === undefined) return NOTHING;
  if (Array.isArray(state)) return merge(state.map(readState));
  if (!isObject(state)) return warning(`The state is ${kindOf(state)}; it is ignored.`);
  if (isObject(state['state']) && state['type'] === 'STATE') return readState(state['state']);
  // PyAirbyte writes the other keys as nulls, so a key counts only if its value is an object.
  if (isObject(state['stream'])) return readStream(state['stream']);
  if (isObject(state['global'])) return readGlobal(state['global']);
  if (isObject(state['data'])) return readLegacy(state['data']);
  const {type} = state;
  if (type === 'STREAM' || type === 'GLOBAL') {
    return warning(`A state of type ${type} has no ${type.toLowerCase()} object; it is ignored.`);
  }
  // Another message: some clients keep everything that a source printed.
  if (typeof type === 'string') return NOTHING;
  return readLegacy(state);
};

/** Reads a state in any shape: a list of states, one state, STATE messages, a legacy object, or nothing. */
export const parseState = (state: unknown): SyncState => {
  const {entries, warnings} = readState(state);
  // The last state of each stream counts: a file of STATE messages has many.
  const latest = new Map(entries.map((entry) => [streamKey(entry[0]), entry]));
  const held = [...latest].flatMap(([key, [descriptor, blob]]) =>
    blob === undefined ? [] : [{key, descriptor, blob}],
  );
  return {
    blobs: new Map(held.map(({key, blob}) => [key, blob])),
    descriptors: held.map(({descriptor}) => descriptor),
    warnings,
  };
};

// Airbyte's sentinels for a blob without a position.
const NO_CURSOR = '__ab_no_cursor_state_message';
const FULL_REFRESH_COMPLETE = '__ab_full_refresh_sync_complete';

/** The final state of a stream that keeps no position. */
export const NO_CURSOR_STATE: StateBlob = {[NO_CURSOR]: true};

/** The final state of a full refresh that could have been resumed. */
export const FULL_REFRESH_COMPLETE_STATE: StateBlob = {[FULL_REFRESH_COMPLETE]: true};

/** True after a finished full refresh: another attempt of the same job has nothing to do. */
export const isFullRefreshComplete = (blob: StateBlob): boolean =>
  blob[FULL_REFRESH_COMPLETE] === true;

/** True if a stream had no position yet. The blob may have other keys. */
export const hasNoPosition = (blob: StateBlob): boolean => blob[NO_CURSOR] === true;

export const isEmptyBlob = (blob: StateBlob): boolean =>
  Object.keys(blob).every((key) => key === NO_CURSOR || key === FULL_REFRESH_COMPLETE);
