const MINUTE = 60_000;

/**
 * How many cases a property test makes: these, or FUZZ_CASES, or as many as go into FUZZ_MINUTES. A failure prints the seed
 * that makes its case again; FUZZ_SEED begins there.
 */
export const fuzz = (cases: number) => {
  const {FUZZ_CASES, FUZZ_MINUTES, FUZZ_SEED} = process.env;
  const minutes = Number(FUZZ_MINUTES ?? 0);
  return {
    numRuns: minutes > 0 ? Number.MAX_SAFE_INTEGER : Number(FUZZ_CASES ?? cases),
    ...(minutes > 0 && {interruptAfterTimeLimit: minutes * MINUTE}),
    ...(FUZZ_SEED !== undefined && {seed: Number(FUZZ_SEED)}),
  };
};

/** A run of some length says how many cases it made. */
export const tellCases = (cases: number): void => {
  if (process.env['FUZZ_MINUTES'] !== undefined) process.stderr.write(`Fuzz: ${cases} cases.\n`);
};
