// The number of cases that a test tries: few by default, more if HEADWATER_TESTS includes the slow tests, or as many as
// the environment sets.

const isFull = process.env['HEADWATER_TESTS']?.split(' ').includes('slow') ?? false;

type Sizes = {readonly quick: number; readonly full: number};

/** The size for this run. */
export const inThisRun = ({quick, full}: Sizes): number => (isFull ? full : quick);

const MINUTE = 60_000;

/**
 * The options of a property test: the given number of cases, or FUZZ_CASES, or as many as FUZZ_MINUTES allow. A failure
 * prints the seed of its case; FUZZ_SEED starts with it.
 */
export const fuzz = (sizes: Sizes) => {
  const {FUZZ_CASES, FUZZ_MINUTES, FUZZ_SEED} = process.env;
  const minutes = Number(FUZZ_MINUTES ?? 0);
  return {
    numRuns: minutes > 0 ? Number.MAX_SAFE_INTEGER : Number(FUZZ_CASES ?? inThisRun(sizes)),
    ...(minutes > 0 && {interruptAfterTimeLimit: minutes * MINUTE}),
    ...(FUZZ_SEED !== undefined && {seed: Number(FUZZ_SEED)}),
  };
};

/** A run that is limited by FUZZ_MINUTES prints its number of cases. */
export const printCases = (cases: number): void => {
  if (process.env['FUZZ_MINUTES'] !== undefined) process.stderr.write(`Fuzz: ${cases} cases.\n`);
};
