/** Thrown when a signal stops the run. It is not a failure, but the streams that it stops are incomplete. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: 'SIGTERM' | 'SIGINT';

  constructor(signal: 'SIGTERM' | 'SIGINT') {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** Reads an iterable until the signal is aborted, even while it is waiting for its next item. */
export async function* untilAborted<T>(
  iterable: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = iterable[Symbol.asyncIterator]();
  let stopWaiting = (_reason: unknown): void => {};
  const onAbort = () => stopWaiting(signal.reason);
  // Not Promise.race with one promise for the abort: that promise would keep every item in memory.
  const next = (): Promise<IteratorResult<T>> =>
    new Promise((resolve, reject) => {
      stopWaiting = reject;
      iterator.next().then(resolve, reject);
    });
  signal.addEventListener('abort', onAbort, {once: true});
  try {
    for (;;) {
      signal.throwIfAborted();
      const {done, value} = await next();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited, because an iterator that hangs would never return. Its failure no longer matters.
    iterator.return?.()?.catch(() => {});
  }
}
