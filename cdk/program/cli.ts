// The program of a source: the only file with argv, signals and exit codes.
import packageJson from '../../package.json' with {type: 'json'};
import type {Source} from '../author/source.ts';
import type {Command, Runtime} from '../commands/command.ts';
import {messageOf, SystemError, stackOf} from '../errors.ts';
import {errorTrace} from '../protocol/messages.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {commandFailure} from '../read/failures.ts';
import {Interrupted} from '../read/turns/abort.ts';
import {type Invocation, parseArguments} from './arguments.ts';
import {readJsonFile, readStateFile} from './input.ts';
import {type Output, takeStdout} from './stdout.ts';

const EXIT_FAILURE = 1;

/** A program that must end waits so long for a reader that does not read, in milliseconds. */
const FLUSH_LIMIT = 5_000;

/** By the convention of shells: 128 plus the signal's number. */
const SIGNALS = {SIGTERM: 143, SIGINT: 130} as const;
type Signal = keyof typeof SIGNALS;

// Each command is loaded when it runs: `spec` is called often and needs next to nothing.
const start = async <C extends object>(
  source: Source<C>,
  invocation: Invocation,
  runtime: Runtime,
): Promise<Command> => {
  switch (invocation.command) {
    case 'spec':
      return (await import('../commands/spec.ts')).spec(source);
    case 'check': {
      const {check} = await import('../commands/check.ts');
      return check(source, () => readJsonFile('config', invocation.config), runtime);
    }
    case 'discover': {
      const {discover} = await import('../commands/discover.ts');
      return discover(source, () => readJsonFile('config', invocation.config), runtime);
    }
    case 'read': {
      const {read} = await import('../commands/read.ts');
      const {config, catalog, state} = invocation;
      const inputs = {
        config: () => readJsonFile('config', config),
        catalog: () => readJsonFile('catalog', catalog),
        state: async () => (state === undefined ? undefined : readStateFile(state)),
      };
      return read(source, inputs, runtime);
    }
  }
};

/** Writes the messages of a command, each after the one before it was taken. Returns whether all went well. */
const writeAll = async (command: Command, output: Output): Promise<boolean> => {
  for (;;) {
    const {done, value} = await command.next();
    if (done) return value;
    await output.write(value);
  }
};

/** A reader that has closed its end, as `head` does, has what it wanted. Other errors, such as a full disk, go to stderr. */
const exitOnBrokenStdout = (error: unknown): never => {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`stdout cannot be written: ${messageOf(error)}\n`);
  process.exit(EXIT_FAILURE);
};

/** Ends by the signal itself, which the parent can see. The kernel spares PID 1, which exits instead. */
const dieBy = (signal: Signal): void => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(SIGNALS[signal]), process.pid === 1 ? 0 : 1_000);
};

/** The first signal stops the run cleanly. A second one, or a reader that does not read, ends it at once. */
const stopOnSignals = (stop: AbortController): void => {
  for (const signal of Object.keys(SIGNALS) as Signal[]) {
    process.on(signal, () => {
      if (stop.signal.aborted) return dieBy(signal);
      stop.abort(new Interrupted(signal));
      setTimeout(() => dieBy(signal), FLUSH_LIMIT).unref();
    });
  }
};

/** Stops a run that is about to exceed its memory cleanly, as a signal does; the run fails. */
const stopOnShortage = async (stop: AbortController): Promise<void> => {
  const {watchMemory} = await import('./memory.ts');
  watchMemory((error) => {
    stop.abort(error);
    setTimeout(() => process.exit(EXIT_FAILURE), FLUSH_LIMIT).unref();
  });
};

const report = async (
  output: Output,
  error: unknown,
  level: 'ERROR' | 'FATAL',
  now = Date.now(),
): Promise<void> => {
  const failure = commandFailure(error);
  output.log(level, failure.message, level === 'FATAL' ? stackOf(error) : undefined);
  await output.write(errorTrace(failure, now)).catch(() => {}); // reported by onBroken
};

/** Reports uncaught errors on stdout, where clients look, and exits. */
const dieOnUncaught = (output: Output): void => {
  const die = async (error: unknown): Promise<void> => {
    setTimeout(() => process.exit(EXIT_FAILURE), FLUSH_LIMIT).unref();
    await report(output, error, 'FATAL');
    await output.flush();
    process.exit(EXIT_FAILURE);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  process.on('beforeExit', () =>
    die(
      new SystemError(
        'The source waits for a promise that never settles: nothing else is left to do. Look for it in the code of the source.',
      ),
    ),
  );
};

/** Runs one command and returns the exit code. It writes to `output` only, and does not end the process. */
export const perform = async <C extends object>(
  source: Source<C>,
  invocation: Invocation,
  output: Output,
  runtime: Runtime,
): Promise<number> => {
  try {
    return (await writeAll(await start(source, invocation, runtime), output)) ? 0 : EXIT_FAILURE;
  } catch (error) {
    if (runtime.signal.aborted) return EXIT_FAILURE;
    await report(output, error, 'ERROR', runtime.now());
    return EXIT_FAILURE;
  }
};

/**
 * Makes a source a program: reads the command line, writes messages to stdout, and ends the process.
 * @example await run(github); // in sources/github/main.ts
 */
export const run = async <C extends object>(source: Source<C>): Promise<void> => {
  const parsed = await parseArguments(
    source.name,
    packageJson.version,
    process.argv,
    process.env['LOG_LEVEL']?.toLowerCase() === 'debug',
  );
  if ('exitCode' in parsed) {
    process.exitCode = parsed.exitCode;
    return;
  }
  // `spec` loads next to nothing, and ends before memory or worker threads matter.
  const isBrief = parsed.invocation.command === 'spec';
  // A source may start worker threads from its own bundle; those must not run the command.
  if (!isBrief && !(await import('node:worker_threads')).isMainThread) return;
  const redactor = createRedactor();
  const output = takeStdout({
    redact: redactor.redact,
    debug: parsed.invocation.debug,
    onBroken: exitOnBrokenStdout,
  });
  const stop = new AbortController();
  stopOnSignals(stop);
  dieOnUncaught(output);
  if (!isBrief) await stopOnShortage(stop);
  const exitCode = await perform(source, parsed.invocation, output, {
    signal: stop.signal,
    now: Date.now,
    // https://docs.airbyte.com: jobs have up to three attempts, counted from 0.
    isRetry: Number(process.env['WORKER_JOB_ATTEMPT']) > 0,
    redactor,
    emit: async (message) => {
      await output.write(message);
      await output.flush();
    },
    log: output.log,
  });
  const {reason} = stop.signal;
  // A run that was finished when memory became short is complete.
  if (exitCode !== 0 && reason instanceof SystemError) await report(output, reason, 'ERROR');
  await output.flush();
  if (reason instanceof Interrupted) dieBy(reason.signal);
  // Everything was written. A timer or socket that the source left open must not keep the process alive.
  else process.exit(exitCode);
};
