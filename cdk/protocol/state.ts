// The state a client hands back. Clients keep and reshape it in many ways; every one of them is understood,
// and what cannot be is reported and left out, because a sync that crashes on its state is stuck for good.
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
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

/** Without a blob the stream was reset. */
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
  const {type} = state;
  if (type === 'STREAM' || type === 'GLOBAL') {
    return warning(`A state of type ${type} holds no ${type.toLowerCase()}; it is ignored.`);
  }
  // Any other message, where someone kept all that a source printed.
  if (typeof type === 'string') return NOTHING;
  return readLegacy(state);
};

/** Reads a state in any shape: a list of states, one state, STATE messages, an old map, or nothing at all. */
export const parseState = (state: unknown): SyncState => {
  const {entries, warnings} = readState(state);
  // Of several states of one stream the last one holds: a file of STATE messages has many.
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

// Airbyte's own sentinels: a blob that holds nothing to resume from.
const NO_CURSOR = '__ab_no_cursor_state_message';
const FULL_REFRESH_COMPLETE = '__ab_full_refresh_sync_complete';

/** The final state of a stream that has no position to keep. */
export const NO_CURSOR_STATE: StateBlob = {[NO_CURSOR]: true};

/** The final state of a full refresh that could have been resumed. */
export const FULL_REFRESH_COMPLETE_STATE: StateBlob = {[FULL_REFRESH_COMPLETE]: true};

/** Whether a full refresh was finished: in another attempt of the same job nothing is left to do. */
export const isFullRefreshComplete = (blob: StateBlob): boolean =>
  blob[FULL_REFRESH_COMPLETE] === true;

/** Whether a stream had no position yet; other things may be kept beside this. */
export const hasNoPosition = (blob: StateBlob): boolean => blob[NO_CURSOR] === true;

export const isEmptyBlob = (blob: StateBlob): boolean =>
  Object.keys(blob).every((key) => key === NO_CURSOR || key === FULL_REFRESH_COMPLETE);
