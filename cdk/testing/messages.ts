// Looks into the messages of a read.
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';

/** The states a client keeps: the last one of each stream, as the list it hands back. */
export const lastStates = (messages: readonly AirbyteMessage[]): readonly object[] => [
  ...new Map(
    messages.flatMap(({state}) =>
      state?.stream === undefined ? [] : [[state.stream.stream_descriptor.name, state] as const],
    ),
  ).values(),
];

export const recordsOf = (messages: readonly AirbyteMessage[], stream: string) =>
  messages.flatMap(({record}) => (record?.stream === stream ? [record.data] : []));

/** What a read failed with: `issues system_error: …`, with `all` in place of a stream for what ended the run. */
export const errorsIn = (messages: readonly AirbyteMessage[]): readonly string[] =>
  messages.flatMap(({trace}) => {
    const {stream_descriptor: stream, failure_type, message} = trace?.error ?? {};
    return message === undefined ? [] : [`${stream?.name ?? 'all'} ${failure_type}: ${message}`];
  });

/** What a read warned of. */
export const warningsOf = (messages: readonly AirbyteMessage[]): readonly string[] =>
  messages.flatMap(({log}) => (log?.level === 'WARN' ? [log.message] : []));
