// A child process: started, sent signals, and never left alone when this process ends.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Readable} from 'node:stream';

export type Signal = 'SIGTERM' | 'SIGKILL';

export type Exit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
};

/** How a run is ended from outside. */
export type Stop = {
  /** Aborted when the run must end in order: children get SIGTERM, and what they still print is read. */
  readonly soon: AbortSignal;
  /** Aborted when it must end at once: children get SIGKILL. */
  readonly now: AbortSignal;
};

export type Child = {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the child is gone and both outputs are closed. */
  readonly ended: Promise<Exit>;
  /** Does nothing once the child has ended. */
  readonly send: (signal: Signal) => void;
  /** SIGTERM, and SIGKILL if the child is still there ten seconds later. */
  readonly end: () => void;
};

type Options = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stop?: Stop | undefined;
  /** Sends a signal to what the child stands for, such as a container; by default to the child and all that it started. */
  readonly send?: (signal: Signal, toChild: (signal: Signal) => void) => void;
  /** Called when the child is gone. Node drops what is left in an output that nobody reads by then. */
  readonly onExit?: () => void;
};

/** How long a child that got SIGTERM may take to save what it has, in milliseconds. */
const GRACE = 10_000;

/** To the whole group: the program may be a child of a shell, or have children itself. */
const sendToGroup = (pid: number, signal: Signal): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // Ended just now.
  }
};

const running = new Set<number>();

/** A crash, or `process.exit`, must not leave children behind that nobody reads. */
const endRunning = (): void => {
  for (const pid of running) sendToGroup(pid, 'SIGKILL');
};

const register = (pid: number): void => {
  if (running.size === 0) process.on('exit', endRunning);
  running.add(pid);
};

const unregister = (pid: number): void => {
  running.delete(pid);
  if (running.size === 0) process.off('exit', endRunning);
};

const endingOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({code, signal}));
  });

/** Starts a program; rejects with the system's error where it can't be started. stdin is empty. */
export const startChild = async (
  program: string,
  args: readonly string[],
  {env = process.env, stop, send: sendElsewhere, onExit}: Options = {},
): Promise<Child> => {
  // In a process group of its own: Ctrl-C in a terminal would reach it beside our own signal, and for many
  // programs a second signal means "at once". It also lets a signal reach what a shell script started.
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe'], detached: true, env});
  const closed = endingOf(child);
  if (onExit !== undefined) child.once('exit', onExit);
  await once(child, 'spawn');
  // What can't be sent later is no news: the child has gone.
  child.on('error', () => {});
  const {pid = 0} = child;
  register(pid);

  let gone = false;
  const toChild = (signal: Signal): void => {
    if (!gone) sendToGroup(pid, signal);
  };
  const send = (signal: Signal): void => {
    if (gone) return;
    if (sendElsewhere === undefined) toChild(signal);
    else sendElsewhere(signal, toChild);
  };
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (timer !== undefined || gone) return;
    send('SIGTERM');
    timer = setTimeout(() => send('SIGKILL'), GRACE);
  };
  const endNow = (): void => send('SIGKILL');
  stop?.soon.addEventListener('abort', end);
  stop?.now.addEventListener('abort', endNow);
  if (stop?.soon.aborted) end();

  const awaitEnd = async (): Promise<Exit> => {
    const exit = await closed;
    gone = true;
    unregister(pid);
    clearTimeout(timer);
    stop?.soon.removeEventListener('abort', end);
    stop?.now.removeEventListener('abort', endNow);
    return exit;
  };
  return {pid, stdout: child.stdout, stderr: child.stderr, ended: awaitEnd(), send, end};
};
