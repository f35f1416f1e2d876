// A check is written as a function of one entry of its suite, which returns what is wrong.

import type {Suite, Suites} from '../config/settings.ts';
import type {Check, Context, Fault, Outcome, SuiteName} from './check.ts';
import {type Runs, runsOf, Unavailable} from './shared-runs.ts';

/** The result of a check for one entry: faults, warnings, the reason why it does not apply, or a note. */
export type Verdict =
  | readonly Fault[]
  | {readonly warnings: readonly Fault[]}
  | {readonly skipped: string}
  | {readonly note: string};

type Body<E> = (entry: E, runs: Runs, context: Context) => Promise<Verdict> | Verdict;

const isFaults = (verdict: Verdict): verdict is readonly Fault[] => Array.isArray(verdict);

/** Combines the verdicts on all entries into one outcome. */
const sumUp = (verdicts: readonly Verdict[]): Outcome => {
  const faults = verdicts.filter(isFaults).flat();
  if (faults.length > 0) return {status: 'failed', faults};
  const warnings = verdicts.flatMap((verdict) => ('warnings' in verdict ? verdict.warnings : []));
  if (warnings.length > 0) return {status: 'warned', faults: warnings};
  const skipped = verdicts.flatMap((verdict) => ('skipped' in verdict ? verdict.skipped : []));
  const [reason] = skipped;
  if (reason !== undefined && skipped.length === verdicts.length)
    return {status: 'skipped', reason};
  const notes = verdicts.flatMap((verdict) => ('note' in verdict ? verdict.note : []));
  return notes.length > 0 ? {status: 'passed', note: notes.join('; ')} : {status: 'passed'};
};

/** A check that needs a run that failed elsewhere is skipped. Any other error is a bug or a wrong file. */
const orSkip = async (body: () => Promise<Verdict> | Verdict): Promise<Verdict> => {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Unavailable) return {skipped: error.message};
    throw error;
  }
};

const runSuite = async <E>(
  suite: NonNullable<Suite<E>>,
  body: (entry: E) => Promise<Verdict> | Verdict,
): Promise<Outcome> => {
  if ('bypass' in suite) return {status: 'skipped', reason: suite.bypass};
  const verdicts: Verdict[] = [];
  for (const entry of suite.entries) verdicts.push(await orSkip(() => body(entry)));
  return verdicts.length === 0
    ? {status: 'skipped', reason: 'the config lists no tests for it'}
    : sumUp(verdicts);
};

/** Returns a function that defines checks of a suite; `section` is the part of the config that has its entries. */
export const checksOf = <E>(
  suite: SuiteName,
  pick: (suites: Suites) => Suite<E>,
  section: string = suite,
) => {
  const define = (name: string, about: string, body: Body<E>): Check => ({
    suite,
    name,
    about,
    run: async (context) => {
      const chosen = pick(context.settings.suites ?? {});
      return chosen === undefined
        ? {status: 'skipped', reason: `the config has no acceptance_tests.${section}`}
        : runSuite(chosen, (entry) => body(entry, runsOf(context), context));
    },
  });
  return define;
};
