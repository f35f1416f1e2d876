/** One ordered queue between many readers of an API and one writer of stdout. */
export type BoundedQueue<T> = AsyncIterable<T> & {
  /** Adds an item at once; resolves when there is room for more. Await it to respect back-pressure; log lines do not. */
  readonly push: (item: T, bytes: number) => Promise<void>;
  /** The reader ends after the last item. */
  readonly close: () => void;
  readonly isFull: () => boolean;
};

const COMPACT_AFTER = 10_000;

/** Holds about `maxBytes`, and at least one item. For one reader. */
export const boundedQueue = <T>(maxBytes: number): BoundedQueue<T> => {
  let items: ({readonly item: T; readonly bytes: number} | undefined)[] = [];
  let first = 0;
  let held = 0;
  let open = true;
  let wakeReader = () => {};
  let room = Promise.withResolvers<void>();

  /** Not Array.shift(), which moves all items of a long array. */
  const shift = () => {
    if (first >= items.length) return undefined;
    const item = items[first];
    items[first] = undefined;
    first += 1;
    if (first === items.length || first > COMPACT_AFTER) {
      items = items.slice(first);
      first = 0;
    }
    return item;
  };
  const take = (): T | undefined => {
    const taken = shift();
    if (taken === undefined) return undefined;
    held -= taken.bytes;
    if (held <= maxBytes) {
      room.resolve();
      room = Promise.withResolvers<void>();
    }
    return taken.item;
  };
  const release = () => {
    open = false;
    wakeReader();
    room.resolve();
  };

  return {
    push: (item, bytes) => {
      if (!open) return Promise.resolve();
      items.push({item, bytes});
      held += bytes;
      wakeReader();
      return held <= maxBytes ? Promise.resolve() : room.promise;
    },
    close: release,
    isFull: () => open && held > maxBytes,
    async *[Symbol.asyncIterator]() {
      try {
        while (open || items.length > first) {
          const item = take();
          if (item !== undefined) yield item;
          else {
            await new Promise<void>((resolve) => {
              wakeReader = resolve;
            });
          }
        }
      } finally {
        // A reader that leaves early must not keep the writers waiting.
        release();
      }
    },
  };
};
