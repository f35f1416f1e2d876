// What a source says, line by line, as far as a sync acts on it. Sources are written by anyone, so nothing
// about a line is taken for granted.

import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {at, numberAt, stringAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {descriptorOf} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';

/** One entry of a state file, as the source wrote it. */
export type State =
  | {readonly scope: 'STREAM'; readonly stream: StreamDescriptor; readonly entry: JsonObject}
  | {readonly scope: 'GLOBAL' | 'LEGACY'; readonly entry: JsonObject};

export type Message =
  | {readonly type: 'RECORD'; readonly stream: StreamDescriptor; readonly data: JsonObject}
  | {
      readonly type: 'STATE';
      readonly state: State;
      /** How many records of the stream the source emitted since its previous state, if it says so. */
      readonly recordCount: number | undefined;
    }
  | {readonly type: 'LOG'; readonly level: string; readonly text: string}
  | {
      readonly type: 'ERROR';
      readonly text: string;
      readonly failureType: string | undefined;
      readonly stream: StreamDescriptor | undefined;
    }
  | {
      readonly type: 'STATUS';
      readonly stream: StreamDescriptor;
      readonly status: string;
      /** When a rate limit ends, in epoch milliseconds; undefined unless the stream waits for one. */
      readonly waitsUntil: number | undefined;
    }
  | {readonly type: 'CONFIG'; readonly config: JsonObject}
  | {readonly type: 'SPEC'; readonly spec: JsonObject}
  | {readonly type: 'CATALOG'; readonly streams: readonly unknown[]}
  /** Valid, but nothing for a sync to do. */
  | {readonly type: 'OTHER'};

const descriptorIn = (holder: JsonObject): StreamDescriptor | undefined => {
  const name = stringAt(holder, 'stream_descriptor', 'name');
  return name === undefined
    ? undefined
    : descriptorOf(name, at(holder, 'stream_descriptor', 'namespace'));
};

/** Reads a state of a STATE message or of a state file; undefined where it is not a state. */
export const readState = (state: unknown): State | undefined => {
  if (!isObject(state)) return undefined;
  // Some clients write the other keys too, as nulls, so a key counts only when it holds an object.
  const {stream, global, data} = state;
  if (isObject(stream)) {
    const descriptor = descriptorIn(stream);
    return (
      descriptor && {scope: 'STREAM', stream: descriptor, entry: {type: 'STREAM', stream: stream}}
    );
  }
  if (isObject(global)) return {scope: 'GLOBAL', entry: {type: 'GLOBAL', global}};
  return isObject(data) ? {scope: 'LEGACY', entry: {type: 'LEGACY', data}} : undefined;
};

const readRecord = (record: JsonObject): Message | undefined => {
  const name = stringAt(record, 'stream');
  const {data, namespace} = record;
  return name === undefined || !isObject(data)
    ? undefined
    : {type: 'RECORD', stream: descriptorOf(name, namespace), data};
};

const readStateMessage = (message: JsonObject): Message | undefined => {
  const state = readState(message);
  return (
    state && {type: 'STATE', state, recordCount: numberAt(message, 'sourceStats', 'recordCount')}
  );
};

const readLog = (log: JsonObject): Message | undefined => {
  const [level, text] = [stringAt(log, 'level'), stringAt(log, 'message')];
  return level === undefined || text === undefined ? undefined : {type: 'LOG', level, text};
};

const waitsUntil = (reasons: unknown): number | undefined => {
  const limit = Array.isArray(reasons)
    ? reasons.find((reason) => isObject(reason) && reason['type'] === 'RATE_LIMITED')
    : undefined;
  if (!isObject(limit)) return undefined;
  return numberAt(limit, 'rate_limited', 'quota_reset') ?? 0;
};

const readStatus = (streamStatus: JsonObject): Message | undefined => {
  const stream = descriptorIn(streamStatus);
  const status = stringAt(streamStatus, 'status');
  return stream === undefined || status === undefined
    ? undefined
    : {type: 'STATUS', stream, status, waitsUntil: waitsUntil(streamStatus['reasons'])};
};

const readTrace = (trace: JsonObject): Message | undefined => {
  const {error, stream_status: streamStatus} = trace;
  if (trace['type'] === 'STREAM_STATUS') {
    return isObject(streamStatus) ? readStatus(streamStatus) : undefined;
  }
  if (trace['type'] !== 'ERROR') return {type: 'OTHER'};
  const text = isObject(error)
    ? (stringAt(error, 'message') ?? stringAt(error, 'internal_message'))
    : undefined;
  if (!isObject(error) || text === undefined) return undefined;
  const failureType = stringAt(error, 'failure_type');
  return {type: 'ERROR', text, failureType, stream: descriptorIn(error)};
};

const readControl = (control: JsonObject): Message | undefined => {
  const config = at(control, 'connectorConfig', 'config');
  return isObject(config) ? {type: 'CONFIG', config} : undefined;
};

const readCatalog = ({streams}: JsonObject): Message | undefined =>
  Array.isArray(streams) ? {type: 'CATALOG', streams} : undefined;

type Reader = (payload: JsonObject) => Message | undefined;

/** For each type: the key of its payload, and what reads it. */
const READERS: ReadonlyMap<unknown, readonly [string, Reader]> = new Map<
  string,
  readonly [string, Reader]
>([
  ['RECORD', ['record', readRecord]],
  ['STATE', ['state', readStateMessage]],
  ['LOG', ['log', readLog]],
  ['TRACE', ['trace', readTrace]],
  ['CONTROL', ['control', readControl]],
  ['SPEC', ['spec', (spec) => ({type: 'SPEC', spec})]],
  ['CATALOG', ['catalog', readCatalog]],
  ['CONNECTION_STATUS', ['connectionStatus', () => ({type: 'OTHER'})]],
]);

/** Reads one line of a source's stdout; undefined where it is not an Airbyte message. */
export const readMessage = (line: string): Message | undefined => {
  let message: unknown;
  try {
    message = parseAsWritten(line);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  const [key, read] = READERS.get(message['type']) ?? [];
  const payload = key === undefined ? undefined : message[key];
  return isObject(payload) ? read?.(payload) : undefined;
};
