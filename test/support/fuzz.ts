/**
 * How many cases a property test makes: these, or FUZZ_CASES. A failure prints the seed that makes its case again; FUZZ_SEED
 * begins there.
 */
export const fuzz = (cases: number) => {
  const {FUZZ_CASES, FUZZ_SEED} = process.env;
  return {
    numRuns: Number(FUZZ_CASES ?? cases),
    ...(FUZZ_SEED !== undefined && {seed: Number(FUZZ_SEED)}),
  };
};
