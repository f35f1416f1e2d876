// Reads the messages of a run. They come from foreign programs, so each field is validated.

import {listAt, objectAt, stringAt} from '../../cdk/json/at.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Line, Run} from '../connectors/connector.ts';

const textsOf = (value: unknown): readonly string[] =>
  listAt(value).flatMap((part) => stringAt(part) ?? []);

/** The payload of a message, and its line. */
export interface Message {
  readonly payload: JsonObject;
  readonly line: Line;
}

const PAYLOADS = {
  RECORD: 'record',
  STATE: 'state',
  TRACE: 'trace',
  SPEC: 'spec',
  CATALOG: 'catalog',
  CONTROL: 'control',
  CONNECTION_STATUS: 'connectionStatus',
} as const;

/** The messages of a type, in order. */
export const messagesOf = ({lines}: Pick<Run, 'lines'>, type: keyof typeof PAYLOADS) =>
  lines.flatMap((line): readonly Message[] => {
    const message = objectAt(line.json);
    return message['type'] === type ? [{payload: objectAt(message[PAYLOADS[type]]), line}] : [];
  });

/** The key of a stream by name and namespace; a missing, null and empty namespace are the same. */
export const keyOf = (descriptor: JsonObject): string => {
  const namespace = stringAt(descriptor['namespace']) ?? '';
  return namespace === ''
    ? String(descriptor['name'])
    : `${namespace}.${String(descriptor['name'])}`;
};

export interface Emitted {
  readonly stream: string;
  readonly data: JsonObject;
  readonly emittedAt: number;
  readonly line: Line;
}

export const recordsOf = (run: Run): readonly Emitted[] =>
  messagesOf(run, 'RECORD').map(({payload, line}) => ({
    stream: keyOf({name: payload['stream'], namespace: payload['namespace']}),
    data: objectAt(payload['data']),
    emittedAt: Number(payload['emitted_at']),
    line,
  }));

export interface StateMessage {
  readonly type: string | undefined;
  /** Of a STREAM state. */
  readonly stream: string | undefined;
  readonly blob: JsonObject;
  readonly payload: JsonObject;
  readonly line: Line;
}

export const statesOf = (run: Run): readonly StateMessage[] =>
  messagesOf(run, 'STATE').map(({payload, line}) => {
    const stream = objectAt(payload['stream']);
    const descriptor = objectAt(stream['stream_descriptor']);
    return {
      type: stringAt(payload['type']),
      stream: stringAt(descriptor['name']) === undefined ? undefined : keyOf(descriptor),
      blob: objectAt(stream['stream_state']),
      payload,
      line,
    };
  });

/** The TRACE messages of a type. */
export const tracesOf = (run: Run, type: 'ERROR' | 'STREAM_STATUS'): readonly Message[] =>
  messagesOf(run, 'TRACE').filter(({payload}) => payload['type'] === type);

export interface Stream {
  readonly key: string;
  readonly name: string;
  readonly schema: JsonObject;
  readonly syncModes: readonly string[];
  readonly defaultCursor: readonly string[];
  /** The source knows what is new, perhaps by something that is in no field of the records, such as a token of the API. */
  readonly hasOwnCursor: boolean;
  readonly primaryKey: readonly (readonly string[])[];
  /** The stream as in the catalog. */
  readonly raw: JsonObject;
}

const streamOf = (value: unknown): Stream => {
  const raw = objectAt(value);
  return {
    key: keyOf(raw),
    name: String(raw['name']),
    schema: objectAt(raw['json_schema']),
    syncModes: textsOf(raw['supported_sync_modes']),
    defaultCursor: textsOf(raw['default_cursor_field']),
    hasOwnCursor: raw['source_defined_cursor'] === true,
    primaryKey: listAt(raw['source_defined_primary_key']).map(textsOf),
    raw,
  };
};

export const streamsOf = (catalog: JsonObject): readonly Stream[] =>
  listAt(catalog['streams']).map(streamOf);

export interface ConfiguredStream extends Stream {
  readonly syncMode: string;
  readonly cursor: readonly string[];
}

/** The streams of a configured catalog. */
export const configuredStreamsOf = (catalog: unknown): readonly ConfiguredStream[] =>
  listAt(objectAt(catalog)['streams']).map((value) => {
    const configured = objectAt(value);
    const stream = streamOf(configured['stream']);
    const cursor = textsOf(configured['cursor_field']);
    const primaryKey = listAt(configured['primary_key']).map(textsOf);
    return {
      ...stream,
      primaryKey: primaryKey.length > 0 ? primaryKey : stream.primaryKey,
      syncMode: String(configured['sync_mode']),
      cursor: cursor.length > 0 ? cursor : stream.defaultCursor,
    };
  });

const MAX_SHOWN = 400;

/** Shortens a value for a report. */
export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};
