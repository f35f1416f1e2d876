/** One ordered line between those who read an API and the one who writes stdout. */
export type BoundedQueue<T> = AsyncIterable<T> & {
  /**
   * Puts an item at the end, at once; resolves when there is room for more. Who waits for it cannot run
   * ahead of a slow reader; who does not (a log line) still keeps its place in the order.
   */
  readonly push: (item: T, bytes: number) => Promise<void>;
  /** No more items will come: the reader ends after the last one. */
  readonly close: () => void;
  /** Whether those who push have to wait for the reader. */
  readonly isFull: () => boolean;
};

const COMPACT_BEHIND = 10_000;

/** A queue that holds about `maxBytes`, and at least one item. For one reader. */
export const boundedQueue = <T>(maxBytes: number): BoundedQueue<T> => {
  let items: ({readonly item: T; readonly bytes: number} | undefined)[] = [];
  let first = 0;
  let held = 0;
  let open = true;
  let wakeReader = () => {};
  let room = Promise.withResolvers<void>();

  /** Not shift(): of a long array that moves every item behind the first. */
  const shift = () => {
    if (first >= items.length) return undefined;
    const item = items[first];
    items[first] = undefined;
    first += 1;
    if (first === items.length || first > COMPACT_BEHIND) {
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
