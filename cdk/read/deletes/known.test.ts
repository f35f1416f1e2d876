import {describe, expect, test} from '@jest/globals';
import {openApi, range} from '../../../test/support/deleting-api.ts';
import {at, item, stateOf} from '../../../test/support/items.ts';

describe('the ids in the state', () => {
  test.each([
    ['no object', 7, 'deletes'],
    ['a list that is none', {list: 7}, 'deletes.list'],
    ['ids that are none of ours', {sweep: {known: ['AAAA'], slices: 'x'}}, 'deletes.sweep'],
  ])('count for nothing where they are %s, with a WARN', async (_what, deletes, part) => {
    const {sync, setState} = openApi({'': [item(1)]});
    setState(stateOf('items', {updated_at: at(1), deletes}));
    const {warnings, complete} = await sync();
    expect([complete, warnings]).toEqual([
      true,
      [
        `WARN Stream items: its state's ${part} is not understood, so what it said of deletes counts for nothing.`,
      ],
    ]);
  });

  test('are given up where they are too many, which is said in each run, and a higher limit begins anew', async () => {
    const setUp = {sweep: {limit: 2}};
    const {api, sync} = openApi({'': range(1, 3)}, setUp);
    const first = await sync();
    expect(first.warnings).toEqual([
      'WARN Stream items: more than 2 ids are too many to be kept, so what is deleted can not be found by what is missing: `deletes.sweep` is off, and no ids are kept. Use `deletes.list` or `deletes.flag`, or now and then a full refresh.',
    ]);
    expect(first.kept).toEqual({cursor: at(0), sweep: {off: 3}});
    expect((await sync()).warnings).toHaveLength(1);
    expect(api.asked).toEqual([]);
    setUp.sweep.limit = 10;
    expect((await sync()).warnings).toEqual([]);
    expect(api.asked).toEqual(['']);
  });
});
