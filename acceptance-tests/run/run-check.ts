// Runs one check, and times it.

import {messageOf, UsageError} from '../../process/errors.ts';
import type {Check, Context, Outcome, Result} from '../check-kit/check.ts';

/** A check that throws counts as failed, and its result says why. */
const outcomeOf = async (check: Check, context: Context): Promise<Outcome> => {
  try {
    return await check.run(context);
  } catch (error) {
    const fault =
      error instanceof UsageError
        ? {reason: error.message, advice: 'Correct the file, or the config that names it.'}
        : {
            reason: `the check itself failed: ${messageOf(error)}`,
            ...(error instanceof Error && error.stack && {offending: error.stack}),
            advice: 'This is a bug in the acceptance tests: please report it.',
          };
    return {status: 'failed', faults: [fault]};
  }
};

export const runCheck = async (check: Check, context: Context): Promise<Result> => {
  const startedAt = performance.now();
  const outcome = await outcomeOf(check, context);
  const {suite, name, about} = check;
  return {suite, name, about, outcome, took: Math.round(performance.now() - startedAt)};
};
