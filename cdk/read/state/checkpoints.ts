// The STATE messages of one stream: when one is due, what it counts, and never the same twice in a row.
import {isDeepStrictEqual} from 'node:util';
import type {AirbyteMessage, StreamDescriptor} from '../../protocol/generated/airbyte.ts';
import {stateMessage} from '../../protocol/messages.ts';
import type {StateBlob} from '../../protocol/state.ts';

export type Checkpoints = {
  /** A STATE for progress since the last one, once the interval is over. */
  readonly due: () => AirbyteMessage | undefined;
  /** The STATE that ends the stream; undefined where the last one was the same. */
  readonly last: (isFinished: boolean) => AirbyteMessage | undefined;
};

export type CheckpointOptions = {
  readonly stream: StreamDescriptor;
  /** The least time between two STATEs, in milliseconds; infinite: only the last one is sent. */
  readonly interval: number;
  readonly now: () => number;
  /** How many records of the stream were emitted in this run. */
  readonly emitted: () => number;
  /** The stream's state as it is now. */
  readonly state: (isFinished: boolean) => StateBlob;
};

export const trackCheckpoints = (options: CheckpointOptions): Checkpoints => {
  const {stream, interval, now, emitted, state} = options;
  // While this stands there is no progress to save.
  const initial = state(false);
  let counted = 0;
  let savedAt = now();
  let saved: StateBlob | undefined;

  const save = (blob: StateBlob): AirbyteMessage => {
    const message = stateMessage(stream, blob, emitted() - counted);
    counted = emitted();
    savedAt = now();
    saved = blob;
    return message;
  };
  return {
    due: () => {
      if (now() - savedAt < interval) return undefined;
      const current = state(false);
      return isDeepStrictEqual(current, saved ?? initial) ? undefined : save(current);
    },
    last: (isFinished) => {
      const blob = state(isFinished);
      return isDeepStrictEqual(blob, saved) ? undefined : save(blob);
    },
  };
};
