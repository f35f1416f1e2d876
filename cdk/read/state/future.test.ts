// States that lie in the future.
import {describe, expect, test} from '@jest/globals';
import {at, item, pagesOf, schema, stateOf} from '../../../test/read/items.ts';
import type {Cursor} from '../../author/cursor.ts';
import {parent} from '../../author/slices.ts';
import {type StreamDefinition, stream} from '../../author/stream.ts';
import {inShort, NOW, runRead} from '../../testing/run-read.ts';

type Definition = Partial<StreamDefinition<object, {readonly part: string}>>;

/** The arguments of `read`, the warnings, and the last state. */
const read = async (cursor: Partial<Cursor>, blob: object, more: Definition = {}) => {
  const seen: unknown[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', ...cursor},
    async *read({since, until, slice, resume}) {
      seen.push([...Object.values(slice), since, until, resume].filter((one) => one !== undefined));
      yield* pagesOf([]);
    },
    ...more,
  } as StreamDefinition<object, {readonly part: string}>);
  const {messages} = await runRead({streams: [items], state: stateOf('items', blob)});
  return {
    seen,
    warnings: inShort(messages).filter((line) => line.startsWith('WARN')),
    state: messages.findLast(({state}) => state)?.state?.stream?.stream_state,
  };
};

const warning = (value: string | number, more = '') =>
  `WARN The state of stream items lies in the future (${value}${more}), so what it covers is read from now on. If records are missing, reset the stream to read it from its beginning.`;

const NOW_ON = '2025-12-31T23:59:00Z';
const FUTURE = '2099-01-01T00:00:00Z';

describe('a position in the future', () => {
  test.each<[string, Partial<Cursor>, string | number, string | number]>([
    ['in ISO 8601', {}, FUTURE, NOW_ON],
    ['in another zone', {}, '2099-01-01T00:00:00.000+02:00', '2026-01-01T01:59:00.000+02:00'],
    ['that is a date', {}, '2099-01-01', '2025-12-31'],
    ['that is tomorrow', {}, '2026-01-02', '2025-12-31'],
    ['by two minutes', {}, '2026-01-01T00:02:00Z', NOW_ON],
    ['in seconds', {format: 'epoch-s'}, 4_000_000_000, 1_767_225_540],
    ['in another unit', {format: 'epoch-s'}, 1_700_000_000_000, 1_767_225_540],
    ['in a pattern', {format: {pattern: 'dd.MM.yyyy'}}, '01.01.2099', '31.12.2025'],
    [
      'of mail',
      {format: 'rfc-2822'},
      'Thu, 01 Jan 2099 00:00:00 GMT',
      'Wed, 31 Dec 2025 23:59:00 GMT',
    ],
  ])('%s is moved back with a warning', async (_case, cursor, given, expected) => {
    expect(await read(cursor, {updated_at: given})).toEqual({
      seen: [[expected]],
      warnings: [warning(given)],
      state: {updated_at: expected},
    });
  });

  test.each<[string, Partial<Cursor>, string | number]>([
    ['within a minute, which may be a fast clock', {}, '2026-01-01T00:01:00Z'],
    ['that is today', {}, '2026-01-01'],
    ['that is a number without a unit', {}, 4_000_000_000],
  ])('%s stays', async (_case, cursor, given) => {
    expect(await read(cursor, {updated_at: given})).toEqual({
      seen: [[given]],
      warnings: [],
      state: {updated_at: given},
    });
  });

  const parts: Definition = {slices: () => [{part: 'a'}, {part: 'b'}]};

  test('of one slice is moved back, and the others stay', async () => {
    const slices = {'part=a': {updated_at: FUTURE}, 'part=b': {updated_at: at(1)}};
    const {seen, warnings} = await read({}, {updated_at: at(1), slices}, parts);
    expect([seen, warnings]).toEqual([
      [
        ['a', NOW_ON],
        ['b', at(1)],
      ],
      [warning(FUTURE)],
    ]);
  });

  test("of another connector's slices is moved back", async () => {
    const states = [
      {partition: {part: 'a'}, cursor: {updated_at: FUTURE}},
      {partition: {part: 'b'}, cursor: {updated_at: at(1)}},
    ];
    const {seen, warnings} = await read({}, {states}, parts);
    expect([seen, warnings]).toEqual([
      [
        ['a', NOW_ON],
        ['b', at(1)],
      ],
      [warning(FUTURE)],
    ]);
  });

  test('of a state that covers all slices is moved back for each', async () => {
    const {seen} = await read({}, {updated_at: FUTURE}, parts);
    expect(seen).toEqual([
      ['a', NOW_ON],
      ['b', NOW_ON],
    ]);
  });

  test('is moved back without the lookback, which would read old records again', async () => {
    const slices = {'part=a': {updated_at: FUTURE}, 'part=b': {updated_at: at(11)}};
    const cursor: Partial<Cursor> = {lookback: {minutes: 10}};
    const all = await read(cursor, {updated_at: FUTURE});
    const sliced = await read(cursor, {updated_at: FUTURE, slices}, parts);
    expect([all.seen, sliced.seen]).toEqual([
      [[NOW_ON]],
      [
        ['a', NOW_ON],
        ['b', at(1)],
      ],
    ]);
  });

  test('still reads the last window', async () => {
    const {seen, warnings} = await read(
      {start: at(0)},
      {updated_at: FUTURE},
      {
        window: {days: 1},
      },
    );
    expect([seen, warnings]).toEqual([[[NOW_ON, '2026-01-01T00:00:00Z']], [warning(FUTURE)]]);
  });

  test('in the list of deleted records is moved back', async () => {
    const listed: unknown[] = [];
    const deletes: Definition['deletes'] = {
      list: {
        at: 'deleted_at',
        async *read({since}) {
          listed.push(since);
          yield* pagesOf([]);
        },
      },
    };
    const blob = {updated_at: at(1), deletes: {list: {at: {'': FUTURE}}}};
    const {warnings} = await read({}, blob, {primaryKey: ['id'], deletes} as Definition);
    expect([listed, warnings]).toEqual([[NOW_ON], [warning(FUTURE)]]);
  });
});

