// The bytes of a body that are not read yet: the newest chunk, after what is left of those before it.

export type ByteWindow = {
  /** What is left and the chunk, in one piece. It holds good until the next call. */
  readonly add: (chunk: Buffer) => Buffer;
  /** Keeps the end of that piece for the next one. */
  readonly keep: (rest: Buffer) => void;
};

/** More memory than this is not held for a small rest, in bytes. */
const LARGE = 4 * 1024 * 1024;

export const openWindow = (): ByteWindow => {
  // Filled again and again: what is outside the heap waits long for the collector.
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
