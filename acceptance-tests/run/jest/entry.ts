// What jest runs: one test for each check. The reporter reads the outcomes from a file, since jest itself knows
// neither warnings nor reasons.
import {appendFile} from 'node:fs/promises';
import {describe, test} from '@jest/globals';
import {ALL_CHECKS} from '../../checks/all.ts';
import {SUITES} from '../../checks/check.ts';
import {openOrder} from '../options.ts';
import {runCheck} from '../run-check.ts';
import {orderOfJest} from './handed.ts';

/** Runs have limits of their own; this is for a day of reading. */
const LIMIT = 24 * 3_600_000;

const {order, cwd, outcomes} = orderOfJest();
process.chdir(cwd);
const context = await openOrder(order);
const suites = SUITES.filter((suite) => order.only?.includes(suite) ?? true);

/** In the order of the checks: the invariants come last. */
const names = [...new Set(ALL_CHECKS.map(({suite}) => suite))];

for (const suite of names.filter((name) => suites.includes(name))) {
  describe(suite, () => {
    for (const check of ALL_CHECKS.filter((one) => one.suite === suite)) {
      test(
        check.name,
        async () => {
          const result = await runCheck(check, context);
          await appendFile(outcomes, `${JSON.stringify(result)}\n`);
          if (result.outcome.status !== 'failed') return;
          throw new Error(result.outcome.faults.map(({reason}) => reason).join('\n'));
        },
        LIMIT,
      );
    }
  });
}