test('the position of a parent that lies in the future is moved back', async () => {
  const seen: unknown[] = [];
  const above = stream({
    name: 'above',
    schema,
    cursor: {field: 'updated_at'},
    async *read({since}) {
      seen.push(since);
      yield* pagesOf([item(1)]);
    },
  });
  const below = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at'},
    slices: parent(above, ({id}) => ({id: Number(id)}), {incremental: true}),
    read: () => pagesOf([]),
  });
  const state = stateOf('items', {slices: {}, parent: {updated_at: FUTURE}});
  const {messages} = await runRead({streams: [below], state});
  const warnings = inShort(messages).filter((line) => line.startsWith('WARN'));
  expect([seen, warnings]).toEqual([[NOW_ON], [warning(FUTURE)]]);
});

describe('other times in the future', () => {
  const iso = (instant: number): string => new Date(instant).toISOString();

  test('do not put off a full sync', async () => {
    const {seen, state} = await read(
      {start: at(0)},
      {updated_at: at(5), full_sync_at: FUTURE},
      {
        fullSync: {every: {days: 7}},
      },
    );
    expect([seen, state]).toEqual([
      [[at(0)]],
      {__ab_no_cursor_state_message: true, full_sync_at: iso(NOW)},
    ]);
  });

  test('do not keep the token of a page forever', async () => {
    const resume = {next: {page: 2}, started: at(0), saved: FUTURE};
    const {seen} = await read(
      {},
      {updated_at: at(1), resume, unfinished: true},
      {
        resumable: {hours: 1},
      },
    );
    expect(seen).toEqual([[at(1)]]);
  });

  test('are a warning if they are the start', async () => {
    const {warnings} = await read({start: FUTURE}, {});
    expect(warnings).toEqual([
      `WARN Stream items starts at ${FUTURE}, which lies in the future: records before that are not read. If the config has a start date, correct it.`,
    ]);
  });
});
