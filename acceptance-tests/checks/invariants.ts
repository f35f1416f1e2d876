// The suite `invariants`: a check for each invariant, over all runs of the other checks.
import type {Check, Fault} from '../check-kit/check.ts';
import {INVARIANTS} from '../invariants/all.ts';
import type {Finding} from '../invariants/invariant.ts';
import {observationsOf} from '../invariants/observe-runs.ts';

/** Merges equal findings of several runs. */
const distinct = (findings: readonly Finding[]): readonly Fault[] => {
  const counts = Map.groupBy(findings, ({reason}) => reason);
  return [...counts.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            reason: others.length === 0 ? first.reason : `${first.reason} (${others.length + 1}×)`,
            ...(first.offending !== undefined && {offending: first.offending}),
            advice: first.advice,
          },
        ],
  );
};

export const invariants: readonly Check[] = INVARIANTS.map(({name, about}) => ({
  suite: 'invariants',
  name,
  about,
  run: async ({connector}) => {
    const {findings, runs} = observationsOf(connector);
    if (runs === 0) return {status: 'skipped', reason: 'there was no run'};
    const own = findings.filter(({invariant}) => invariant === name);
    const errors = own.filter(({severity}) => severity === 'error');
    if (errors.length > 0) return {status: 'failed', faults: distinct(errors)};
    return own.length > 0 ? {status: 'warned', faults: distinct(own)} : {status: 'passed'};
  },
}));
