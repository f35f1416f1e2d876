// The options of a cursor.
import {describe, expect, test} from '@jest/globals';
import {at, type Item, item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import type {Cursor} from '../author/cursor.ts';
import {stream} from '../author/stream.ts';
import {inShort, NOW, runRead} from '../testing/run-read.ts';

type Reading = {readonly since: unknown; readonly pages: number};

const read = async (
  cursor: Partial<Cursor<'updated_at'>>,
  pages: readonly (readonly Item[])[],
  state?: object,
) => {
  let reading: Reading | undefined;
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', ...cursor},
    async *read({since}) {
      reading = {since, pages: 0};
      for await (const page of pagesOf(...pages)) {
        reading = {since, pages: reading.pages + 1};
        yield page;
      }
    },
  });
  const {messages} = await runRead({
    streams: [items],
    ...(state && {state: stateOf('items', state)}),
  });
  return {
    ...reading,
    ids: messages.flatMap(({record}) => (record ? [record.data['id']] : [])),
    lines: inShort(messages).filter((line) => !line.startsWith('items {')),
    state: messages.findLast(({state: found}) => found)?.state?.stream?.stream_state,
  };
};

describe('a lookback', () => {
  test('begins each sync earlier, and does not move the position', async () => {
    const {since, state} = await read({lookback: {minutes: 10}}, [], {updated_at: at(30)});
    expect([since, state]).toEqual([at(20), {updated_at: at(30)}]);
  });

  test('does not begin before the start', async () => {
    const cursor = {lookback: {days: 10}, start: at(0)};
    expect([
      (await read(cursor, [], {updated_at: at(30)})).since,
      (await read(cursor, [])).since,
    ]).toEqual([at(0), at(0)]);
  });

  test('ignores the measurements that earlier versions saved in the state', async () => {
    const learned = {late: {'24': 3}, span: 600_000, level: 0, keys: 'AYCAgICAgAE='};
    const begun = await read({lookback: {minutes: 10}}, [], {updated_at: at(30), learned});
    const none = await read({}, [], {__ab_no_cursor_state_message: true, learned});
    expect([begun, none].map(({since, state}) => [since, state])).toEqual([
      [at(20), {updated_at: at(30)}],
      [undefined, {__ab_no_cursor_state_message: true}],
    ]);
    const warnings = [...begun.lines, ...none.lines].filter((line) => line.startsWith('WARN'));
    expect(warnings).toEqual([]);
  });
});

test('an API that returns records after a value gets the tick before it', async () => {
  const {since} = await read({bound: 'after'}, [], {updated_at: 41});
  expect(since).toBe(40);
});

describe('a list with the newest records first', () => {
  const pages = [[item(9), item(7)], [item(5), item(3)], [item(2)], [item(1)]];
  const WARNING =
    'WARN Stream items: the records are not in descending order of "updated_at", as `cursor.order` declares: each sync reads on until a page in that order has nothing new. If old records may fill a whole page, remove `order`.';

  const readFrom = async (list: readonly (readonly Item[])[], state?: object) => {
    const {lines, ...rest} = await read({order: 'descending'}, list, state);
    return {...rest, warnings: lines.filter((line) => line.startsWith('WARN'))};
  };

  test('is read up to the first page that has nothing new', async () => {
    const {pages: read_, ids, state, warnings} = await readFrom(pages, {updated_at: at(5)});
    expect([read_, ids, state, warnings]).toEqual([3, [9, 7, 5, 3, 2], {updated_at: at(9)}, []]);
  });

  test('is read on past records that equal the position', async () => {
    const tied = [[item(9), item(5)], [item(8, 5)], [item(4)], [item(3)]];
    const {pages: read_} = await readFrom(tied, {updated_at: at(5)});
    expect(read_).toBe(3);
  });

  test('is read to its end in the first sync', async () => {
    const {pages: read_, warnings} = await readFrom(pages);
    expect([read_, warnings]).toEqual([4, []]);
  });

  const OLD = [[item(3), item(2)], [item(1)]];

  test.each<[string, (readonly Item[])[], number, string[]]>([
    ['one on top of new ones', [[item(1), item(9)], [item(8), item(7)], ...OLD], 3, [WARNING]],
    ['one at the end of a page', [[item(9), item(1)], [item(8), item(7)], ...OLD], 3, [WARNING]],
    ['one on top of each page', [[item(1), item(9)], [item(1), item(8)], ...OLD], 3, [WARNING]],
    ['several on top, in any order', [[item(1), item(2)], [item(8)], ...OLD], 3, [WARNING]],
    ['one before the only new one', [[item(1), item(3), item(9)], ...OLD], 2, [WARNING]],
    ['one on top, and nothing new', [[item(1), item(4)], ...OLD], 2, [WARNING]],
    ['one next to a record without a value', [[item(1), {id: 6}], [item(1)]], 1, []],
  ])(
    'loses nothing if it has old records out of order: %s',
    async (_case, list, count, expected) => {
      const {pages: read_, ids, warnings} = await readFrom(list, {updated_at: at(5)});
      expect([read_, warnings]).toEqual([count, expected]);
      expect(ids).toEqual(list.slice(0, count).flatMap((page) => page.map(({id}) => id)));
    },
  );

  test('is read on past a page without any cursor', async () => {
    const {pages: read_} = await readFrom([[{id: 1}], [], [item(9)], ...OLD], {updated_at: at(5)});
    expect(read_).toBe(4);
  });

  test('that is out of order causes one warning for each slice', async () => {
    const {warnings} = await readFrom([
      [item(1), item(2)],
      [item(3), item(4)],
    ]);
    expect(warnings).toEqual([WARNING]);
  });
});

