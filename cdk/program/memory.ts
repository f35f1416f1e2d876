// Ends a run in order before the system ends it for its memory: a program that is killed tells nobody why, and its last
// position is lost.
import {constants, PerformanceObserver} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';
import {SystemError} from '../errors.ts';
import {fieldOf} from '../json/values.ts';

/** How often it looks, in milliseconds. */
const INTERVAL = 250;

/** The share of what the process may take from which on a run is ended; Airbyte's own kit does it there, too. */
const TOO_FULL = 0.95;

/** The same of the heap, of which V8 needs a part to work with: near its limit it does nothing but collect garbage. */
const TOO_FULL_A_HEAP = 0.8;

/** A heap that is fuller than this is worth to be looked at after each collection of its garbage. */
const WORTH_A_LOOK = 0.5;

export type Usage = {
  readonly used: number;
  /** 0 where there is none. */
  readonly limit: number;
};

/** What the container or the service manager allows, as libuv reads it from the cgroup; a machine without has none. */
const wholeProcess = (): Usage => ({
  used: process.memoryUsage.rss(),
  limit: process.constrainedMemory(),
});

/** What V8 allows JavaScript: `--max-old-space-size`, and by default a share of the machine. */
const heap = (): Usage => {
  const {used_heap_size, heap_size_limit} = getHeapStatistics();
  return {used: used_heap_size, limit: heap_size_limit};
};

/** Calls back behind each collection of all garbage: what is in use then is in use. */
const afterCollections = (look: () => void): (() => void) => {
  const observer = new PerformanceObserver((list) => {
    const kinds = list
      .getEntries()
      .map((entry) => 'detail' in entry && fieldOf(entry.detail, 'kind'));
    if (kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR)) look();
  });
  observer.observe({entryTypes: ['gc']});
  return () => observer.disconnect();
};

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 ** 2);

const isFull = ({used, limit}: Usage, share: number): boolean => limit > 0 && used > limit * share;

const shortage = ({used, limit}: Usage, what: string): SystemError =>
  new SystemError(
    `The run is ended before it is killed: it takes ${mebibytes(used)} of the ${mebibytes(limit)} MiB that ${what} may have. ` +
      'What was read is saved, and the next run goes on from there. If it ends like this again, give it more memory, or let it ' +
      'hold less at once: smaller pages, a lower `concurrency`.',
  );

const METERS = {process: wholeProcess, heap, afterCollections};

/**
 * Looks at the memory in use until it is short, and says so once.
 * @param meters what is looked at: by default what the process takes, and its heap
 * @returns ends it
 */
export const watchMemory = (
  onShort: (error: SystemError) => void,
  meters: typeof METERS = METERS,
): (() => void) => {
  let stopWatchingHeap: (() => void) | undefined;
  const stop = (): void => {
    clearInterval(timer);
    stopWatchingHeap?.();
  };
  const lookFor = (usage: Usage, share: number, what: string): void => {
    if (!isFull(usage, share)) return;
    stop();
    onShort(shortage(usage, what));
  };
  const look = (): void => {
    if (isFull(meters.heap(), WORTH_A_LOOK)) {
      stopWatchingHeap ??= meters.afterCollections(() =>
        lookFor(meters.heap(), TOO_FULL_A_HEAP, 'its heap'),
      );
    }
    lookFor(meters.process(), TOO_FULL, 'the process');
  };
  const timer = setInterval(look, INTERVAL);
  timer.unref();
  return stop;
};
