// A source as a child process: started, listened to, stopped.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {codeOf, messageOf, SyncError} from '../errors.ts';
import {lastLinesOf, linesOf} from './lines.ts';

/** How a run is ended from outside. */
export type Stop = {
  /** Aborted when the run shall end in order: programs are told so, and heard out. */
  readonly soon: AbortSignal;
  /** Aborted when it must end at once. */
  readonly now: AbortSignal;
};

export type Ending = {
  /** In words, for a sentence: `ended with exit code 1`. */
  readonly words: string;
  readonly ok: boolean;
  /** The last lines it printed on stderr. */
  readonly stderr: readonly string[];
};

export type Program = {
  /** The lines of stdout, some at a time. Leaving the loop early closes stdout. */
  readonly lines: AsyncIterable<readonly string[]>;
  /** Resolves when the program is gone and all it printed was read. */
  readonly ended: Promise<Ending>;
  /** Tells the program to end, and sees to it. */
  readonly stop: () => void;
};

/** How long a program that was told to end may take to save what it has, in milliseconds. */
const GRACE = 10_000;

const startError = (path: string, error: unknown): SyncError => {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'it, or the interpreter its first line names, does not exist',
    EACCES: 'it is not executable: chmod +x it',
    ENOEXEC: 'it is neither a binary nor a script that begins with #!',
  };
  return new SyncError(`Can't start ${path}: ${reasons[codeOf(error)] ?? messageOf(error)}.`);
};

const wordsFor = (code: number | null, signal: string | null): string =>
  signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;

/** Starts a program; rejects when it can't be started. */
export const startProgram = async (
  path: string,
  args: readonly string[],
  {stop, onStderr}: {readonly stop: Stop; readonly onStderr: (line: string) => void},
): Promise<Program> => {
  // In a process group of its own: Ctrl-C in a terminal would reach it beside our own signal, and for many
  // programs a second signal means "at once". It also lets a signal reach what a shell script started.
  const child = spawn(path, args, {stdio: ['ignore', 'pipe', 'pipe'], detached: true});
  // A child that can't start never closes; that is told once, below.
  const closed = once(child, 'close');
  closed.catch(() => {});
  child.on('error', () => {});
  const stderr = lastLinesOf(child.stderr, onStderr);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw startError(path, error);
  }

  let gone = false;
  const send = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (gone || child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Ended just now.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (timer !== undefined) return;
    send('SIGTERM');
    timer = setTimeout(() => send('SIGKILL'), GRACE);
  };
  const endNow = (): void => send('SIGKILL');
  stop.soon.addEventListener('abort', end);
  stop.now.addEventListener('abort', endNow);
  if (stop.soon.aborted) end();

  const awaitEnd = async (): Promise<Ending> => {
    const [code, signal] = await closed;
    gone = true;
    clearTimeout(timer);
    stop.soon.removeEventListener('abort', end);
    stop.now.removeEventListener('abort', endNow);
    return {words: wordsFor(code, signal), ok: code === 0, stderr: stderr()};
  };
  return {lines: linesOf(child.stdout), ended: awaitEnd(), stop: end};
};
