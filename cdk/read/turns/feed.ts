// The slices of a stream that come from the records of another one, as these are read.
import type {Slice} from '../../author/types.ts';
import {boundedQueue} from './queue.ts';

export type Feed = {
  readonly push: (slices: readonly Slice[]) => void;
  /** The parent was read to its end, or `fault` says why not. */
  readonly end: (fault?: unknown) => void;
  /** Slice by slice; throws at the end if there was a fault. */
  readonly slices: () => AsyncGenerator<Slice>;
};

/**
 * Holds as many slices as there are: they are small, and a parent that waited for its children, who wait for a place to
 * read, might hold that place.
 */
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
