// The unread bytes of a body: the newest chunk, after the rest of earlier chunks.

export type ByteWindow = {
  /** Returns the rest and the chunk in one piece, which is valid until the next call. */
  readonly add: (chunk: Buffer) => Buffer;
  readonly keep: (rest: Buffer) => void;
};

/** In bytes. More memory than this is released once the rest is small. */
const LARGE = 4 * 1024 * 1024;

export const openWindow = (): ByteWindow => {
  // Reused, because the collector is slow to free memory outside the heap.
  let memory = Buffer.alloc(0);
  let held = 0;

  const reserve = (length: number): void => {
    if (length <= memory.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * length);
    memory.copy(larger, 0, 0, held);
    memory = larger;
  };

  return {
    add: (chunk) => {
      if (held === 0) return chunk;
      const length = held + chunk.length;
      reserve(length);
      chunk.copy(memory, held);
      return memory.subarray(0, length);
    },
    keep: (rest) => {
      held = 0;
      if (memory.length > LARGE && rest.length < LARGE / 4) memory = Buffer.alloc(0);
      reserve(rest.length);
      rest.copy(memory);
      held = rest.length;
    },
  };
};
