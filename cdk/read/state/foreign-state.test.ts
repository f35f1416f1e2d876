import {describe, expect, test} from '@jest/globals';
import type {CursorValue} from '../../author/types.ts';
import type {JsonObject} from '../../json/values.ts';
import {cursorRules} from '../cursor/rules.ts';
import {
  foreignCursorOf,
  matchesSlice,
  type Translated,
  translateForeignState,
} from './foreign-state.ts';

const rules = cursorRules({field: 'updated_at'});

const translate = (blob: JsonObject, field = 'updated_at'): Translated | undefined =>
  translateForeignState(blob, field, rules);

const JANUARY = '2026-01-01T00:00:00Z';
const FEBRUARY = '2026-02-01T00:00:00Z';
const MARCH = '2026-03-01T00:00:00Z';
const APRIL = '2026-04-01T00:00:00Z';

/** Written by airbyte-cdk 7.39.1, for streams of a manifest and for cursors of its concurrent CDK. */
const WRITTEN = {
  datetimeBased: {updated_at: '2026-01-03T00:00:00Z'},
  substream: {
    use_global_cursor: false,
    states: [
      {
        partition: {parent_slice: {}, repository: 'a'},
        cursor: {updated_at: '2026-01-20T10:00:00Z'},
      },
      {
        partition: {parent_slice: {}, repository: 'b'},
        cursor: {updated_at: '2026-01-20T10:00:00Z'},
      },
    ],
    state: {updated_at: '2026-01-20T10:00:00Z'},
    lookback_window: 1,
    parent_state: {repos: {updated_at: '2026-01-03T00:00:00Z'}},
  },
  global: {
    use_global_cursor: true,
    state: {updated_at: '2026-01-20T10:00:00Z'},
    lookback_window: 1,
  },
  full: {__ab_no_cursor_state_message: true},
  ranges: {
    slices: [
      {
        start: '2026-01-01T00:00:00.000Z',
        end: '2026-01-10T00:00:00.000Z',
        most_recent_cursor_value: '2026-01-09T00:00:00.000Z',
      },
      {start: '2026-01-20T00:00:00.000Z', end: '2026-01-30T00:00:00.000Z'},
    ],
    state_type: 'date-range',
  },
  epochRanges: {
    slices: [
      {start: 1700000000, end: 1700002000, most_recent_cursor_value: 1700000000},
      {start: 1700005000, end: 1700006000},
    ],
    state_type: 'date-range',
  },
};

test('states that the Python CDK wrote are parsed', () => {
  expect(
    Object.fromEntries(Object.entries(WRITTEN).map(([name, blob]) => [name, translate(blob)])),
  ).toEqual({
    datetimeBased: {watermark: '2026-01-03T00:00:00Z'},
    substream: {
      watermark: '2026-01-20T10:00:00Z',
      slices: [
        {partition: {parent_slice: {}, repository: 'a'}, cursor: '2026-01-20T10:00:00Z'},
        {partition: {parent_slice: {}, repository: 'b'}, cursor: '2026-01-20T10:00:00Z'},
      ],
      parentStates: {repos: {updated_at: '2026-01-03T00:00:00Z'}},
      lookbackSeconds: 1,
    },
    global: {watermark: '2026-01-20T10:00:00Z', lookbackSeconds: 1},
    full: {},
    ranges: {watermark: '2026-01-09T00:00:00.000Z'},
    epochRanges: {watermark: 1700000000},
  });
});

describe('one cursor', () => {
  test.each<[string, JsonObject, Translated, string?]>([
    ['of a time', {updated_at: JANUARY}, {watermark: JANUARY}],
    ['of a number', {updated_at: 0}, {watermark: 0}],
    [
      'beside the states of its parents',
      {updated_at: JANUARY, parent_state: {repositories: {updated_at: FEBRUARY}}},
      {watermark: JANUARY, parentStates: {repositories: {updated_at: FEBRUARY}}},
    ],
    ['in `legacy`', {legacy: {updated_at: JANUARY}}, {watermark: JANUARY}],
    ['under a nested field', {commit: {date: JANUARY}}, {watermark: JANUARY}, 'commit.date'],
    ['under a key with dots', {'commit.date': JANUARY}, {watermark: JANUARY}, 'commit.date'],
    [
      "among PyAirbyte's nulls",
      {updated_at: JANUARY, states: null, state: null, slices: null, parent_state: null},
      {watermark: JANUARY},
    ],
  ])('%s is the position of the stream', (_case, blob, expected, ...field) => {
    expect(translate(blob, ...field)).toEqual(expected);
  });
});

