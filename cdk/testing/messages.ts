import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';

/** The list of states that a client passes to the next sync: the last one of each stream. */
export const lastStates = (messages: readonly AirbyteMessage[]): readonly object[] => [
  ...new Map(
    messages.flatMap(({state}) =>
      state?.stream === undefined ? [] : [[state.stream.stream_descriptor.name, state] as const],
    ),
  ).values(),
];

export const recordsOf = (messages: readonly AirbyteMessage[], stream: string) =>
  messages.flatMap(({record}) => (record?.stream === stream ? [record.data] : []));

/** The errors of a read: `issues system_error: …` for a stream, `all system_error: …` for the run. */
export const errorsIn = (messages: readonly AirbyteMessage[]): readonly string[] =>
  messages.flatMap(({trace}) => {
    const {stream_descriptor: stream, failure_type, message} = trace?.error ?? {};
    return message === undefined ? [] : [`${stream?.name ?? 'all'} ${failure_type}: ${message}`];
  });

export const warningsOf = (messages: readonly AirbyteMessage[]): readonly string[] =>
  messages.flatMap(({log}) => (log?.level === 'WARN' ? [log.message] : []));
