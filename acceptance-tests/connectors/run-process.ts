// Runs a program that speaks the protocol, and reads its output line by line.
import type {Readable} from 'node:stream';
import {setTimeout as delay} from 'node:timers/promises';
import {parseExact} from '../../cdk/json/exact.ts';
import {type Signal, type Stop, startChild} from '../../process/child.ts';
import {headOf, linesOf} from '../../process/lines.ts';
import type {CallStyle, Command, Inputs, Line, Run} from './connector.ts';
import {watchMemory} from './memory.ts';

/** The default time in milliseconds after which a run is killed and counts as hung. */
const TIMEOUT = 1_200_000;

const MIB = 1024 * 1024;

/** The longest line in characters. `headwater sync` accepts no longer one either. */
const MAX_LINE = 64 * MIB;

/** The default limit of what a run may print, in characters. All of it is kept, and compared with other runs. */
const MAX_OUTPUT = 128 * MIB;

/** The memory of a line beside its characters, counted as such: a parsed value is several times as large as its text. */
const OF_A_LINE = 256;

/** The lines that are kept of a run that printed too much. */
const KEPT_LINES = 100;
const KEPT_LENGTH = 10_000;

/** The number of characters of stderr that are kept. */
const MAX_STDERR = MIB;

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
    // A state goes back to the connector with all its digits.
    return {text, json: parseExact(text)};
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

interface Heard {
  readonly lines: readonly Line[];
  /** The limit that the output exceeded. */
  readonly excess?: string;
}

const cutTo = (lines: readonly Line[], excess: string): Heard => ({
  lines: lines.slice(0, KEPT_LINES).map(({text, ...line}) => ({
    ...(text.length > KEPT_LENGTH ? {text: headOf(text, KEPT_LENGTH)} : {...line, text}),
  })),
  excess,
});

class LineTooLong extends Error {}

/** Passes each line to `onLine` until that ends the connector; the rest is still read, up to the limits. */
const listen = async (
  stdout: Readable,
  {onLine = () => 'continue', pause = 0, maxOutput = MAX_OUTPUT}: CallStyle,
  end: (signal: Signal) => void,
): Promise<Heard> => {
  const lines: Line[] = [];
  let size = 0;
  let cut = false;
  const take = (text: string): void => {
    const line = parsed(text);
    lines.push(line);
    const action = cut ? 'continue' : onLine(line, lines.length - 1);
    if (action === 'continue') return;
    cut = true;
    end(action === 'kill' ? 'SIGKILL' : 'SIGTERM');
  };
  const limits = {limit: Math.min(MAX_LINE, maxOutput), tooLong: () => new LineTooLong()};
  try {
    for await (const texts of linesOf(stdout, limits)) {
      for (const text of texts) {
        size += text.length + OF_A_LINE;
        if (size > maxOutput) return cutTo(lines, `more than ${maxOutput / MIB} MiB of output`);
        take(text);
      }
      if (pause > 0) await delay(pause);
    }
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    return cutTo(lines, `a line of more than ${limits.limit / MIB} MiB`);
  }
  return {lines};
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
    const {lines, excess} = await listen(child.stdout, style, (signal) => {
      cut = true;
      child.send(signal);
    });
    if (excess !== undefined) child.send('SIGKILL');
    drain();
    const exit = await child.ended;
    stop?.soon.throwIfAborted();
    return {
      ...{command, commandLine, inputs, lines, stderr: stderr?.() ?? '', exit},
      ...{startedAt, took: since(), firstLineAfter, peakMemory: memory?.peak()},
      ...(hung && {hung}),
      ...(cut && {cut}),
      ...(excess !== undefined && {excess}),
    };
  } finally {
    clearTimeout(timer);
    memory?.stop();
    // A run that failed leaves no connector running.
    child.send('SIGKILL');
  }
};
