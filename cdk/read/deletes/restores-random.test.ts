// Random changes of an API with a trash, and syncs that are killed anywhere: in the end destinations have what the API has.
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {inThisRun} from '../../../test/cases.ts';
import {openTrashApi, type Trash} from '../../../test/read/trash-api.ts';

const trashes: fc.Arbitrary<Trash> = fc.record({
  filter: fc.constantFrom('at', 'after', 'none'),
  order: fc.constantFrom('ascending', 'descending', 'by-id'),
  times: fc.constantFrom('iso', 'epoch-s', 'none'),
  restored: fc.constantFrom('leaves', 'flagged', 'event'),
  showsCursor: fc.boolean(),
  pageSize: fc.constantFrom(1, 2, 5),
});

type SweepKind = 'own' | 'ids' | undefined;
const sweeps = fc.constantFrom<SweepKind[]>(undefined, undefined, 'own', 'ids');
const id = fc.integer({min: 1, max: 5});
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'delete' as const,
        'restore' as const,
        'update' as const,
        'purge' as const,
      ),
      id,
    }),
    fc.record({kind: fc.constant('wait' as const), days: fc.constantFrom(0.1, 1, 20, 45)}),
    // Without a cut the sync is complete.
    fc.record({
      kind: fc.constant('sync' as const),
      cut: fc.option(fc.nat({max: 12}), {nil: undefined}),
    }),
  ),
  {minLength: 4, maxLength: 25},
);

type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;

const play = async (
  api: ReturnType<typeof openTrashApi>,
  step: Step,
  {showsCursor, sweep}: Trash & {readonly sweep: SweepKind},
): Promise<void> => {
  api.expire();
  // A record that comes back after a sweep is noticed for 90 days.
  if (step.kind === 'wait') api.api.day += sweep ? Math.min(step.days, 1) : step.days;
  else if (step.kind === 'sync') await api.sync({}, step.cut);
  // An interrupted run may have emitted a higher cursor than it saved, which only the list itself shows then.
  else if (step.kind !== 'update' || (showsCursor && !sweep)) api[step.kind](step.id);
  api.api.day += 0.01;
};

test('restored records and deleted ones reach the destinations, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(trashes, sweeps, fc.boolean(), steps, async (trash, sweep, inSlices, all) => {
      const api = openTrashApi({...trash, sweep, ...(inSlices && {slices: ['a', 'b']})});
      const slice = inSlices ? 'a' : '';
      for (const one of [1, 2, 3, 4, 5]) api.create(one, slice);
      await api.sync();
      for (const step of all) await play(api, step, {...trash, sweep});
      // A sweep needs two lists to find a deleted record, after one that had it.
      for (let run = 0; run < 4; run += 1) await api.sync();
      const {api: ids, destinations} = api.ids();
      expect(destinations).toEqual([ids, ids]);
    }),
    {numRuns: inThisRun({quick: 100, full: 1_500})},
  );
}, 600_000);
