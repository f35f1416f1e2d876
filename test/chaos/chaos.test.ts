// Reads of an API that changes meanwhile, cut off anywhere and taken up again: whatever fast-check comes up with.
//   CHAOS_CASES=10000 CHAOS_SEED=1 npm test -- test/chaos/chaos
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {inThisRun} from '../cases.ts';
import {runScenario, type Tally} from './run.ts';
import {scenarios} from './scenario.ts';

const CASES = Number(process.env['CHAOS_CASES'] ?? inThisRun({quick: 300, full: 3_000}));
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 2 ** 31);

const add = (one: Tally, other: Tally): Tally => ({
  kills: one.kills + other.kills,
  expected: one.expected + other.expected,
  lost: one.lost + other.lost,
  repeats: one.repeats + other.repeats,
  worst: Math.max(one.worst, other.worst),
});

test('whatever an API does meanwhile, and wherever reads are cut off, no record is lost', async () => {
  let sum: Tally = {kills: 0, expected: 0, lost: 0, repeats: 0, worst: 0};
  const startedAt = performance.now();
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      sum = add(sum, await runScenario(scenario));
    }),
    {numRuns: CASES, seed: SEED},
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  process.stdout.write(
    `Chaos, seed ${SEED}: ${CASES} cases (${Math.round(CASES / seconds)} a second), ${sum.kills} kills tried, ${sum.expected} records expected, ${sum.lost} lost, ${sum.repeats} repeats, worst repeat ${sum.worst}.\n`,
  );
  expect(sum.lost).toBe(0);
}, 3_600_000);
