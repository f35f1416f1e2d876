import {describe, expect, test} from '@jest/globals';
import fc, {type Arbitrary} from 'fast-check';
import type {StateBlob} from '../../protocol/state.ts';
import {damagedKeys} from './damage.ts';
import {packSliceNumbers} from './slice-keys.ts';
import {parseStreamState, printStreamState, START} from './stream-state.ts';

const FIELD = 'updated_at';

/** An object with its keys in this order, without those that are undefined. */
const keysOf = (model: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<StateBlob> =>
  fc
    .record(model)
    .map((json) =>
      Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined)),
    );
const maybe = <T>(one: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(one, {nil: undefined});

const cursor = fc.oneof(
  fc.string({minLength: 1}),
  fc.integer(),
  fc.double({noNaN: true, noDefaultInfinity: true}),
);
const time = fc
  .date({min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true})
  .map((date) => date.toISOString());
const sliceNumbers = fc
  .array(fc.maxSafeNat())
  .map((numbers) => packSliceNumbers(new Set(numbers.map((number) => number % 2 ** 48))));
const resume = keysOf({
  next: fc.dictionary(fc.string(), fc.jsonValue()),
  since: maybe(cursor),
  seen: maybe(cursor),
  started: time,
  saved: time,
});

const position: Arbitrary<StateBlob> = fc.oneof(
  keysOf({[FIELD]: maybe(cursor), resume: maybe(resume)}),
  keysOf({
    [FIELD]: maybe(cursor),
    slices: fc.dictionary(fc.string(), keysOf({[FIELD]: maybe(cursor), resume: maybe(resume)})),
    folded: maybe(fc.array(keysOf({[FIELD]: maybe(cursor), keys: sliceNumbers}), {minLength: 1})),
  }),
);
const pass = keysOf({
  done: fc.oneof(fc.array(fc.string()), sliceNumbers),
  resume: maybe(fc.dictionary(fc.string(), resume, {minKeys: 1})),
  started: time,
});
const deletes = keysOf({
  cursor: maybe(cursor),
  list: maybe(
    keysOf({
      at: maybe(fc.dictionary(fc.string(), cursor)),
      folded: maybe(keysOf({at: cursor, keys: sliceNumbers})),
      deleted: maybe(keysOf({ids: fc.string(), key: fc.array(fc.string())})),
    }),
  ),
  sweep: maybe(
    fc.oneof(
      keysOf({off: fc.nat()}),
      keysOf({
        known: fc.array(fc.string()),
        key: fc.array(fc.string()),
        from: maybe(cursor),
        slices: fc.string(),
        deleted: maybe(keysOf({ids: fc.string(), key: fc.array(fc.string())})),
      }),
    ),
  ),
}).filter((one) => Object.keys(one).length > 0);
const beside = fc
  .tuple(
    fc.oneof(
      fc.constant({}),
      time.map((full_sync_at) => ({full_sync_at})),
      time.map((full_sync_started) => ({full_sync_started})),
    ),
    keysOf({parent: maybe(fc.dictionary(fc.string(), fc.jsonValue()))}),
  )
  .map(([fullSync, parent]) => ({...fullSync, ...parent}));

/** A blob as a run writes it: with a sentinel if it has no position, unless it has only `deletes`. */
const blobOf = (
  progress: StateBlob,
  isUnfinished: boolean,
  more: StateBlob,
  kept: StateBlob | undefined,
): StateBlob => {
  const own = {...progress, ...(isUnfinished && {unfinished: true})};
  const hasOwn = Object.keys(own).length > 0;
  const isBare = !hasOwn && Object.keys(more).length === 0 && kept !== undefined;
  return {
    ...own,
    ...(!hasOwn && !isBare && {__ab_no_cursor_state_message: true}),
    ...more,
    ...(kept && {deletes: kept}),
  };
};
const byCursor = fc
  .tuple(position, fc.boolean(), beside, maybe(deletes))
  .map((parts) => blobOf(...parts));
const byPass = fc
  .tuple(pass, beside, maybe(deletes))
  .map(([progress, ...more]) => blobOf(progress, true, ...more));

const again = (blob: StateBlob, field: string | undefined): string =>
  JSON.stringify(printStreamState(parseStreamState(blob, field), field));

describe('a state', () => {
  test('of a stream with a cursor is printed byte for byte as it was read', () => {
    fc.assert(
      fc.property(byCursor, (blob) => {
        expect(again(blob, FIELD)).toBe(JSON.stringify(blob));
        expect(damagedKeys(blob, FIELD)).toEqual([]);
      }),
    );
  });

  test('of a full-refresh pass is printed byte for byte as it was read', () => {
    fc.assert(
      fc.property(byPass, (blob) => {
        expect(again(blob, undefined)).toBe(JSON.stringify(blob));
        expect(damagedKeys(blob, undefined)).toEqual([]);
      }),
    );
  });

  test('loses only unknown keys', () => {
    const unknown = fc.dictionary(
      fc.string().map((key) => `unknown ${key}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(byCursor, byPass), unknown, unknown, (blob, outer, inner) => {
        const field = 'started' in blob ? undefined : FIELD;
        const slices = Object.entries(Object(blob['slices'])).map(([key, slice]) => [
          key,
          {...inner, ...Object(slice)},
        ]);
        const more = {
          ...outer,
          ...blob,
          ...('slices' in blob && {slices: Object.fromEntries(slices)}),
          ...('deletes' in blob && {deletes: {...inner, ...Object(blob['deletes'])}}),
        };
        // A blob in which only `deletes` is known may be another connector's.
        fc.pre(Object.keys(blob).some((key) => key !== 'deletes'));
        expect(again(more, field)).toBe(JSON.stringify(blob));
      }),
    );
  });

  test('without a position is not an empty blob, which would mean a reset', () => {
    expect(printStreamState({position: START}, FIELD)).toEqual({
      __ab_no_cursor_state_message: true,
    });
    expect(printStreamState({}, undefined)).toEqual({__ab_no_cursor_state_message: true});
  });

  test('of a complete full refresh is a sentinel beside the other keys', () => {
    const blob = {__ab_full_refresh_sync_complete: true, parent: {id: 7}};
    expect(again(blob, undefined)).toBe(JSON.stringify(blob));
    expect(printStreamState({isRefreshed: true, deletes: {cursor: 7}}, undefined)).toEqual({
      deletes: {cursor: 7},
    });
  });

  test('is a copy of the values that it was printed from', () => {
    const names = ['a=1'];
    const known = ['q1YqSQ=='];
    const blob = printStreamState(
      {
        pass: {startedAt: 1_000, done: new Set([1]), names, resumes: new Map()},
        deletes: {sweep: {known, key: ['id'], slices: ''}},
      },
      undefined,
    );
    const before = JSON.stringify(blob);
    names.push('a=2');
    known.push('q1YqSQ==');
    expect(JSON.stringify(blob)).toBe(before);
  });
});

describe('a position', () => {
  test.each([
    ['no state at all', {}, START],
    ["Airbyte's sentinels", {__ab_full_refresh_sync_complete: true}, START],
    [
      'a stream with other keys and no position yet',
      {__ab_no_cursor_state_message: true, full_sync_at: '2026-01-01T00:00:00.000Z'},
      START,
    ],
    ['a run that had no position yet', {unfinished: true}, START],
    ['a state with only `deletes`', {deletes: {cursor: 7}}, START],
    ["another connector's blob", {lsn: 12}, undefined],
    ["another connector's blob beside deletes", {lsn: 12, deletes: {cursor: 7}}, undefined],
    ['a cursor of the wrong type', {updated_at: {seconds: 1}}, undefined],
    ['an empty cursor', {updated_at: ''}, undefined],
    ["Python's list of slices", {slices: []}, undefined],
    [
      'slices that are not an object, so that no slice starts at the watermark',
      {updated_at: '2026-01-01', slices: 'x'},
      {watermark: '2026-01-01', slices: new Map(), compacted: []},
    ],
    [
      'damaged slices, which are read from their beginning',
      {
        slices: {'a=1': 7, 'a=2': {updated_at: null, resume: {next: 7}}},
        folded: [{keys: 'gA=='}, 7],
      },
      {
        watermark: undefined,
        slices: new Map([
          ['a=1', {at: undefined}],
          ['a=2', {at: undefined}],
        ]),
        compacted: [],
      },
    ],
  ])('is read from %s', (_case, blob, expected) => {
    expect(parseStreamState(blob, FIELD).position).toEqual(expected);
  });
});

describe('damaged keys of `deletes`', () => {
  const damagedIn = (value: unknown) => parseStreamState({deletes: value}, FIELD).deletes?.damaged;
  const sweep = {known: [], key: ['id'], slices: ''};
  const ids = {ids: '', key: ['id']};

  test.each<[string, readonly unknown[], readonly string[]]>([
    ['all of them', [7, 'x', []], ['deletes']],
    ['the cursor', [{cursor: {}}, {cursor: ''}, {cursor: true}, {cursor: [1]}], ['deletes.cursor']],
    ['the list', [{list: 7}, {list: {at: 7}}, {list: {at: {a: null}}}], ['deletes.list']],
    ['its shared positions', [{list: {folded: 7}}, {list: {folded: {at: 1}}}], ['deletes.list']],
    [
      'its ids',
      [{list: {deleted: 7}}, {list: {deleted: {...ids, key: 'id'}}}, {list: {deleted: {key: []}}}],
      ['deletes.list.deleted'],
    ],
    [
      'the sweep',
      [
        {sweep: 7},
        {sweep: {}},
        {sweep: {off: 'x'}},
        {sweep: {...sweep, known: 'x'}},
        {sweep: {...sweep, slices: 7}},
        {sweep: {...sweep, key: 'id'}},
        {sweep: {...sweep, key: [7]}},
        {sweep: {...sweep, key: undefined}},
        {sweep: {...sweep, from: {}}},
      ],
      ['deletes.sweep'],
    ],
    ['the ids that it marked', [{sweep: {...sweep, deleted: 7}}], ['deletes.sweep.deleted']],
    [
      'several',
      [{cursor: [], list: 7, sweep: 7}],
      ['deletes.cursor', 'deletes.list', 'deletes.sweep'],
    ],
  ])('include %s', (_case, values, damaged) => {
    expect(values.map(damagedIn)).toEqual(values.map(() => damaged));
  });

  test('do not include absent ones, nor nulls, which PyAirbyte has for them', () => {
    const whole = {cursor: 7, list: {at: {a: 1}, deleted: ids}, sweep: {...sweep, from: 1}};
    const nulls = {
      cursor: null,
      list: {at: null, folded: null, deleted: null},
      sweep: {...sweep, off: null, from: null, deleted: null},
    };
    const all = [{}, {list: {}}, whole, nulls, {cursor: null, list: null, sweep: null}];
    expect(all.map(damagedIn)).toEqual([[], [], [], [], []]);
    expect(damagedIn(null)).toBeUndefined();
  });
});
