// Runs a command line to its exit code. Only this file knows how a commander program ends.
import {CommanderError, Command as Program} from 'commander';
import {UsageError} from './errors.ts';
import {harmlessText} from './terminal.ts';

export const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

export type Output = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** Reads `process.stdout` only to write to it, because reading it changes the stdout of a source. */
const TERMINAL: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

/** Makes a commander action of a function that resolves to the exit code. */
export type Act = <A extends readonly unknown[]>(
  run: (...args: A) => number | Promise<number>,
) => (...args: A) => Promise<void>;

/**
 * Runs the command in argv, and resolves to the exit code: the result of its action, 0 after help or the version, 2 after
 * a usage error, which is printed. Any other error is thrown.
 * @param define adds commands and options to the program, their actions made by `act`
 */
export const runCommandLine = async (
  name: string,
  define: (program: Program, act: Act, output: Output) => void,
  argv: readonly string[],
  output: Output = TERMINAL,
): Promise<number> => {
  // If no action runs, argv has no command.
  let exitCode = EXIT_USAGE;
  const act: Act =
    (run) =>
    async (...args) => {
      exitCode = await run(...args);
    };
  const program = new Program(name).exitOverride().configureOutput({
    writeOut: output.out,
    writeErr: (text) => output.err(harmlessText(text)),
  });
  define(program, act, output);
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (!(error instanceof UsageError)) throw error;
    for (const line of error.message.split('\n')) output.err(harmlessText(`error: ${line}\n`));
    return EXIT_USAGE;
  }
};
