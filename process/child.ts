// Starts child processes, sends them signals, and ends them when this process ends.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import type {Readable} from 'node:stream';
import {closeLeftOpen} from './left-open.ts';

export type Signal = 'SIGTERM' | 'SIGKILL';

export type Exit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True if a process that the child started held an output open after the end of the child, and was cut off. */
  readonly leftOpen?: true;
};

/** Ends a run from outside. */
export type Stop = {
  /** Aborted when the run must end cleanly: children get SIGTERM, and their output is read to its end. */
  readonly soon: AbortSignal;
  /** Aborted when it must end at once: children get SIGKILL. */
  readonly now: AbortSignal;
};

export type Child = {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Resolves when the child has ended and both outputs are closed. Outputs that another process holds open are closed a few
   * seconds after the end of the child: a loop over them then throws the error that `isLeftOpen` knows.
   */
  readonly ended: Promise<Exit>;
  /** Does nothing after the child has ended. */
  readonly send: (signal: Signal) => void;
  /** Sends SIGTERM, and SIGKILL if the child still runs ten seconds later. */
  readonly end: () => void;
};

type Options = {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stop?: Stop | undefined;
  /** Sends a signal to the container that the child runs, for example. Default: to the child and all that it started. */
  readonly send?: (signal: Signal, toChild: (signal: Signal) => void) => void;
  /** Ends the child even if this process is killed and can do nothing any more. Default: false. */
  readonly guarded?: boolean;
  /** Called when the child has ended. Node then drops the rest of an output that nothing reads. */
  readonly onExit?: () => void;
};

/** The time that a child has after SIGTERM to save its work, in milliseconds. */
const GRACE = 10_000;

/** Sends to the whole group, because the program may be a child of a shell, or have children. */
const sendToGroup = (pid: number, signal: Signal): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has just ended.
  }
};

const running = new Set<number>();

/** Runs on `exit`: a crash or `process.exit` must not leave children running. */
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

/** Waits until the end of this process closes its stdin, and then ends the group with the id in `$0`. No `--`: dash has none. */
const GUARD = `read -r _; kill -TERM -$0; sleep ${GRACE / 1000}; kill -KILL -$0`;

/** Starts a process that ends the group if this process is killed. Returns what ends that guard. */
const guard = (pid: number): (() => void) => {
  const watcher = spawn('/bin/sh', ['-c', GUARD, String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a guard only a run that is killed is worse off.
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  return () => watcher.kill('SIGKILL');
};

const endingOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({code, signal}));
  });

/** Starts a program with an empty stdin. Rejects with the system's error if it cannot be started. */
export const startChild = async (
  program: string,
  args: readonly string[],
  {env = process.env, stop, send: sendElsewhere, guarded = false, onExit}: Options = {},
): Promise<Child> => {
  // Its own process group keeps Ctrl-C of a terminal away from it: with our own signal that would make two, which means "at
  // once" to many programs. The group also lets a signal reach the children of a shell script.
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe'], detached: true, env});
  const closed = endingOf(child);
  if (onExit !== undefined) child.once('exit', onExit);
  let leftOpen = false;
  await once(child, 'spawn');
  // A later error is only that a signal could not be sent, because the child has ended.
  child.on('error', () => {});
  const {pid = 0} = child;
  register(pid);
  const unguard = guarded ? guard(pid) : () => {};
  const cutOff = (): void => {
    leftOpen = true;
    sendToGroup(pid, 'SIGKILL');
  };
  const watch = closeLeftOpen(child, [child.stdout, child.stderr], cutOff);

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
    unguard();
    watch.end();
    unregister(pid);
    clearTimeout(timer);
    stop?.soon.removeEventListener('abort', end);
    stop?.now.removeEventListener('abort', endNow);
    return leftOpen ? {...exit, leftOpen} : exit;
  };
  return {pid, stdout: child.stdout, stderr: child.stderr, ended: awaitEnd(), send, end};
};
