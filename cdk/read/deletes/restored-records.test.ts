import {describe, expect, test} from '@jest/globals';
import {at, item, schema, stateOf} from '../../../test/read/items.ts';
import {
  type FilledTrashApi as Api,
  inStep,
  openFilledTrashApi as opened,
  openTrashApi,
} from '../../../test/read/trash-api.ts';
import {parent} from '../../author/slices.ts';
import {page, stream} from '../../author/stream.ts';
import {catalogOf} from '../../testing/run-read.ts';
import {pack} from './packed-ids.ts';

const CATALOG = catalogOf(['items', 'notes'], 'incremental');
const WITHIN = {within: {days: 30}};

describe('a restored record', () => {
  test('is emitted as it is if the list shows its cursor', async () => {
    const api = await opened({showsCursor: true});
    api.delete(2);
    const {deleted} = await api.sync();
    api.restore(2);
    const {records, warnings, messages} = await api.sync();
    expect(deleted).toMatchObject([{id: 2, updated_at: at(2)}]);
    expect([records, warnings]).toEqual([[item(2), item(4)], []]);
    const counts = messages.map(({state}) => state?.sourceStats?.recordCount ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  test('is emitted with the cursor of its tombstone if the list does not show it, with a warning', async () => {
    const api = await opened();
    api.delete(1);
    api.delete(2);
    await api.sync();
    api.restore(1);
    api.restore(2);
    const {records, warnings} = await api.sync();
    expect(records).toEqual([item(1, 4), item(2, 4), item(4)]);
    expect(warnings).toEqual([
      `WARN Stream items: restored records are emitted with the updated_at of their tombstone, such as ${at(4)} in place of ${at(1)}: with a lower one they would stay deleted in destinations that keep the highest. If the items of \`deletes.list\` have it, return it from \`deletes.list.record\`.`,
    ]);
  });

  test('is not requested if it came with a new cursor after the list was read', async () => {
    const api = await opened();
    api.delete(2);
    await inStep(api);
    api.api.onPage = () => {
      api.api.onPage = undefined;
      api.restore(2);
      api.api.live.set('', [item(1), item(2, 60), item(3), item(4)]);
    };
    await inStep(api);
    await inStep(api);
    expect(api.api.fetched).toEqual([]);
  });

  test('is requested again in the next sync if that fails, and the stream is incomplete', async () => {
    let isDown = true;
    const api: Api = await opened({
      list: {
        restores: {
          ...WITHIN,
          fetch: async ({id}) => {
            if (isDown) throw new Error('Down.');
            return api.api.live.get('')?.find((one) => one.id === id);
          },
        },
      },
    });
    api.delete(2);
    await inStep(api);
    api.restore(2);
    const {complete, warnings} = await api.sync();
    expect([complete, warnings]).toEqual([
      false,
      [
        'WARN Stream items: the list of deleted records could not be read; other records are read, but the slice stays incomplete: Down.',
      ],
    ]);
    isDown = false;
    await inStep(api);
  });

  test('must be the one that was requested', async () => {
    const api = await opened({list: {restores: {...WITHIN, fetch: async () => item(3)}}});
    api.delete(2);
    await inStep(api);
    api.restore(2);
    expect((await api.sync()).warnings.join()).toContain(
      '`deletes.list.restores.fetch` should return the record {"id":2}, null or undefined, but it returned the record {"id":3}.',
    );
  });

  test('that is gone for good is emitted as deleted if the run was killed before its tombstone', async () => {
    const api = await opened();
    api.delete(2);
    // STARTED and the STATE with its id.
    const {messages} = await api.sync({}, 2);
    expect(messages.slice(0, 2).map(({type}) => type)).toEqual(['TRACE', 'STATE']);
    api.purgeUnseen(2);
    await inStep(api);
    expect(api.api.fetched).toEqual([2]);
  });

  test('is requested once if it is gone for good', async () => {
    const api = await opened();
    api.delete(2);
    await inStep(api);
    api.purge(2);
    await inStep(api);
    await inStep(api);
    expect(api.api.fetched).toEqual([2]);
  });

  test('comes to the children of its stream, though they read only parents that changed', async () => {
    const api = openTrashApi();
    for (const id of [1, 2]) api.create(id);
    const parents: unknown[] = [];
    const notesOf = (items: ReturnType<typeof api.stream>) =>
      stream({
        name: 'notes',
        schema,
        cursor: {field: 'updated_at'},
        slices: parent(items, ({id}) => ({item: Number(id)}), {incremental: true}),
        async *read({slice}) {
          parents.push(slice.item);
          yield page([]);
        },
      });
    const sync = async () => {
      const items = api.stream();
      await api.sync({streams: [items, notesOf(items)], catalog: CATALOG, concurrency: 2});
      return parents.splice(0);
    };
    await sync();
    api.delete(1);
    expect(await sync()).toEqual([2]);
    api.restore(1);
    expect(await sync()).toEqual([1, 2]);
  });
});

test('a restored record that a full sync emits has the cursor of its tombstone', async () => {
  const restores = {...WITHIN, fetch: async () => null};
  const api = await opened({list: {restores}, more: {fullSync: {every: {days: 2}}}});
  api.delete(2);
  await inStep(api);
  api.api.onPage = () => {
    api.api.onPage = undefined;
    api.restore(2);
  };
  const {records} = await api.sync();
  expect(records).toEqual([item(1), item(3), item(4), item(2, 4)]);
});

describe('a list of deleted records that can be restored', () => {
  const restores = {...WITHIN, fetch: async () => undefined};

  test('is read from as far back as a record can be restored, and from the oldest that the kit remembers', async () => {
    const api = await opened();
    api.delete(1);
    await api.sync();
    await api.sync();
    api.api.day = 50;
    await api.sync();
    api.api.day = 60;
    await api.sync();
    const [, , ...requested] = api.api.requested;
    expect(requested).toEqual([
      '2025-12-04T00:00:00.000Z',
      // A tick before the deletion, in case the API lists only what was deleted after `since`.
      '2026-01-01T23:57:59.999Z',
      '2026-01-01T23:58:00.000Z',
    ]);
  });

  test('that may be incomplete restores nothing, and warns', async () => {
    let incompleteReason: string | undefined;
    const api = await opened({
      list: {
        at: 'time',
        restores,
        async *read() {
          yield incompleteReason ? {records: [], incompleteReason} : page([{id: 9, time: at(5)}]);
        },
      },
    });
    incompleteReason = 'the last page is a full one';
    expect((await api.sync()).warnings).toEqual([
      'WARN Stream items: the list of deleted records is not complete: the last page is a full one. No record is taken for restored because it lacks it.',
    ]);
  });

  test('needs times that can be compared', async () => {
    const read = async (time: unknown) => {
      const api = openTrashApi({
        list: {
          at: 'time',
          restores,
          async *read() {
            yield page([{id: 2, time}]);
          },
        },
      });
      return (await api.sync()).warnings.join();
    };
    for (const time of [undefined, null, 7, 'Monday']) {
      expect(await read(time)).toContain(
        `\`deletes.list.restores\` needs the time at which each item was deleted, but time of one is ${JSON.stringify(time)}.`,
      );
    }
  });

  test('forgets the ids of another primary key, and those in a damaged state', async () => {
    const api = await opened();
    api.delete(2);
    await inStep(api);
    const stateWith = (deleted: unknown) =>
      stateOf('items', {updated_at: at(4), deletes: {list: {at: {'': at(5)}, deleted}}});
    api.setState(stateWith({ids: pack({'': [['a', at(5)]]}), key: ['uuid']}));
    expect((await api.sync()).warnings).toEqual([]);
    const damaged = [7, {ids: 7, key: ['id']}, {ids: '!', key: ['id']}, {ids: 'x'}];
    for (const one of damaged) {
      api.setState(stateWith(one));
      expect((await api.sync()).warnings).toEqual([
        'WARN Stream items: its state has damaged keys: deletes.list.deleted. They are ignored, so deleted records may stay in the destination. A full refresh removes them.',
      ]);
    }
    expect(api.api.fetched).toEqual([]);
  });

  test('lists nothing from before the run if its position was in the future', async () => {
    const api = await opened();
    api.delete(2);
    api.setState(
      stateOf('items', {
        updated_at: '2999-01-01T00:00:00Z',
        deletes: {list: {at: {'': '2999-01-01T00:00:00Z'}}},
      }),
    );
    expect((await api.sync()).records).toEqual([]);
    expect(api.api.requested.at(-1)).toBe('2026-01-01T23:59:00Z');
  });

  test('needs a stream with a cursor: without one all records come in each sync', () => {
    const define = () =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        deletes: {list: {restores, read: async function* () {}}},
        read: async function* () {},
      });
    expect(define).toThrow(
      'Stream items: without a cursor each sync reads all records, so restored ones come by themselves: leave out `deletes.list.restores`.',
    );
  });

  test('with too many ids for a state forgets them, and warns', async () => {
    const ids = Array.from({length: 40_000}, (_, id) => crypto.randomUUID() + id);
    const all = ids.map((id) => ({id, time: at(5)}));
    const api = openTrashApi({
      list: {
        at: 'time',
        restores,
        async *read() {
          yield page(all);
        },
      },
    });
    const {warnings, deletesState} = await api.sync();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^WARN Stream items: the ids of 40000 deleted records take \d+ bytes in the state, which is too much\. They are forgotten/,
      ),
    ]);
    expect(deletesState).toEqual({list: {at: {'': at(5)}}});
  });
});
