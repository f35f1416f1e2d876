import {describe, expect, test} from '@jest/globals';
import {dayOf} from '../../../test/read/deleting-api.ts';
import {type Item, schema} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import type {Deletes} from '../../author/deletes.ts';
import {page, stream} from '../../author/stream.ts';
import type {Slice} from '../../author/types.ts';
import {inShort} from '../../testing/run-read.ts';

const ids = (...all: readonly number[]): readonly Item[] => all.map((id) => ({id}));

/** An API whose items have no time of change. */
const openApi = (
  deletes: (api: {readonly trash: readonly object[]}) => Deletes<Item, Slice>,
  more: object = {},
) => {
  const api = {
    items: {'': ids(1, 2, 3)} as Record<string, readonly Item[]>,
    trash: [] as readonly object[],
    failing: '',
  };
  const items = () =>
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      checkpointInterval: {seconds: 0},
      deletes: deletes(api),
      ...more,
      async *read({slice}) {
        const name = String(Object.values(slice)[0] ?? '');
        if (api.failing !== '' && name === api.failing) throw new Error('No.');
        yield page(api.items[name] ?? []);
      },
    });
  return {api, ...openSyncs(items)};
};

const sweep = () => ({sweep: {}});
const list = (api: {readonly trash: readonly object[]}): Deletes<Item, Slice> => ({
  list: {
    at: 'at',
    async *read() {
      yield page(api.trash);
    },
  },
});

describe('a stream without a cursor, read incrementally', () => {
  test('finds deleted records with a sweep of its own records, and warns of nothing', async () => {
    const {api, sync} = openApi(sweep);
    await sync();
    api.items[''] = ids(1, 3);
    const second = await sync();
    const third = await sync();
    expect([second.deleted, second.warnings]).toEqual([[], []]);
    expect(inShort(third.messages)).toEqual([
      'items STARTED',
      'items RUNNING',
      'items {"id":1}',
      'items {"id":3}',
      `items ${JSON.stringify({id: 2, _deleted_at: dayOf(2)})}`,
      expect.stringMatching(/^items STATE .* 3$/),
      'items COMPLETE',
      'INFO Stream items is complete: 3 records.',
    ]);
    expect((await sync()).deleted).toEqual([]);
  });

  test('emits a record that comes back, whichever way it was found to be deleted', async () => {
    for (const deletes of [sweep, list]) {
      const {api, sync} = openApi(deletes);
      await sync();
      api.items[''] = ids(1, 3);
      api.trash = [{id: 2, at: dayOf(0)}];
      const found = [await sync(), await sync()].flatMap(({deleted}) => deleted);
      api.items[''] = ids(1, 2, 3);
      api.trash = [];
      const back = await sync();
      expect([found.length > 0, back.records]).toEqual([true, ids(1, 2, 3)]);
      expect((await sync()).deleted).toEqual([]);
    }
  });

  test('finds deleted records with a list of ids, by asking for each of them, and within the safety limit', async () => {
    const {api, sync} = openApi(() => ({
      sweep: {
        every: {days: 1},
        async *read() {
          yield page(api.items[''] ?? []);
        },
        confirm: async ({id}) => id !== 3,
      },
    }));
    await sync();
    api.items[''] = ids(1);
    expect((await sync()).deleted).toEqual([{id: 2, _deleted_at: dayOf(1)}]);
    api.items[''] = [];
    expect((await sync()).warnings.join()).toContain('No record would be left');
  });

  test('finds them in the API’s list of deleted records, which has a position', async () => {
    const {api, sync} = openApi(list);
    api.trash = [{id: 9, at: dayOf(-1)}];
    const {deleted, deletesState} = await sync();
    expect(deleted).toEqual([{id: 9, _deleted_at: dayOf(-1)}]);
    expect(deletesState).toEqual({list: {at: {'': dayOf(-1)}}});
  });

  test('tracks each slice, and those that are gone', async () => {
    let names = ['a', 'b'];
    const {api, sync} = openApi(() => ({sweep: {goneSlices: 'delete'}}), {
      slices: () => names.map((name) => ({name})),
    });
    api.items = {a: ids(1, 2, 3), b: ids(11)};
    await sync();
    api.items['a'] = ids(1, 2);
    api.items['b'] = ids(11, 3);
    expect([...(await sync()).deleted, ...(await sync()).deleted]).toEqual([]);
    names = ['a'];
    await sync();
    expect((await sync()).deleted).toMatchObject([{id: 3}, {id: 11}]);
  });

  test('resumes an interrupted sync, and finds in a later one what the complete slices lack', async () => {
    const {api, sync} = openApi(sweep, {slices: () => [{name: 'a'}, {name: 'b'}]});
    api.items = {a: ids(1, 2, 3), b: ids(11, 12)};
    await sync();
    api.items['a'] = ids(1, 2);
    api.failing = 'b';
    const failed = await sync();
    const now = () => Date.parse(dayOf(1)) + 3_600_000;
    api.failing = '';
    const resumed = await sync({now});
    expect([failed.complete, resumed.complete, resumed.records]).toEqual([
      false,
      true,
      ids(11, 12),
    ]);
    const later = [await sync(), await sync()].flatMap(({deleted}) => deleted);
    expect(later).toMatchObject([{id: 3}]);
  });

  test('does not track deletes in a full refresh, nor if it has only a flag', async () => {
    const tracked = openApi(sweep);
    expect((await tracked.sync({mode: 'full_refresh'})).deletesState).toBeUndefined();
    const flagged = openApi(() => ({flag: ({id}) => id === 2}));
    const {deleted, warnings} = await flagged.sync();
    expect(deleted).toEqual([{id: 2, _deleted_at: dayOf(0)}]);
    expect(warnings).toEqual([
      'WARN Stream items has no cursor, so it cannot be read incrementally; all of it is read.',
    ]);
  });
});
