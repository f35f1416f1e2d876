// One run of a program that speaks the protocol: started, listened to line by line, ended.
import {type ChildProcess, spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import type {Command, Exit, Inputs, Line, Manner, Run} from './connector.ts';
import {watchMemory} from './memory.ts';

/** Until a run counts as hung, in milliseconds, where nobody says otherwise. */
const TIMEOUT = 1_200_000;

/** How much of stderr is kept. */
const MAX_STDERR = 1024 * 1024;

type Signal = 'SIGTERM' | 'SIGKILL';

export interface Process {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sends a signal to the connector, which need not be the child itself. */
  readonly send: (child: ChildProcess, signal: Signal) => void;
  /** Whether the child is the connector, so that its memory tells something. */
  readonly measured: boolean;
}

export interface Request {
  readonly command: Command;
  readonly commandLine: string;
  readonly inputs: Inputs;
  readonly manner: Manner;
}

const parsed = (text: string): Line => {
  try {
    return {text, json: JSON.parse(text)};
  } catch {
    return {text};
  }
};

/** The lines of stdout as they come; the last one may have no end. */
async function* linesOf(stdout: Readable, pause: number): AsyncGenerator<string> {
  stdout.setEncoding('utf8');
  let rest: string[] = [];
  for await (const chunk of stdout) {
    const text: string = chunk;
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield [...rest, part].join('');
      rest = [];
    }
    if (last !== '') rest.push(last);
    if (pause > 0) await delay(pause);
  }
  if (rest.length > 0) yield rest.join('');
}

/** Reads stderr to its end, from now on. */
const gather = (stderr: Readable | null): (() => string) => {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_STDERR) text += chunk;
  });
  return () => text;
};

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code, signal}));
  });

/** Takes the lines as they come, until `onLine` has the connector ended; the rest is still read. */
const listen = async (
  stdout: Readable,
  {onLine = () => 'go on', pause = 0}: Manner,
  end: (signal: Signal) => void,
): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  let cut = false;
  for await (const text of linesOf(stdout, pause)) {
    const line = parsed(text);
    lines.push(line);
    const answer = cut ? 'go on' : onLine(line, lines.length - 1);
    if (answer === 'go on') continue;
    cut = true;
    end(answer === 'kill' ? 'SIGKILL' : 'SIGTERM');
  }
  return lines;
};

/** Rejects with the system's error where the program can't be started. */
export const runProcess = async (
  {program, args, environment, send, measured}: Process,
  {command, commandLine, inputs, manner}: Request,
): Promise<Run> => {
  const startedAt = performance.now();
  const since = (): number => Math.round(performance.now() - startedAt);
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a signal reaches all that a script started.
    detached: true,
    env: environment,
  });
  const exited = exitOf(child);
  exited.catch(() => {});
  const peak = watchMemory(measured ? child.pid : undefined);
  let [hung, cut] = [false, false];
  let firstLineAfter: number | undefined;
  const timer = setTimeout(() => {
    hung = true;
    send(child, 'SIGKILL');
  }, manner.timeout ?? TIMEOUT);
  child.stdout.once('data', () => {
    firstLineAfter = since();
  });
  // Listening makes it flow, which is `listen`'s to do.
  child.stdout.pause();
  const undrained = manner.stderr === 'undrained';
  let stderr = undrained ? undefined : gather(child.stderr);
  const drain = (): void => {
    stderr ??= gather(child.stderr);
  };
  // At the latest now: node throws away what nobody listens to when a child has gone.
  child.once('exit', drain);
  try {
    const lines = await listen(child.stdout, manner, (signal) => {
      cut = true;
      send(child, signal);
    });
    drain();
    const exit = await exited;
    return {
      ...{command, commandLine, inputs, lines, stderr: stderr?.() ?? '', exit},
      ...{took: since(), firstLineAfter, peakMemory: peak()},
      ...(hung && {hung}),
      ...(cut && {cut}),
    };
  } finally {
    clearTimeout(timer);
    peak();
  }
};
