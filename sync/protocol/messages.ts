// Parses the messages of a source that a sync acts on. Anyone may have written the source, so every field is checked.
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {at, numberAt, stringAt} from '../../cdk/json/at.ts';
import {rawDigits} from '../../cdk/json/exact.ts';
import {excerpt} from '../../cdk/json/trim.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {descriptorOf} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';

/** An entry of a state file, unchanged from the source. */
export type State =
  | {readonly scope: 'STREAM'; readonly stream: StreamDescriptor; readonly entry: JsonObject}
  | {readonly scope: 'GLOBAL' | 'LEGACY'; readonly entry: JsonObject};

export type RecordMessage = {
  readonly type: 'RECORD';
  readonly stream: StreamDescriptor;
  /** The record: an object of JSON in UTF-8, as the source wrote it, whose fields all have different names. */
  readonly data: Buffer;
};

export type Message =
  | RecordMessage
  | {
      readonly type: 'STATE';
      readonly state: State;
      /** The number of records since the previous state of the stream, if the source reports it; NaN if it is not a number. */
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
      /** The end of a rate limit, in epoch milliseconds; 0 if it is unknown, undefined if the stream does not wait. */
      readonly waitsUntil: number | undefined;
    }
  | {readonly type: 'CONFIG'; readonly config: JsonObject}
  | {readonly type: 'SPEC'; readonly spec: JsonObject}
  | {readonly type: 'CATALOG'; readonly streams: readonly unknown[]}
  /** A valid message that a sync ignores. */
  | {readonly type: 'OTHER'};

const descriptorIn = (holder: JsonObject): StreamDescriptor | undefined => {
  const name = stringAt(holder, 'stream_descriptor', 'name');
  return name === undefined
    ? undefined
    : descriptorOf(name, at(holder, 'stream_descriptor', 'namespace'));
};

/** Reads a state from a STATE message or a state file; undefined if it is not a state. */
export const readState = (state: unknown): State | undefined => {
  if (!isObject(state)) return undefined;
  // Some clients write the other keys as nulls, so a key counts only if its value is an object.
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
    : {
        type: 'RECORD',
        stream: descriptorOf(name, namespace),
        data: Buffer.from(JSON.stringify(data)),
      };
};

/** Sources in Python write 2.0, which is kept as it was written. */
const countIn = (message: JsonObject): number | undefined => {
  const count = at(message, 'sourceStats', 'recordCount');
  if (count === undefined || count === null) return undefined;
  if (typeof count === 'object') return Number(rawDigits(count) ?? Number.NaN);
  return typeof count === 'number' ? count : Number.NaN;
};

const readStateMessage = (message: JsonObject): Message | undefined => {
  const state = readState(message);
  return state && {type: 'STATE', state, recordCount: countIn(message)};
};

/** A message of megabytes is kept as its beginning: the report has it several times. */
const MAX_TEXT = 20_000;

const readLog = (log: JsonObject): Message | undefined => {
  const [level, text] = [stringAt(log, 'level'), stringAt(log, 'message')];
  return level === undefined || text === undefined
    ? undefined
    : {type: 'LOG', level, text: excerpt(text, MAX_TEXT)};
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
    ? stringAt(error, 'message') || stringAt(error, 'internal_message')
    : undefined;
  if (!isObject(error) || !text) return undefined;
  const failureType = stringAt(error, 'failure_type');
  return {
    type: 'ERROR',
    text: excerpt(text, MAX_TEXT),
    failureType,
    stream: descriptorIn(error),
  };
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

/** Reads a line of a source's stdout; undefined if it is not an Airbyte message. */
export const readMessage = (line: string): Message | undefined => {
  let message: unknown;
  try {
    // Some consoles begin an output with a byte order mark.
    message = parseAsWritten(line.startsWith('\uFEFF') ? line.slice(1) : line);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  const [key, read] = READERS.get(message['type']) ?? [];
  const payload = key === undefined ? undefined : message[key];
  return isObject(payload) ? read?.(payload) : undefined;
};
