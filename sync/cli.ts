// The program around a sync: the only file that touches argv, signals and exit codes.
import packageJson from '../package.json' with {type: 'json'};
import {EXIT_USAGE, type Invocation, parseArguments} from './config/arguments.ts';
import {makeOrder} from './config/options.ts';
import {UsageError, userMessage} from './errors.ts';
import {openProgress, type Progress} from './report/progress.ts';
import {summarize, whatNext} from './report/summary.ts';
import {openTally} from './report/tally.ts';
import type {Stop} from './run/program.ts';
import {sync} from './run/sync.ts';

const EXIT_FAILURE = 1;

/** By the convention of shells: 128 and the signal's number. */
const SIGNALS = {SIGTERM: 143, SIGINT: 130} as const;

/** How long a run that must end at once may take for its farewell, in milliseconds. */
const FAREWELL = 1_000;

const REFRESH = 200;

type Signals = Stop & {
  /** The exit code of a run that was stopped; undefined for one that was not. */
  readonly exitCode: () => number | undefined;
};

/** The first signal ends the run in order; a second one ends it at once. */
const listenForSignals = (announce: (text: string) => void): Signals => {
  const soon = new AbortController();
  const now = new AbortController();
  let exitCode: number | undefined;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (soon.signal.aborted) {
        now.abort();
        setTimeout(() => process.exit(code), FAREWELL).unref();
        return;
      }
      exitCode = code;
      announce(
        `${signal}: the sources are told to save what they have. Once more, and they end at once.`,
      );
      soon.abort();
    });
  }
  return {soon: soon.signal, now: now.signal, exitCode: () => exitCode};
};

const isColourful = ({isTTY}: {readonly isTTY?: boolean}): boolean =>
  isTTY === true && !process.env['NO_COLOR'];

const runSync = async (invocation: Invocation): Promise<number> => {
  const order = await makeOrder(invocation);
  const startedAt = Date.now();
  const jobs = order.sources.map((source) => ({
    ...source,
    tally: openTally(source.name, Date.now),
  }));
  const reports = () => jobs.map(({tally}) => tally.report());
  const progress: Progress = openProgress({
    terminal: process.stderr,
    reports,
    now: Date.now,
    colour: isColourful(process.stderr),
    erase: process.stdout.isTTY,
  });
  const signals = listenForSignals((text) => progress.say('headwater', 'warn', text));
  const refresh = setInterval(progress.look, REFRESH);
  try {
    await sync(jobs, order.streams, {
      directory: order.directory,
      tokens: order.tokens,
      startedAt,
      now: Date.now,
      stop: signals,
      debug: invocation.debug,
      say: progress.say,
    });
  } finally {
    clearInterval(refresh);
    progress.close();
  }
  const results = reports();
  const lines = summarize(results, Date.now() - startedAt);
  const next = process.env['npm_lifecycle_event'] === 'start' ? whatNext(results) : [];
  process.stdout.write([...lines, ...next].map((line) => `${line}\n`).join(''));
  const failed = results.some(({outcome}) => outcome === 'failed');
  return signals.exitCode() ?? (failed ? EXIT_FAILURE : 0);
};

/** The whole of main.ts: reads the command line, runs it, sets the exit code. */
export const main = async (): Promise<void> => {
  // A reader that is gone, as in `headwater … | head`, must not end a run that lands rows.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const parsed = parseArguments(packageJson.version, process.argv);
  if ('exitCode' in parsed) {
    process.exitCode = parsed.exitCode;
    return;
  }
  try {
    process.exitCode = await runSync(parsed.invocation);
  } catch (error) {
    process.stderr.write(`error: ${userMessage(error)}\n`);
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
  }
};
