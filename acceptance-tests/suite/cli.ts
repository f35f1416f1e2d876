// The `headwater test` command line.

/** The whole of `headwater test`: reads the command line, runs it, sets the exit code. */
export const main = async (argv: readonly string[]): Promise<void> => {
  process.stderr.write(`error: nothing to test yet: ${argv.slice(3).join(' ')}\n`);
  process.exitCode = 2;
};
