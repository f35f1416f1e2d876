// Makes the STATE messages of one stream, when one is due, and never the same twice in a row.
import {isDeepStrictEqual} from 'node:util';
import type {AirbyteMessage, StreamDescriptor} from '../../protocol/generated/airbyte.ts';
import {stateMessage} from '../../protocol/messages.ts';
import type {StateBlob} from '../../protocol/state.ts';

export type Checkpoints = {
  /** A STATE if the interval has passed and there was progress. */
  readonly due: () => AirbyteMessage | undefined;
  /** A STATE if there was progress. */
  readonly now: () => AirbyteMessage | undefined;
  /** The STATE that ends the stream; undefined if the last one was the same. */
  readonly last: (isFinished: boolean) => AirbyteMessage | undefined;
};

export type CheckpointOptions = {
  readonly stream: StreamDescriptor;
  /** The shortest time between two STATEs, in milliseconds; infinite: only the last one is sent. */
  readonly interval: number;
  readonly now: () => number;
  /** Counts the stream's records emitted in this run. */
  readonly emitted: () => number;
  readonly state: (isFinished: boolean) => StateBlob;
};

export const trackCheckpoints = (options: CheckpointOptions): Checkpoints => {
  const {stream, interval, now, emitted, state} = options;
  // A state equal to this has no progress to save.
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
  const saveNow = (): AirbyteMessage | undefined => {
    const current = state(false);
    return isDeepStrictEqual(current, saved ?? initial) ? undefined : save(current);
  };
  return {
    due: () => (now() - savedAt < interval ? undefined : saveNow()),
    now: saveNow,
    last: (isFinished) => {
      const blob = state(isFinished);
      return isDeepStrictEqual(blob, saved) ? undefined : save(blob);
    },
  };
};
