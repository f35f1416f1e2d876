// Stops a run before the system kills it for its memory: a killed program gives no reason, and its last position is lost.
import {constants, PerformanceObserver} from 'node:perf_hooks';
import {getHeapStatistics} from 'node:v8';
import {SystemError} from '../errors.ts';
import {fieldOf} from '../json/values.ts';

/** Milliseconds between two checks. */
const INTERVAL = 250;

/** A run is stopped above this share of the process's limit, as by Airbyte's own kit. */
const MAX_SHARE = 0.95;

/** The same for the heap. It is lower, because V8 only collects garbage near its limit. */
const MAX_HEAP_SHARE = 0.8;

/** Above this share the heap is checked after every major garbage collection. */
const WATCHED_HEAP_SHARE = 0.5;

/** In bytes. */
export type Usage = {
  readonly used: number;
  /** 0 for no limit. */
  readonly limit: number;
};

/** The limit of the container or service, which libuv reads from the cgroup. */
const wholeProcess = (): Usage => ({
  used: process.memoryUsage.rss(),
  limit: process.constrainedMemory(),
});

/** The limit is `--max-old-space-size`, or by default a share of the machine's memory. */
const heap = (): Usage => {
  const {used_heap_size, heap_size_limit} = getHeapStatistics();
  return {used: used_heap_size, limit: heap_size_limit};
};

/** Calls back after each major garbage collection, when all of the memory in use is needed. */
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
    `Memory is nearly full: ${what} uses ${mebibytes(used)} of its ${mebibytes(limit)} MiB. The run was stopped and its ` +
      'positions were saved, so the next run continues from them. If this happens again, give it more memory, or let it hold ' +
      'less at once: smaller pages, a lower `concurrency`.',
  );

const METERS = {process: wholeProcess, heap, afterCollections};

/**
 * Calls back once when memory is short.
 * @returns stops watching
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
    if (isFull(meters.heap(), WATCHED_HEAP_SHARE)) {
      stopWatchingHeap ??= meters.afterCollections(() =>
        lookFor(meters.heap(), MAX_HEAP_SHARE, 'the heap'),
      );
    }
    lookFor(meters.process(), MAX_SHARE, 'the process');
  };
  const timer = setInterval(look, INTERVAL);
  timer.unref();
  return stop;
};
