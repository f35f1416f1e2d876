// Makes input states from STATE messages, as clients do.
import {listAt, objectAt} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {Run} from '../connectors/connector.ts';
import {keyOf, type StateMessage, statesOf} from '../protocol/messages.ts';

/**
 * The state after the first `count` STATE messages: the last of each stream, or the last GLOBAL one. A stream's
 * namespace is kept, unlike in Airbyte's own acceptance tests.
 */
export const stateAfter = (states: readonly StateMessage[], count = states.length): unknown => {
  const seen = states.slice(0, count);
  const last = seen.at(-1);
  if (last?.type === 'GLOBAL') return [last.payload];
  const latest = new Map<string, unknown>();
  for (const {stream, payload} of seen) {
    if (stream === undefined) continue;
    // A later one moves to the end, as in a client that keeps a list.
    latest.delete(stream);
    latest.set(stream, {type: 'STREAM', stream: payload['stream']});
  }
  return [...latest.values()];
};

/** The blob of each stream in an input state, also in a GLOBAL one. */
export const blobsIn = (state: unknown): ReadonlyMap<string, Readonly<Record<string, unknown>>> => {
  const entries = listAt(state).flatMap((entry) => {
    const {stream, global} = objectAt(entry);
    return isObject(global) ? listAt(global['stream_states']) : [stream];
  });
  return new Map(
    entries.map((entry) => {
      const stream = objectAt(entry);
      return [keyOf(objectAt(stream['stream_descriptor'])), objectAt(stream['stream_state'])];
    }),
  );
};

/** The state in a file: a list of messages or, in older files, a map from stream to blob. */
export const stateFromFile = (file: unknown): unknown => {
  if (Array.isArray(file)) {
    // Some files hold whole messages.
    return file.map((entry) => objectAt(entry)['state'] ?? entry);
  }
  const single = objectAt(file);
  if ('type' in single || 'stream' in single) return [file];
  return Object.entries(single).map(([name, blob]) => ({
    type: 'STREAM',
    stream: {stream_descriptor: {name}, stream_state: blob},
  }));
};

/** The state after the whole run. */
export const finalState = (run: Run): unknown => stateAfter(statesOf(run));
