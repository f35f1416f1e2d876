/** Why a run was told to stop; not a failure, but the stream it stops is not complete either. */
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
  const aborted = Promise.withResolvers<never>();
  // Most runs are never aborted; the promise must not count as unhandled when one is.
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, {once: true});
  const iterator = iterable[Symbol.asyncIterator]();
  try {
    signal.throwIfAborted();
    for (;;) {
      const {done, value} = await Promise.race([iterator.next(), aborted.promise]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: an iterator that hangs would never come back from it. One that fails now has been left already.
    iterator.return?.()?.catch(() => {});
  }
}
