// Runs a sync as a program, with its progress, signals and exit code.
import {EXIT_FAILURE} from '../process/command-line.ts';
import {UsageError} from '../process/errors.ts';
import {listenForSignals} from '../process/signals.ts';
import {harmlessText} from '../process/terminal.ts';
import {type Invocation, resolveOptions} from './config/resolve-options.ts';
import {userMessage} from './report/errors.ts';
import {openProgress, type Progress} from './report/progress.ts';
import {nextSteps, summarize} from './report/summary.ts';
import {openTally} from './report/tally.ts';
import {sync} from './run/sync.ts';

/** Milliseconds between two updates of the progress. */
const REFRESH = 200;

const isColourful = ({isTTY}: {readonly isTTY?: boolean}): boolean =>
  isTTY === true && !process.env['NO_COLOR'];

const perform = async (invocation: Invocation): Promise<number> => {
  const options = await resolveOptions(invocation);
  const startedAt = Date.now();
  const jobs = options.sources.map((source) => ({
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
  const signals = listenForSignals((signal) =>
    progress.log(
      'headwater',
      'warn',
      `${signal}: waiting for the sources to save their positions. A second signal ends them at once.`,
    ),
  );
  const refresh = setInterval(progress.look, REFRESH);
  try {
    await sync(jobs, options.streams, {
      directory: options.directory,
      tokens: options.tokens,
      startedAt,
      now: Date.now,
      stop: signals,
      adoptState: invocation.adoptState,
      debug: invocation.debug,
      log: progress.log,
    });
  } finally {
    clearInterval(refresh);
    signals.close();
    progress.close();
  }
  const results = reports();
  const lines = summarize(results, Date.now() - startedAt);
  const next = process.env['npm_lifecycle_event'] === 'start' ? nextSteps(results) : [];
  process.stdout.write([...lines, ...next].map((line) => `${line}\n`).join(''));
  const failed = results.some(({outcome}) => outcome === 'failed');
  return signals.exitCode() ?? (failed ? EXIT_FAILURE : 0);
};

/** Runs `headwater sync`, and resolves to its exit code. */
export const runSync = async (invocation: Invocation): Promise<number> => {
  try {
    return await perform(invocation);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(harmlessText(`error: ${userMessage(error)}\n`));
    return EXIT_FAILURE;
  }
};
