// The peak memory of a process and its children, as Linux counts it.
import {readFile} from 'node:fs/promises';

/** Milliseconds between two readings. The kernel keeps the peak of each process, so a few readings are enough. */
const INTERVAL = 40;

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html: VmHWM, "peak resident set size", in kB. */
const peakOf = async (pid: number): Promise<number> => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(await read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes ?? 0) * 1024;
};

const childrenOf = async (pid: number): Promise<readonly number[]> => {
  const text = await read(`/proc/${pid}/task/${pid}/children`);
  return text.split(' ').filter(Boolean).map(Number);
};

const peakOfTree = async (pid: number): Promise<number> => {
  const [own, children] = [await peakOf(pid), await childrenOf(pid)];
  const below = await Promise.all(children.map(peakOfTree));
  return below.reduce((sum, bytes) => sum + bytes, own);
};

export interface MemoryWatch {
  /** The peak in bytes so far; undefined without /proc, and if the process ended before it was looked at. */
  readonly peak: () => number | undefined;
  /** Ends the watch. */
  readonly stop: () => void;
}

/**
 * Watches a process. The system reports the usage of an ended child only to the call that waits for it, which Node makes
 * and keeps to itself.
 */
export const watchMemory = (pid: number): MemoryWatch => {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  let watching = true;
  const look = async (): Promise<void> => {
    peak = Math.max(peak, await peakOfTree(pid));
    if (watching) timer = setTimeout(look, INTERVAL);
  };
  void look();
  return {
    peak: () => (peak === 0 ? undefined : peak),
    stop: () => {
      watching = false;
      clearTimeout(timer);
    },
  };
};
