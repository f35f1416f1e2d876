import {describe, expect, test} from '@jest/globals';
import {dayOf} from '../../../test/read/deleting-api.ts';
import {at, type Item, item, schema, stateOf} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import type {DeletedList} from '../../author/deletes.ts';
import {page, stream} from '../../author/stream.ts';
import type {Slice} from '../../author/types.ts';
import {inShort} from '../../testing/run-read.ts';

type Gone = {readonly id: number; readonly deleted_at?: string | number};

type SetUp = {
  readonly list?: Partial<DeletedList<Item, Slice>>;
  readonly slices?: () => readonly Slice[];
};

const openApi = ({list, slices}: SetUp = {}) => {
  const api = {
    items: [item(1), item(2)],
    gone: [] as readonly (Gone | Error)[],
    asked: [] as unknown[],
    order: [] as string[],
  };
  const items = () =>
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      cursor: {field: 'updated_at'},
      ...(slices && {slices}),
      deletes: {
        list: {
          at: 'deleted_at',
          async *read({slice, since}) {
            api.order.push('deleted');
            api.asked.push(slices ? [slice['name'], since] : since);
            for (const one of api.gone) {
              if (one instanceof Error) throw one;
              yield page([one]);
            }
          },
          ...list,
        },
      },
      async *read({since}) {
        api.order.push('items');
        yield page(
          api.items.filter((one) => since === undefined || String(one.updated_at) >= String(since)),
        );
      },
    });
  return {api, ...openSyncs(items)};
};

describe('a list of what was deleted', () => {
  test('is emitted as records, ahead of those that are there, with the highest cursor of earlier syncs', async () => {
    const {api, sync} = openApi();
    await sync();
    api.gone = [{id: 1, deleted_at: at(5)}];
    api.items = [item(2), item(7)];
    const {records, messages} = await sync();
    expect(records).toEqual([{id: 1, updated_at: at(2), _deleted_at: at(5)}, item(2), item(7)]);
    expect(inShort(messages).at(-3)).toMatch(/^items STATE .* 3$/);
    expect(api.order).toEqual(['deleted', 'items', 'deleted', 'items']);
  });

  test('has a position of its own, the highest time of a deletion', async () => {
    const {api, sync} = openApi();
    api.gone = [
      {id: 8, deleted_at: at(5)},
      {id: 9, deleted_at: at(3)},
    ];
    await sync();
    api.gone = [];
    await sync();
    const {kept} = await sync();
    expect(api.asked).toEqual([undefined, at(5), at(5)]);
    expect(kept).toEqual({cursor: at(2), list: {at: {'': at(5)}}});
  });

  test('begins at its start, and its position never passes the start of the run', async () => {
    const {api, sync} = openApi({list: {start: at(1)}});
    api.gone = [{id: 9, deleted_at: dayOf(3)}];
    await sync();
    await sync();
    expect(api.asked).toEqual([at(1), '2025-12-31T23:59:00.000Z']);
  });

  test('without a time goes on where the run began, less what clocks differ', async () => {
    const opened = openApi({
      list: {
        async *read({since}) {
          opened.api.asked.push(since);
          yield page([{id: 1}]);
        },
      },
    });
    const {deleted} = await opened.sync();
    await opened.sync();
    expect(deleted).toEqual([{id: 1, _deleted_at: dayOf(0)}]);
    expect(opened.api.asked.slice(0, 1)).toEqual([undefined]);
  });

  test('of which no item has a time stays where it was', async () => {
    const {api, sync, setState} = openApi();
    setState(stateOf('items', {updated_at: at(1), deletes: {list: {at: {'': at(1)}}}}));
    api.gone = [{id: 9}];
    await sync();
    await sync();
    expect(api.asked).toEqual([at(1), at(1)]);
  });

  test('takes seconds since 1970 for what they are', async () => {
    const {api, sync} = openApi({list: {format: 'epoch-s'}});
    api.gone = [{id: 9, deleted_at: 1_767_000_000}];
    await sync();
    await sync();
    expect(api.asked).toEqual([undefined, 1_767_000_000]);
  });

  test('that fails keeps its position; the records are read, and the stream is incomplete', async () => {
    const {api, sync} = openApi();
    api.gone = [{id: 8, deleted_at: at(3)}];
    await sync();
    api.gone = [{id: 9, deleted_at: at(5)}, new Error('No.')];
    api.items = [item(7)];
    const {records, complete, warnings} = await sync();
    await sync();
    expect(complete).toBe(false);
    expect(records).toEqual([{id: 9, updated_at: at(2), _deleted_at: at(5)}, item(7)]);
    expect(warnings).toEqual([
      'WARN Stream items: the list of what was deleted could not be read; the records are read nevertheless: No.',
    ]);
    expect(api.asked).toEqual([undefined, at(3), at(3)]);
  });

  test('has its items made into records as the author says', async () => {
    const {sync} = openApi({
      list: {
        async *read() {
          yield page([{uuid: '4', when: at(6)}]);
        },
        at: 'when',
        record: ({uuid, when}) => ({id: Number(uuid), updated_at: String(when)}),
      },
    });
    expect((await sync()).deleted).toEqual([{id: 4, updated_at: at(6), _deleted_at: at(6)}]);
  });

  test('with an item that the primary key does not name is an error', async () => {
    const {sync} = openApi({
      list: {
        async *read() {
          yield page([{uuid: '4'}]);
        },
      },
    });
    expect(inShort((await sync()).messages)).toContain(
      'ERROR Stream items: An item of `deletes.list` has no id, only uuid: give with `deletes.list.record` what it tells of the record.',
    );
  });

  test('has a position for each slice; those of slices that are gone are forgotten', async () => {
    let names = ['a', 'b'];
    const {api, sync} = openApi({slices: () => names.map((name) => ({name}))});
    api.gone = [{id: 8, deleted_at: at(3)}];
    await sync();
    names = ['b', 'c'];
    const {kept} = await sync();
    expect(api.asked).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['b', at(3)],
      ['c', undefined],
    ]);
    expect(kept).toMatchObject({list: {at: {'name=b': at(3), 'name=c': at(3)}}});
  });

  test('gives a deleted record no cursor that this run has seen: it may have been restored before that', async () => {
    const {api, sync} = openApi({slices: () => [{name: 'a'}, {name: 'b'}]});
    await sync();
    api.items = [item(2, 30)];
    api.gone = [{id: 1, deleted_at: at(5)}];
    expect((await sync()).deleted).toEqual([
      {id: 1, updated_at: at(2), _deleted_at: at(5)},
      {id: 1, updated_at: at(2), _deleted_at: at(5)},
    ]);
  });

  test('of more than a thousand slices goes on from the earliest position of all', async () => {
    const names = Array.from({length: 1_001}, (_, index) => `slice ${index}`);
    const {api, sync} = openApi({slices: () => names.map((name) => ({name}))});
    let minute = 0;
    Object.defineProperty(api, 'gone', {
      get: () => {
        minute += 1;
        return [{id: minute, deleted_at: at(minute % 50)}];
      },
    });
    const {kept} = await sync();
    expect(kept).toMatchObject({list: {folded: {at: at(0), keys: expect.any(String)}}});
    api.asked = [];
    await sync();
    expect(new Set(api.asked.map((one) => Array.isArray(one) && one[1]))).toEqual(new Set([at(0)]));
  });

  test('is not read in a full refresh', async () => {
    const {api, sync} = openApi();
    await sync({mode: 'full_refresh'});
    expect(api.asked).toEqual([]);
  });
});
