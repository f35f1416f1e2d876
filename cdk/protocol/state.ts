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
type Entry = {readonly descriptor: StreamDescriptor; readonly blob: StateBlob | undefined};

/** A string is a warning about a part that was not understood. */
type Part = Entry | string;

/** `{stream_descriptor: {name}, stream_state: {…}}`. */
const readStream = (state: JsonObject): Part => {
  const descriptor = state['stream_descriptor'];
  const name = isObject(descriptor) ? descriptor['name'] : undefined;
  if (!isObject(descriptor) || typeof name !== 'string') {
    return 'A state has no stream_descriptor.name; it is ignored.';
  }
  const blob = state['stream_state'] ?? undefined;
  if (blob !== undefined && !isObject(blob)) {
    return `The state of stream ${name} is ${kindOf(blob)}, not an object; it is ignored.`;
  }
  return {descriptor: descriptorOf(name, descriptor['namespace']), blob};
};

const readGlobal = (state: JsonObject): readonly Part[] => {
  const streams = state['stream_states'];
  const shared = state['shared_state'];
  if (!Array.isArray(streams)) {
    return [`A GLOBAL state's stream_states is ${kindOf(streams)}; it is ignored.`];
  }
  const parts = streams.map((stream) => readStream(isObject(stream) ? stream : {}));
  return isObject(shared) && Object.keys(shared).length > 0
    ? [...parts, 'The shared part of a GLOBAL state is not used by this source.']
    : parts;
};

/** The format before STREAM states: one object that maps stream names to blobs. */
const readLegacy = (states: JsonObject): readonly Part[] => {
  const parts = Object.entries(states).map(([name, blob]) =>
    isObject(blob)
      ? {descriptor: {name}, blob}
      : `The state's field "${name}" is ${kindOf(blob)}, not a stream's state; it is ignored.`,
  );
  return parts.length === 0
    ? []
    : ['The state has the legacy format, without STREAM messages; it is read.', ...parts];
};

const readState = (state: unknown): readonly Part[] => {
  if (state === null || state === undefined) return [];
  if (Array.isArray(state)) return state.flatMap(readState);
  if (!isObject(state)) return [`The state is ${kindOf(state)}; it is ignored.`];
  if (isObject(state['state']) && state['type'] === 'STATE') return readState(state['state']);
  // PyAirbyte writes the other keys as nulls, so a key counts only if its value is an object.
  if (isObject(state['stream'])) return [readStream(state['stream'])];
  if (isObject(state['global'])) return readGlobal(state['global']);
  if (isObject(state['data'])) return readLegacy(state['data']);
  const {type} = state;
  if (type === 'STREAM' || type === 'GLOBAL') {
    return [`A state of type ${type} has no ${type.toLowerCase()} object; it is ignored.`];
  }
  // Another message: some clients keep everything that a source printed.
  if (typeof type === 'string') return [];
  return readLegacy(state);
};

/** Reads a state in any shape: a list of states, one state, STATE messages, a legacy object, or nothing. */
export const parseState = (state: unknown): SyncState => {
  const parts = readState(state);
  const entries = parts.filter((part) => typeof part !== 'string');
  // The last state of each stream counts: a file of STATE messages has many.
  const latest = new Map(entries.map((entry) => [streamKey(entry.descriptor), entry]));
  const held = [...latest].flatMap(([key, {descriptor, blob}]) =>
    blob === undefined ? [] : [{key, descriptor, blob}],
  );
  return {
    blobs: new Map(held.map(({key, blob}) => [key, blob])),
    descriptors: held.map(({descriptor}) => descriptor),
    warnings: parts.filter((part) => typeof part === 'string'),
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
