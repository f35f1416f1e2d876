import {describe, expect, test} from '@jest/globals';
import {dayOf, openApi, range} from '../../../test/read/deleting-api.ts';
import {at, type Item, item, schema} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import type {Sweep} from '../../author/deletes.ts';
import {page, stream} from '../../author/stream.ts';
import type {Slice} from '../../author/types.ts';
import type {Duration} from '../../duration.ts';
import {pack} from './packed-ids.ts';

const RAISED = `WARN Stream items: restored records are emitted with the updated_at of their tombstone, such as ${at(5)} in place of ${at(0)}: with a lower one they would stay deleted in destinations that keep the highest. If the items of \`deletes.list\` have it, return it from \`deletes.list.record\`.`;
const LISTED =
  'WARN Stream items: records that were marked as deleted are listed again: 2. Those that did not get a new cursor since are not read. Set `deletes.sweep.fetch` to request them, or run a full refresh.';

/** Three records, of which a sweep has marked the second as deleted. */
const openSwept = async (sweep: Partial<Sweep<Item, Slice>> = {}, names?: readonly string[]) => {
  const slices = names && (() => names.map((name) => ({name})));
  const opened = openApi({[names?.[0] ?? '']: range(1, 3)}, {sweep, ...(slices && {slices})});
  const {api, sync} = opened;
  const all = api.content[names?.[0] ?? ''] ?? [];
  all.push(item(9, 5));
  await sync();
  api.content[names?.[0] ?? ''] = all.filter(({id}) => id !== 2);
  await sync();
  expect((await sync()).deleted).toEqual([{id: 2, updated_at: at(5), _deleted_at: dayOf(2)}]);
  return {...opened, all};
};

describe('a record that comes back after a sweep, with its old cursor', () => {
  test('is requested by `fetch`, and emitted once', async () => {
    const fetched: unknown[] = [];
    const {api, sync, all} = await openSwept({
      fetch: async (key) => {
        fetched.push(key);
        return item(2, 0);
      },
    });
    api.content[''] = all;
    const {records, warnings} = await sync();
    expect([records, warnings]).toEqual([[item(9, 5), item(2, 5)], [RAISED]]);
    const later = [await sync(), await sync()];
    expect(later.map((one) => [one.records, one.warnings])).toEqual([
      [[item(9, 5)], []],
      [[item(9, 5)], []],
    ]);
    expect(fetched).toEqual([{id: 2}]);
  });

  test('is found in another slice', async () => {
    const {api, sync} = await openSwept({fetch: async () => item(2, 0)}, ['a', 'b']);
    api.content['b'] = [item(2, 0)];
    // The slice without records had no position yet.
    expect((await sync()).records).toContainEqual(item(2, 5));
    expect([...(await sync()).deleted, ...(await sync()).deleted]).toEqual([]);
  });

  test('is a warning without `fetch`, until it has a new cursor', async () => {
    const {api, sync, all} = await openSwept();
    api.content[''] = all;
    expect([(await sync()).warnings, (await sync()).warnings]).toEqual([[LISTED], [LISTED]]);
    api.content[''] = [...all.filter(({id}) => id !== 2), item(2, 60)];
    const {records, warnings} = await sync();
    expect([records, warnings]).toEqual([[item(9, 5), item(2, 60)], []]);
    expect((await sync()).warnings).toEqual([]);
  });

  test('that `fetch` does not find, or fails to request, is requested in the next sweep', async () => {
    const responses: (Item | null | Error)[] = [null, new Error('Down.'), item(2, 0)];
    const {api, sync, all} = await openSwept({
      fetch: async () => {
        const response = responses.shift();
        if (response instanceof Error) throw response;
        return response;
      },
    });
    api.content[''] = all;
    const found = [await sync(), await sync(), await sync()];
    expect(found.map(({records, warnings}) => [records.length, warnings])).toEqual([
      [1, []],
      [
        1,
        [
          'WARN Stream items: `deletes.sweep.fetch` failed, so records that are listed again are requested in the next sweep: Down.',
        ],
      ],
      [2, [RAISED]],
    ]);
  });

  test('is not noticed after 90 days, nor if the ids in the state are of another primary key', async () => {
    const late = await openSwept();
    late.api.content[''] = late.all;
    const now = () => Date.parse(dayOf(93));
    expect((await late.sync({now})).warnings).toEqual([]);
    const other = await openSwept();
    other.api.content[''] = other.all;
    const state = JSON.stringify(other.state());
    other.setState(JSON.parse(state.replace(/("deleted":\{"ids":"[^"]*","key":\["id)/, '$1s')));
    expect((await other.sync()).warnings).toEqual([]);
  });

  test('stays deleted with a warning if the state is damaged', async () => {
    const {api, sync, all, state, setState} = await openSwept();
    api.content[''] = all;
    const text = JSON.stringify(state());
    setState(
      JSON.parse(text.replace(/"deleted":\{"ids":"[^"]*"/, `"deleted":{"ids":"${pack({a: 7})}"`)),
    );
    expect((await sync()).warnings).toEqual([
      'WARN Stream items: its state has damaged keys: deletes.sweep.deleted. They are ignored, so deleted records may stay in the destination. A full refresh removes them.',
    ]);
  });

  test.each<[string, {readonly cursor?: object; readonly fullSync?: {every: Duration}}]>([
    ['an API that cannot filter by the cursor', {cursor: {clientSide: true}}],
    ['a full sync', {fullSync: {every: {days: 1}}}],
  ])('is emitted from the records of %s', async (_case, {cursor, ...more}) => {
    let all = [...range(1, 3), item(9, 5)];
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', ...cursor},
        ...more,
        deletes: {sweep: {}},
        async *read() {
          yield page(all);
        },
      }),
    );
    await sync();
    all = all.filter(({id}) => id !== 2);
    expect([...(await sync()).deleted, ...(await sync()).deleted]).toMatchObject([{id: 2}]);
    all = [...range(1, 3), item(9, 5)];
    const {records, warnings} = await sync();
    expect(records).toContainEqual(item(2, 5));
    expect(warnings).toEqual([RAISED]);
    const later = await sync();
    expect([later.deleted, later.warnings]).toEqual([[], []]);
  });
});