describe('a cursor for each partition', () => {
  const PARTITIONED = {
    use_global_cursor: false,
    states: [
      {
        partition: {repo: 'a', parent_slice: {organization: 'x', parent_slice: {}}},
        cursor: {updated_at: JANUARY},
      },
      {partition: {repo: 'b', parent_slice: {}}, cursor: {}},
    ],
    state: {updated_at: FEBRUARY},
    lookback_window: 5,
    parent_state: {repositories: {updated_at: MARCH}, labels: null},
  };

  test('is parsed with the lookback and the states of parents', () => {
    expect(translate(PARTITIONED)).toEqual({
      watermark: FEBRUARY,
      slices: [
        {
          partition: {repo: 'a', parent_slice: {organization: 'x', parent_slice: {}}},
          cursor: JANUARY,
        },
        {partition: {repo: 'b', parent_slice: {}}, cursor: undefined},
      ],
      lookbackSeconds: 5,
      parentStates: {repositories: {updated_at: MARCH}},
    });
  });

  test('is alone before the first sync ends', () => {
    const {use_global_cursor, states} = PARTITIONED;
    const slices = translate({use_global_cursor, states, lookback_window: 0});
    expect(slices).toEqual({slices: translate(PARTITIONED)?.slices});
    expect(translate({states: []})).toEqual({slices: []});
  });

  test('may be a list of time ranges', () => {
    const cursor = {
      state_type: 'date-range',
      slices: [{start: JANUARY, end: FEBRUARY, most_recent_cursor_value: null}],
    };
    expect(translate({states: [{partition: {repo: 'a'}, cursor}]})).toEqual({
      slices: [{partition: {repo: 'a'}, cursor: FEBRUARY}],
    });
  });

  test('is missing if a partition has only the sentinel of a full refresh', () => {
    const cursor = {__ab_full_refresh_sync_complete: true};
    expect(translate({states: [{partition: {repo: 'a'}, cursor}]})).toEqual({
      slices: [{partition: {repo: 'a'}, cursor: undefined}],
    });
  });

  test('has the id of a parent as its key in older states', () => {
    expect(translate({'octocat/a': {updated_at: JANUARY}, '135': {updated_at: FEBRUARY}})).toEqual({
      slices: [
        {partition: '135', cursor: FEBRUARY},
        {partition: 'octocat/a', cursor: JANUARY},
      ],
    });
  });
});

describe('one cursor for all partitions', () => {
  test.each<[string, JsonObject]>([
    ['if there were too many', {use_global_cursor: true, state: {updated_at: JANUARY}}],
    [
      'even if there are older cursors of partitions',
      {use_global_cursor: true, state: {updated_at: JANUARY}, states: [{partition: {a: 1}}]},
    ],
    ['if the manifest says so', {state: {updated_at: JANUARY}}],
  ])('holds %s', (_case, blob) => {
    expect(translate({...blob, lookback_window: 132})).toEqual({
      watermark: JANUARY,
      lookbackSeconds: 132,
    });
  });

  test('has no position before the first sync ends', () => {
    expect(translate({use_global_cursor: true, lookback_window: 0})).toEqual({});
  });
});

describe('time ranges', () => {
  type Range = readonly [start: CursorValue, end: CursorValue, seen?: CursorValue];
  const ranges = (...all: readonly Range[]): JsonObject => ({
    state_type: 'date-range',
    slices: all.map(([start, end, most_recent_cursor_value]) => ({
      start,
      end,
      ...(most_recent_cursor_value !== undefined && {most_recent_cursor_value}),
    })),
  });

  test.each<[string, JsonObject, CursorValue]>([
    ['the end of the only one', ranges([JANUARY, MARCH]), MARCH],
    ['the last record of the only one', ranges([JANUARY, MARCH, FEBRUARY]), FEBRUARY],
    ['its end if the last record is later', ranges([JANUARY, FEBRUARY, MARCH]), FEBRUARY],
    ['the end before the first gap', ranges([JANUARY, FEBRUARY], [MARCH, APRIL]), FEBRUARY],
    ['the same end in any order', ranges([MARCH, APRIL], [JANUARY, FEBRUARY]), FEBRUARY],
    ['the end of those that touch', ranges([JANUARY, FEBRUARY], [FEBRUARY, MARCH]), MARCH],
    ['the end of the widest', ranges([JANUARY, APRIL], [FEBRUARY, MARCH]), APRIL],
    [
      'the last record of those that touch',
      ranges([JANUARY, FEBRUARY, JANUARY], [FEBRUARY, APRIL, MARCH]),
      MARCH,
    ],
    ['the beginning, if a gap follows', ranges([0, 0], [12, 30, 29]), 0],
    ['a number of milliseconds', ranges([0, 1_700_000_000_000]), 1_700_000_000_000],
    ['the legacy cursor without ranges', {...ranges(), legacy: {updated_at: JANUARY}}, JANUARY],
  ])('reach to %s', (_case, blob, expected) => {
    expect(translate(blob)).toEqual({watermark: expected});
  });

  test('take precedence over the legacy cursor', () => {
    expect(translate({...ranges([JANUARY, MARCH]), legacy: {updated_at: JANUARY}})).toEqual({
      watermark: MARCH,
    });
  });

  test('without any range have no position', () => expect(translate(ranges())).toEqual({}));
});

