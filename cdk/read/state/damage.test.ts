import {describe, expect, test} from '@jest/globals';
import {at, item, pagesOf, plain, schema, sorted, stateOf} from '../../../test/read/items.ts';
import {parent} from '../../author/slices.ts';
import {stream} from '../../author/stream.ts';
import {catalogOf, inShort, runRead} from '../../testing/run-read.ts';
import {damagedKeys} from './damage.ts';

const FIELD = 'updated_at';
const RESUME = {next: {page: 2}, started: at(0), saved: at(1)};

describe('damaged keys', () => {
  test.each<[string, object, readonly string[]]>([
    ['slices that are not an object', {[FIELD]: at(1), slices: 'x'}, ['slices']],
    ['missing slices', {[FIELD]: at(1), folded: [{[FIELD]: at(1), keys: ''}]}, ['slices']],
    ['an entry that is not an object', {slices: {a: 7, b: {[FIELD]: at(1)}}}, ['slices["a"]']],
    ['a cursor of the wrong type', {slices: {a: {[FIELD]: [1]}}}, ['slices["a"]']],
    ['another cursor field', {slices: {a: {created_at: at(1)}}}, ['slices["a"]']],
    ['a token in a slice', {slices: {a: {resume: {next: 7}}}}, ['slices["a"].resume']],
    ['compacted slices that are not a list', {slices: {}, folded: {}}, ['folded']],
    ['compacted slices with truncated keys', {slices: {}, folded: [{keys: 'gA=='}]}, ['folded']],
    ['a token without a slice', {[FIELD]: at(1), resume: {...RESUME, saved: 'x'}}, ['resume']],
    ['the time of a full sync', {[FIELD]: at(1), full_sync_at: 'x'}, ['full_sync_at']],
    ['the state of a parent', {[FIELD]: at(1), parent: 7}, ['parent']],
  ])('include %s', (_case, blob, expected) => {
    expect(damagedKeys({...blob}, FIELD)).toEqual(expected);
  });

  test.each<[string, object, readonly string[]]>([
    ['complete slices that cannot be unpacked', {done: 7, started: at(0)}, ['done']],
    ['a missing start', {done: []}, ['started']],
    ['tokens that are not an object', {done: [], started: at(0), resume: 7}, ['resume']],
    ['a token', {done: [], started: at(0), resume: {a: {}, b: RESUME}}, ['resume["a"]']],
  ])('of a full-refresh pass include %s', (_case, blob, expected) => {
    expect(damagedKeys({...blob}, undefined)).toEqual(expected);
  });

  test.each<[string, object, string | undefined]>([
    ['a slice without records', {slices: {a: {}}}, FIELD],
    ['keys that are null', {[FIELD]: at(1), slices: null, folded: null, resume: null}, FIELD],
    ["Python's list of slices", {slices: [{start: at(0), end: at(1)}]}, FIELD],
    [
      'a pass from before the stream had a cursor',
      {done: [], started: at(0), resume: {a: RESUME}},
      FIELD,
    ],
    ['a position from when the stream had a cursor', {[FIELD]: at(1), resume: RESUME}, undefined],
  ])('do not include %s', (_case, blob, field) => {
    expect(damagedKeys({...blob}, field)).toEqual([]);
  });
});

describe('a damaged state', () => {
  const warnings = async (setUp: Parameters<typeof runRead>[0]) =>
    inShort((await runRead(setUp)).messages).filter((line) => line.startsWith('WARN'));
  const warning = (name: string, keys: string) =>
    `WARN The state of stream ${name} has damaged keys: ${keys}. What they covered is read again from its beginning. If the state was edited, restore the old one to avoid that.`;
  const issues = (seen: unknown[]) =>
    stream({
      name: 'issues',
      schema,
      cursor: {field: FIELD, start: at(0)},
      slices: () => ['a', 'b'].map((part) => ({part})),
      read: ({slice, since}) => {
        seen.push([slice.part, since]);
        return pagesOf([item(7)]);
      },
    });

  test('is logged as a warning with the stream and the keys, and only damaged slices start over', async () => {
    const seen: unknown[] = [];
    const blob = {[FIELD]: at(5), slices: {'part=a': 7, 'part=b': {[FIELD]: at(4)}}, folded: 7};
    const state = stateOf('issues', blob);
    expect(await warnings({streams: [issues(seen)], state})).toEqual([
      warning('issues', 'slices["part=a"], folded'),
    ]);
    expect(seen).toEqual([
      ['a', at(0)],
      ['b', at(4)],
    ]);
  });

  test('with damaged slices does not start them at the watermark of the stream', async () => {
    const seen: unknown[] = [];
    const state = stateOf('issues', {[FIELD]: at(5), slices: 'x'});
    expect(await warnings({streams: [issues(seen)], state})).toEqual([warning('issues', 'slices')]);
    expect(seen).toEqual([
      ['a', at(0)],
      ['b', at(0)],
    ]);
  });

  test('is logged with five keys at most', async () => {
    const slices = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((key) => [key, 0]));
    const state = stateOf('issues', {[FIELD]: at(5), slices});
    const named = [1, 2, 3, 4, 5].map((key) => `slices["${key}"]`).join(', ');
    expect(await warnings({streams: [issues([])], state})).toEqual([
      warning('issues', `${named} and 2 more`),
    ]);
  });

  test('of a parent is logged by the children that depend on its changes', async () => {
    const items = sorted('items', [item(1)]);
    const notes = stream({
      name: 'notes',
      schema,
      slices: parent(items, ({id}) => ({id}), {incremental: true}),
      read: () => pagesOf(),
    });
    const state = stateOf('notes', {
      __ab_no_cursor_state_message: true,
      parent: {[FIELD]: at(0), resume: 7},
    });
    const catalog = catalogOf(['notes'], 'incremental');
    expect(await warnings({streams: [items, notes], catalog, state})).toContain(
      warning('notes', 'parent.resume'),
    );
  });

  test('is not logged in a full refresh, which ignores it, unless an earlier one is resumed', async () => {
    const catalog = catalogOf(['items'], 'full_refresh');
    const blob = {done: 7, started: at(0)};
    const read = (more: object) =>
      warnings({streams: [plain('items')], catalog, state: stateOf('items', {...blob, ...more})});
    expect(await read({})).toEqual([]);
    expect(await read({unfinished: true})).toEqual([warning('items', 'done')]);
  });
});
