// Runs a program that speaks the protocol, and reads its output line by line.
import type {Readable} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import {type Signal, type Stop, startChild} from '../../process/child.ts';
import {linesOf} from '../../process/lines.ts';
import type {CallStyle, Command, Inputs, Line, Run} from './connector.ts';
import {watchMemory} from './memory.ts';

/** The default time in milliseconds after which a run is killed and counts as hung. */
const TIMEOUT = 1_200_000;

/** The number of characters of stderr that are kept. */
const MAX_STDERR = 1024 * 1024;

export interface Process {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sends a signal to a connector that is not the child itself. */
  readonly send?: (signal: Signal, toChild: (signal: Signal) => void) => void;
  readonly stop?: Stop | undefined;
  /** True if the child is the connector itself, so that its memory can be measured. */
  readonly measured: boolean;
}

export interface Request {
  readonly command: Command;
  readonly commandLine: string;
  readonly inputs: Inputs;
  readonly style: CallStyle;
}

const parsed = (text: string): Line => {
  try {
    return {text, json: JSON.parse(text)};
  } catch {
    return {text};
  }
};

/** Starts to read stderr. The returned function returns the output so far. */
const gather = (stderr: Readable): (() => string) => {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_STDERR) text += chunk;
  });
  return () => text;
};

/** Passes each line to `onLine` until that ends the connector; the rest is still read. */
const listen = async (
  stdout: Readable,
  {onLine = () => 'continue', pause = 0}: CallStyle,
  end: (signal: Signal) => void,
): Promise<readonly Line[]> => {
  const lines: Line[] = [];
  let cut = false;
  const take = (text: string): void => {
    const line = parsed(text);
    lines.push(line);
    const action = cut ? 'continue' : onLine(line, lines.length - 1);
    if (action === 'continue') return;
    cut = true;
    end(action === 'kill' ? 'SIGKILL' : 'SIGTERM');
  };
  for await (const texts of linesOf(stdout)) {
    for (const text of texts) take(text);
    if (pause > 0) await delay(pause);
  }
  return lines;
};

/** Rejects with the system's error if the program can't be started, and with the abort reason if the run is stopped. */
export const runProcess = async (
  {program, args, environment, send, stop, measured}: Process,
  {command, commandLine, inputs, style}: Request,
): Promise<Run> => {
  stop?.soon.throwIfAborted();
  const startedAt = Date.now();
  const begin = performance.now();
  const since = (): number => Math.round(performance.now() - begin);
  let stderr: (() => string) | undefined;
  const child = await startChild(program, args, {
    ...{env: environment, stop, onExit: () => drain()},
    ...(send && {send}),
  });
  const memory = measured ? watchMemory(child.pid) : undefined;
  let [hung, cut] = [false, false];
  let firstLineAfter: number | undefined;
  const timer = setTimeout(() => {
    hung = true;
    child.send('SIGKILL');
  }, style.timeout ?? TIMEOUT);
  child.stdout.once('data', () => {
    firstLineAfter = since();
  });
  // Adding a listener made the stream flow; only `listen` may start that.
  child.stdout.pause();
  // Called at the latest when the child exits: Node discards output that has no listener by then.
  const drain = (): void => {
    stderr ??= gather(child.stderr);
  };
  if (style.stderr !== 'undrained') drain();
  try {
    const lines = await listen(child.stdout, style, (signal) => {
      cut = true;
      child.send(signal);
    });
    drain();
    const exit = await child.ended;
    stop?.soon.throwIfAborted();
    return {
      ...{command, commandLine, inputs, lines, stderr: stderr?.() ?? '', exit},
      ...{startedAt, took: since(), firstLineAfter, peakMemory: memory?.peak()},
      ...(hung && {hung}),
      ...(cut && {cut}),
    };
  } finally {
    clearTimeout(timer);
    memory?.stop();
    // A run that failed leaves no connector running.
    child.send('SIGKILL');
  }
};
