// The STATE messages of one stream: when one is due, what it counts, and never the same twice in a row.
import {isDeepStrictEqual} from 'node:util';
import type {AirbyteMessage, StreamDescriptor} from '../../protocol/generated/airbyte.ts';
import {stateMessage} from '../../protocol/messages.ts';
import type {StateBlob} from '../../protocol/state.ts';

export type Checkpoints = {
  /** Counts records that were emitted. */
  readonly count: (records: number) => void;
  /** The records of this run, all told. */
  readonly total: () => number;
  /** A STATE for progress since the last one, once the interval is over. */
  readonly due: (blob: () => StateBlob) => AirbyteMessage | undefined;
  /** The STATE that ends the stream; undefined where the last one said just that. */
  readonly last: (blob: StateBlob) => AirbyteMessage | undefined;
};

/**
 * @param interval the least time between two STATEs, in milliseconds
 * @param initial the blob before the first record: while it stands, there is no progress to save
 */
export const trackCheckpoints = (
  stream: StreamDescriptor,
  interval: number,
  now: () => number,
  initial: StateBlob,
): Checkpoints => {
  let sinceState = 0;
  let total = 0;
  let savedAt = now();
  let saved: StateBlob | undefined;

  const save = (blob: StateBlob): AirbyteMessage => {
    const message = stateMessage(stream, blob, sinceState);
    sinceState = 0;
    savedAt = now();
    saved = blob;
    return message;
  };
  return {
    count: (records) => {
      sinceState += records;
      total += records;
    },
    total: () => total,
    due: (blob) => {
      if (now() - savedAt < interval) return undefined;
      const current = blob();
      return isDeepStrictEqual(current, saved ?? initial) ? undefined : save(current);
    },
    last: (blob) => (isDeepStrictEqual(blob, saved) ? undefined : save(blob)),
  };
};
