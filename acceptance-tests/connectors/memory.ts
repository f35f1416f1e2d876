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

/** Watches a process. The returned function ends that and returns the peak in bytes; undefined without /proc. */
export const watchMemory = (pid: number | undefined): (() => number | undefined) => {
  if (pid === undefined) return () => undefined;
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  let watching = true;
  const look = async (): Promise<void> => {
    peak = Math.max(peak, await peakOfTree(pid));
    if (watching) timer = setTimeout(look, INTERVAL);
  };
  void look();
  return () => {
    watching = false;
    clearTimeout(timer);
    return peak === 0 ? undefined : peak;
  };
};
