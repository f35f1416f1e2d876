// Parses lines as messages, and finds the stream of each.
import {hash} from 'node:crypto';
import {at, stringAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Message, Stream} from './invariant.ts';

const NOTHING: JsonObject = {};

const PAYLOADS: Readonly<Record<string, string>> = {
  RECORD: 'record',
  STATE: 'state',
  LOG: 'log',
  SPEC: 'spec',
  CONNECTION_STATUS: 'connectionStatus',
  CATALOG: 'catalog',
  TRACE: 'trace',
  CONTROL: 'control',
  DESTINATION_CATALOG: 'destination_catalog',
};

/** One object for each stream, so that millions of records need no new ones. */
const known = new Map<string, Stream>();

/** The platform accepts 1,000 streams. Further ones are taken together, because invariants remember every stream. */
const MAX_KNOWN = 20_000;
const THE_REST: Stream = {name: 'one of many more streams', namespace: undefined, key: '\n'};

/** A longer name is cut, with a hash in place of the rest. */
const MAX_NAME = 1_000;

const shortened = (text: string): string =>
  text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…${hash('sha1', text)}` : text;

export const streamOf = (name: unknown, namespace: unknown): Stream | undefined => {
  if (typeof name !== 'string') return undefined;
  const space =
    typeof namespace === 'string' && namespace !== '' ? shortened(namespace) : undefined;
  const short = shortened(name);
  const key = space === undefined ? short : `${space}\n${short}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size > MAX_KNOWN) return THE_REST;
  const stream = {name: short, namespace: space, key};
  known.set(key, stream);
  return stream;
};

export const describedStream = (descriptor: unknown): Stream | undefined =>
  streamOf(at(descriptor, 'name'), at(descriptor, 'namespace'));

const streamOfPayload = (type: string, payload: JsonObject): Stream | undefined => {
  if (type === 'RECORD') return streamOf(payload['stream'], payload['namespace']);
  if (type === 'STATE') return describedStream(at(payload, 'stream', 'stream_descriptor'));
  if (type !== 'TRACE') return undefined;
  return describedStream(at(payload, 'stream_status', 'stream_descriptor'));
};

/** The message on a line, or the reason why it is not one; `find` returns the stream of the catalog. */
export const messageOfLine = (
  text: string,
  line: number,
  find: (named: Stream) => Stream,
): Message | string => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  if (!isObject(json)) return 'JSON, but not an object';
  const type = json['type'];
  if (typeof type !== 'string') return 'a JSON object without a `type`';
  const inside = json[PAYLOADS[type] ?? ''];
  const payload = isObject(inside) ? inside : NOTHING;
  const named = streamOfPayload(type, payload);
  return {line, text, json, type, payload, named, stream: named && find(named)};
};

/** The name of a stream for messages. */
export const nameOf = ({name, namespace}: Stream): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

/** The status in a message, except for RUNNING with a reason, such as a rate limit. */
export const statusOf = ({type, payload}: Message): string | undefined =>
  type === 'TRACE' && payload['type'] === 'STREAM_STATUS'
    ? stringAt(payload, 'stream_status', 'status')
    : undefined;

export const isTraceError = ({type, payload}: Message): boolean =>
  type === 'TRACE' && payload['type'] === 'ERROR';

/** The value of a key, which is created the first time. */
export const entry = <V>(map: Map<string, V>, key: string, make: () => V): V => {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
};