describe('a full refresh', () => {
  test.each<[string, JsonObject]>([
    ['nothing at all', {}],
    ['its end', {__ab_full_refresh_sync_complete: true}],
    ['a stream without a cursor', {__ab_no_cursor_state_message: true}],
    ['a page number', {next_page_token: 5}],
    ['a token', {next_page_token: {cursor: 'abc'}}],
    ['nulls', {updated_at: null, next_page_token: null}],
  ])('leaves %s, which has no position', (_case, blob) => {
    expect(translate(blob)).toEqual({});
  });
});

describe('a blob is refused', () => {
  test.each<[string, JsonObject]>([
    ['if it has another cursor field', {created_at: JANUARY}],
    ['if its cursor is neither a string nor a number', {updated_at: {seconds: 1}}],
    ["if it is the kit's own", {updated_at: JANUARY, slices: {'a=1': {updated_at: JANUARY}}}],
    ['if an entry has no partition', {states: [{cursor: {updated_at: JANUARY}}]}],
    ['if a partition has another cursor field', {states: [{partition: {a: 1}, cursor: {x: 1}}]}],
    ['if its partitions are not a list', {states: {a: 1}}],
    ['if its shared cursor has another field', {state: {x: 1}, states: []}],
    ['if a range has no end', {slices: [{start: JANUARY}], state_type: 'date-range'}],
    ['if only some of its keys are parents', {'1': {updated_at: JANUARY}, '2': {x: 1}}],
    ['if a parent has more than a cursor', {'1': {updated_at: JANUARY, x: 1}}],
    ['if it is that of a database', {lsn: 12, txId: 3}],
  ])('%s', (_case, blob) => expect(translate(blob)).toBeUndefined());
});

describe('a Python partition', () => {
  test.each<[JsonObject | string, Readonly<Record<string, string | number>>, boolean]>([
    [{repository: 'a', parent_slice: {}}, {repository: 'a'}, true],
    [{id: 5, parent_slice: {}}, {id: '5'}, true],
    [{repository: 'a', branch: 'main'}, {repository: 'a'}, true],
    [{repository: 'a'}, {repository: 'a', branch: 'main'}, false],
    [{repository: 'a'}, {repository: 'b'}, false],
    [{repo: 'a'}, {repository: 'a'}, false],
    [{parent_slice: 'a'}, {parent_slice: 'a'}, false],
    [{repository: 'a'}, {}, false],
    ['a', {repository: 'a'}, true],
    ['5', {id: 5}, true],
    ['a', {repository: 'b'}, false],
    ['a', {repository: 'a', branch: 'a'}, false],
    ['a', {}, false],
  ])('%j matches slice %j: %s', (partition, slice, expected) => {
    expect(matchesSlice(partition, slice)).toBe(expected);
  });

  test('that is a part of a slice limits its position', () => {
    const part = (branch: string, cursor: CursorValue | undefined) => ({
      partition: {repository: 'a', branch},
      cursor,
    });
    const cursorOf = (...slices: readonly ReturnType<typeof part>[]) =>
      foreignCursorOf(slices, {repository: 'a'}, rules.compare);
    expect([
      cursorOf(part('x', FEBRUARY), part('y', JANUARY), part('z', MARCH)),
      cursorOf(part('x', FEBRUARY), part('y', undefined), part('z', MARCH)),
      cursorOf(),
    ]).toEqual([JANUARY, undefined, undefined]);
  });
});
