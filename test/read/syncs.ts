// Syncs one stream repeatedly: each run begins a day after the one before, with its last state.

import type {Stream} from '../../cdk/author/stream-types.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {catalogOf, inShort, NOW, type ReadSetUp, runRead} from '../../cdk/testing/run-read.ts';

const DAY = 86_400_000;

export type Synced = {
  readonly messages: readonly AirbyteMessage[];
  readonly complete: boolean;
  readonly records: readonly object[];
  /** The tombstones among the records. */
  readonly deleted: readonly object[];
  readonly warnings: readonly string[];
  /** The `deletes` of the last state. */
  readonly deletesState: unknown;
};

const deletesIn = (messages: readonly AirbyteMessage[]): unknown =>
  messages
    .flatMap(({state}): readonly unknown[] => [state?.stream?.stream_state])
    .filter(isObject)
    .at(-1)?.['deletes'];

/** @param stream makes the stream again for each run, as in a process of its own */
export const openSyncs = (stream: () => Stream, state: unknown = undefined) => {
  let saved = state;
  let day = -1;
  return {
    /** The next run begins with this state. */
    state: () => saved,
    /** Sets the state back, as if a run had been killed. */
    setState: (states: unknown) => {
      saved = states;
    },
    sync: async (more: Partial<ReadSetUp> & {readonly mode?: string} = {}): Promise<Synced> => {
      day += 1;
      const now = NOW + day * DAY;
      const made = stream();
      const {mode = 'incremental', ...setUp} = more;
      const {messages, complete} = await runRead({
        streams: [made],
        state: saved,
        now: () => now,
        catalog: catalogOf([made.name], mode),
        ...setUp,
      });
      saved = lastStates(messages).map((one) => ({...one}));
      const records = recordsOf(messages, made.name);
      return {
        messages,
        complete,
        records,
        deleted: records.filter((record) => '_deleted_at' in record),
        warnings: inShort(messages).filter((line) => line.startsWith('WARN')),
        deletesState: deletesIn(messages),
      };
    },
  };
};
