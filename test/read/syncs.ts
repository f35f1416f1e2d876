// One stream, synced again and again: each run begins with the last state of the one before, a day later.

import type {Stream} from '../../cdk/author/stream-value.ts';
import {isObject} from '../../cdk/json/values.ts';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {catalogOf, inShort, NOW, type ReadSetUp, runRead} from '../../cdk/testing/run-read.ts';

const DAY = 86_400_000;

export type Synced = {
  readonly messages: readonly AirbyteMessage[];
  readonly complete: boolean;
  readonly records: readonly object[];
  /** Those that are marked as deleted. */
  readonly deleted: readonly object[];
  readonly warnings: readonly string[];
  /** What the last state says of deletes. */
  readonly kept: unknown;
};

const keptIn = (messages: readonly AirbyteMessage[]): unknown =>
  messages
    .flatMap(({state}): readonly unknown[] => [state?.stream?.stream_state])
    .filter(isObject)
    .at(-1)?.['deletes'];

/** @param stream made anew for each run, as in a process of its own */
export const openSyncs = (stream: () => Stream, state: unknown = undefined) => {
  let kept = state;
  let day = -1;
  return {
    /** The state that the next run begins with. */
    state: () => kept,
    /** Forgets what a run has saved after some point, as when it was killed there. */
    setState: (states: unknown) => {
      kept = states;
    },
    sync: async (more: Partial<ReadSetUp> & {readonly mode?: string} = {}): Promise<Synced> => {
      day += 1;
      const now = NOW + day * DAY;
      const made = stream();
      const {mode = 'incremental', ...setUp} = more;
      const {messages, complete} = await runRead({
        streams: [made],
        state: kept,
        now: () => now,
        catalog: catalogOf([made.name], mode),
        ...setUp,
      });
      kept = lastStates(messages).map((one) => ({...one}));
      const records = recordsOf(messages, made.name);
      return {
        messages,
        complete,
        records,
        deleted: records.filter((record) => '_deleted_at' in record),
        warnings: inShort(messages).filter((line) => line.startsWith('WARN')),
        kept: keptIn(messages),
      };
    },
  };
};
