// What an author may say of a cursor, and what the engine makes of it.
import {describe, expect, test} from '@jest/globals';
import {at, type Item, item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import type {Cursor} from '../author/cursor.ts';
import {stream} from '../author/stream.ts';
import {inShort, NOW, runRead} from '../testing/run-read.ts';

type Reading = {readonly since: unknown; readonly pages: number};

/** Reads pages with such a cursor, from a state if there is one. */
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
    said: inShort(messages).filter((line) => !line.startsWith('items {')),
    state: messages.findLast(({state: found}) => found)?.state?.stream?.stream_state,
  };
};

describe('a lookback', () => {
  test('begins each sync earlier, and the position stays where it was', async () => {
    const {since, state} = await read({lookback: {minutes: 10}}, [], {updated_at: at(30)});
    expect([since, state]).toEqual([at(20), {updated_at: at(30)}]);
  });

  test('does not reach behind the start, nor does the start look back', async () => {
    const cursor = {lookback: {days: 10}, start: at(0)};
    expect([
      (await read(cursor, [], {updated_at: at(30)})).since,
      (await read(cursor, [])).since,
    ]).toEqual([at(0), at(0)]);
  });

  test('ignores what earlier versions kept in the state to measure it', async () => {
    const learned = {late: {'24': 3}, span: 600_000, level: 0, keys: 'AYCAgICAgAE='};
    const begun = await read({lookback: {minutes: 10}}, [], {updated_at: at(30), learned});
    const none = await read({}, [], {__ab_no_cursor_state_message: true, learned});
    expect([begun, none].map(({since, state}) => [since, state])).toEqual([
      [at(20), {updated_at: at(30)}],
      [undefined, {__ab_no_cursor_state_message: true}],
    ]);
    const warnings = [...begun.said, ...none.said].filter((line) => line.startsWith('WARN'));
    expect(warnings).toEqual([]);
  });
});

test('an API that reads what comes after is asked for one tick less', async () => {
  const {since} = await read({bound: 'after'}, [], {updated_at: 41});
  expect(since).toBe(40);
});

describe('a list whose newest records come first', () => {
  const pages = [[item(9), item(7)], [item(5), item(3)], [item(2)]];

  test('is read up to the first page that holds older ones than asked for', async () => {
    const {
      pages: read_,
      ids,
      state,
    } = await read({order: 'descending'}, pages, {updated_at: at(5)});
    expect([read_, ids]).toEqual([2, [9, 7, 5, 3]]);
    expect(state).toEqual({updated_at: at(9)});
  });

  test('goes on through ties with the position', async () => {
    const tied = [[item(9), item(5)], [item(8, 5)], [item(4)]];
    const {pages: read_} = await read({order: 'descending'}, tied, {updated_at: at(5)});
    expect(read_).toBe(3);
  });

  test('is read whole in the first sync', async () => {
    expect((await read({order: 'descending'}, pages)).pages).toBe(3);
  });
});

test('what is older is left out where the API can not be asked, and ties are not', async () => {
  const {ids, state} = await read({clientSide: true}, [[item(1), item(5), item(9)], [item(4)]], {
    updated_at: at(5),
  });
  expect([ids, state]).toEqual([[5, 9], {updated_at: at(9)}]);
});

describe('a record without a cursor value', () => {
  const pages = [[item(1), {id: 2}]];

  test('is emitted', async () => {
    expect((await read({}, pages)).ids).toEqual([1, 2]);
  });

  test('is left out where the author says so', async () => {
    expect((await read({withoutValue: 'exclude'}, pages)).ids).toEqual([1]);
  });

  test('is an error where the author says so', async () => {
    expect((await read({withoutValue: 'error'}, pages)).said).toContain(
      'ERROR Stream items: A record has no "updated_at", which is the cursor of stream items. If such records are in order, say with `withoutValue` whether they are emitted.',
    );
  });
});

describe('a full sync now and then', () => {
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

  test('is what the first sync is', async () => {
    expect(await sync(undefined)).toEqual([[at(0)], {updated_at: at(3), full_sync_at: iso(NOW)}]);
  });

  test('is not due before its time', async () => {
    const full_sync_at = iso(NOW - 7 * day + 1);
    expect(await sync({updated_at: at(2), full_sync_at})).toEqual([
      [at(2)],
      {updated_at: at(3), full_sync_at},
    ]);
  });

  test('begins anew when it is due', async () => {
    expect(await sync({updated_at: at(2), full_sync_at: iso(NOW - 7 * day)})).toEqual([
      [at(0)],
      {updated_at: at(3), full_sync_at: iso(NOW)},
    ]);
  });

  test('that was cut off goes on, and is over only then', async () => {
    const [, cut] = await sync({updated_at: at(2), full_sync_at: iso(NOW - 8 * day)}, true);
    expect(cut).toEqual({unfinished: true, full_sync_started: iso(NOW)});
    const started = iso(NOW - day);
    expect(await sync({updated_at: at(1), unfinished: true, full_sync_started: started})).toEqual([
      [at(1)],
      {updated_at: at(3), full_sync_at: started},
    ]);
  });
});

test('a state of an older version is translated by the author', async () => {
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