describe('a sweep beside a list of deleted records', () => {
  type Way = {
    readonly sweep: Sweep<Item, Slice>;
    readonly clientSide?: boolean;
    /** The trash lists everything in each sync, and the list of records has what is in the trash. */
    readonly isMuddled?: boolean;
  };

  const openBoth = ({sweep, clientSide = false, isMuddled = false}: Way) => {
    const api = {items: [item(1), item(2), item(9)], trash: [] as readonly object[]};
    const isSince = (since: unknown) => (one: object) =>
      since === undefined || String(Object.values(one)[1]) >= String(since);
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', clientSide},
        deletes: {
          list: {
            at: 'deleted_at',
            async *read({since}) {
              yield page(api.trash.filter(isSince(isMuddled ? undefined : since)));
            },
          },
          sweep,
        },
        async *read({since}) {
          yield page(api.items.filter(isSince(clientSide ? undefined : since)));
        },
      }),
    );
    const deleteSecond = async () => {
      await sync();
      if (!isMuddled) api.items = [item(1), item(9)];
      api.trash = [{id: 2, deleted_at: at(20)}];
      const {deleted} = await sync();
      expect(deleted).toEqual([{id: 2, updated_at: at(9), _deleted_at: at(20)}]);
    };
    const restore = () => {
      api.items = [item(1), item(2), item(9)];
      api.trash = [];
    };
    return {api, sync, deleteSecond, restore};
  };
  const idsOf = (api: {readonly items: readonly Item[]}) => ({
    every: {days: 1},
    async *read() {
      yield page(api.items.map(({id}) => ({id})));
    },
  });

  test('finds a record that was restored with its old cursor in the list of ids', async () => {
    const api = {items: [] as readonly Item[]};
    for (const fetch of [undefined, async () => item(2)]) {
      const opened = openBoth({sweep: {...idsOf(api), ...(fetch && {fetch})}});
      const update = () => {
        api.items = opened.api.items;
      };
      update();
      await opened.deleteSecond();
      update();
      expect((await opened.sync()).warnings).toEqual([]);
      opened.restore();
      update();
      const {records, warnings} = await opened.sync();
      expect(records).toEqual(fetch ? [item(9), item(2, 9)] : [item(9)]);
      expect(warnings).toEqual(fetch ? [expect.stringContaining('restored records')] : [LISTED]);
    }
  });

  test('finds it among the records', async () => {
    const opened = openBoth({sweep: {}, clientSide: true});
    await opened.deleteSecond();
    opened.restore();
    expect((await opened.sync()).records).toEqual([item(2, 9), item(9)]);
    expect((await opened.sync()).records).toEqual([item(9)]);
  });

  test('restores no record that the list still has', async () => {
    const opened = openBoth({sweep: {}, clientSide: true, isMuddled: true});
    await opened.deleteSecond();
    for (let run = 0; run < 3; run += 1) {
      const {records} = await opened.sync();
      expect(records.map((one) => '_deleted_at' in one)).toEqual([true, false]);
    }
  });
});
