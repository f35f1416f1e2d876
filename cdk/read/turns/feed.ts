// Passes the slices that come from a parent's records to a child, while the parent is read.
import type {Slice} from '../../author/types.ts';
import {boundedQueue} from './queue.ts';

export type Feed = {
  readonly push: (slices: readonly Slice[]) => void;
  /** @param fault says why the parent was not read to its end */
  readonly end: (fault?: unknown) => void;
  /** Throws at the end if there was a fault. */
  readonly slices: () => AsyncGenerator<Slice>;
};

/** Unbounded: slices are small, and a parent that waits for its children might hold the slot that they wait for. */
export const openFeed = (): Feed => {
  const queue = boundedQueue<Slice>(Number.POSITIVE_INFINITY);
  let broken: {readonly fault: unknown} | undefined;
  return {
    push: (slices) => {
      for (const slice of slices) void queue.push(slice, 0);
    },
    end: (fault) => {
      if (fault !== undefined) broken = {fault};
      queue.close();
    },
    async *slices() {
      yield* queue;
      if (broken) throw broken.fault;
    },
  };
};