test('older records are dropped if the API cannot filter them, and ties are kept', async () => {
  const {ids, state} = await read({clientSide: true}, [[item(1), item(5), item(9)], [item(4)]], {
    updated_at: at(5),
  });
  expect([ids, state]).toEqual([[5, 9], {updated_at: at(9)}]);
});

describe('a record without a cursor value', () => {
  const pages = [[item(1), {id: 2}]];

  test('is emitted by default', async () => {
    expect((await read({}, pages)).ids).toEqual([1, 2]);
  });

  test("is left out with `withoutValue: 'exclude'`", async () => {
    expect((await read({withoutValue: 'exclude'}, pages)).ids).toEqual([1]);
  });

  test("is an error with `withoutValue: 'error'`", async () => {
    expect((await read({withoutValue: 'error'}, pages)).lines).toContain(
      'ERROR Stream items: A record has no "updated_at", which is the cursor of stream items. If the API may send such records, set `withoutValue` to include or exclude them.',
    );
  });
});

describe('a regular full sync', () => {
  const day = 24 * 3_600_000;
  const iso = (instant: number): string => new Date(instant).toISOString();
  const sync = async (state: object | undefined, fail = false) => {
    const seen: unknown[] = [];
    const items = stream({
      name: 'items',
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      fullSync: {every: {days: 7}},
      async *read({since}) {
        seen.push(since);
        yield* pagesOf([item(3)]);
        if (fail) throw new Error('broken');
      },
    });
    const {messages} = await runRead({
      streams: [items],
      ...(state && {state: stateOf('items', state)}),
    });
    const last = messages.findLast(({state: found}) => found)?.state?.stream?.stream_state;
    return [seen, last];
  };

  test('is the first sync', async () => {
    expect(await sync(undefined)).toEqual([[at(0)], {updated_at: at(3), full_sync_at: iso(NOW)}]);
  });

  test('does not run before it is due', async () => {
    const full_sync_at = iso(NOW - 7 * day + 1);
    expect(await sync({updated_at: at(2), full_sync_at})).toEqual([
      [at(2)],
      {updated_at: at(3), full_sync_at},
    ]);
  });

  test('begins at the start when it is due', async () => {
    expect(await sync({updated_at: at(2), full_sync_at: iso(NOW - 7 * day)})).toEqual([
      [at(0)],
      {updated_at: at(3), full_sync_at: iso(NOW)},
    ]);
  });

  test('resumes after an interruption, and is over only then', async () => {
    const [, cut] = await sync({updated_at: at(2), full_sync_at: iso(NOW - 8 * day)}, true);
    expect(cut).toEqual({unfinished: true, full_sync_started: iso(NOW)});
    const started = iso(NOW - day);
    expect(await sync({updated_at: at(1), unfinished: true, full_sync_started: started})).toEqual([
      [at(1)],
      {updated_at: at(3), full_sync_at: started},
    ]);
  });
});

test('a state of an older version is translated by `migrateState`', async () => {
  const seen: unknown[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at'},
    migrateState: ({updated, ...blob}) => (updated ? {updated_at: updated} : blob),
    async *read({since}) {
      seen.push(since);
      yield* pagesOf([item(5)]);
    },
  });
  await runRead({streams: [items], state: stateOf('items', {updated: at(4)})});
  await runRead({streams: [items], state: stateOf('items', {updated_at: at(5)})});
  expect(seen).toEqual([at(4), at(5)]);
});
