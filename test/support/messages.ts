// Looks into the messages of a read.
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';

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
