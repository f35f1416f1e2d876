// A token that the API no longer knows: the slice is read from its beginning.
import {describe, expect, test} from '@jest/globals';
import {stateOf} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import {EACH, type Item, items, LAST, one, statesIn} from '../../../test/read/token-items.ts';
import {page} from '../../author/stream.ts';
import {ExpiredToken} from '../../errors.ts';
import {errorsIn, recordsOf} from '../../testing/messages.ts';
import {runRead} from '../../testing/run-read.ts';

describe('an expired token', () => {
  test('that expires again while everything is read is an error', async () => {
    const requested: unknown[] = [];
    const read = await runRead({
      streams: [items(LAST, () => [one(1), new ExpiredToken('Gone.')], {requested})],
      state: stateOf('items', {token: 'a'}),
    });
    expect(requested).toEqual(['a', undefined]);
    expect(errorsIn(read.messages)[0]).toBe('items system_error: Gone.');
    expect(statesIn(read).at(-1)).toEqual({unfinished: true});
  });

  test('in the middle of a list starts over, too', async () => {
    const read = await runRead({
      streams: [
        items(EACH, (since) =>
          since === 'a' ? [one(1, 'b'), new ExpiredToken('Gone.')] : [one(1, 'c'), one(2, 'd')],
        ),
      ],
      state: stateOf('items', {token: 'a'}),
    });
    expect(recordsOf(read.messages, 'items').map(({id}) => id)).toEqual([1, 1, 2]);
    expect(statesIn(read)).toEqual([
      {token: 'b', unfinished: true},
      {token: 'c', unfinished: true},
      {token: 'd', unfinished: true},
      {token: 'd'},
    ]);
  });

  test.each([
    ['is another one', 'x', 'y', [undefined]],
    ['is another number', 1, 2, [undefined]],
    ['is the same', 'x', 'x', ['a']],
    ['is not known any more', 'x', undefined, ['a']],
    ['was not known', undefined, 'x', ['a']],
  ])('is one whose identity %s', async (_what, before, now, expected) => {
    const requested: unknown[] = [];
    const {sync, state} = openSyncs(
      () => items({...LAST, identity: () => now}, () => [one(1, 'b')], {requested}),
      stateOf('items', {token: 'a', ...(before !== undefined && {of: before})}),
    );
    const {warnings} = await sync();
    expect(requested).toEqual(expected);
    expect(state()).toMatchObject(stateOf('items', {token: 'b', of: now ?? before}));
    expect(warnings).toEqual(
      expected[0] === undefined
        ? [
            `WARN Stream items: it is read from its beginning, and all of its records count as new, because the API no longer knows its token: it belongs to ${before}, and now there is ${now}. Records that were deleted since the last sync are not detected: a full refresh removes them, and the source can find them with \`deletes.sweep\`.`,
          ]
        : [],
    );
  });

  test('without new tokens leaves no identity that a later run would not understand', async () => {
    const {sync, state} = openSyncs(() => items({...LAST, identity: () => 'x'}, () => [page([])]));
    await sync();
    expect(state()).toMatchObject(stateOf('items', {__ab_no_cursor_state_message: true}));
    expect((await sync()).warnings).toEqual([]);
  });

  test('keeps the stream at its beginning as long as the safety limit holds back deletes', async () => {
    const ids = Array.from({length: 60}, (_none, index) => ({id: index}));
    let safetyLimit: false | object = {};
    let left = ids;
    let isExpired = false;
    const requested: unknown[] = [];
    const {sync} = openSyncs(() =>
      items(
        EACH,
        (since) =>
          since !== undefined && isExpired
            ? [new ExpiredToken('Gone.')]
            : [page(since === undefined ? left : [], {token: 'a'})],
        {requested, sweep: {safetyLimit}},
      ),
    );
    await sync();
    [left, isExpired] = [ids.slice(0, 30), true];
    const held = await sync();
    expect(held.deleted).toEqual([]);
    expect(held.warnings).toEqual([
      'WARN Stream items: it is read from its beginning, and all of its records count as new, because the API no longer knows its token: Gone. Known records that it lacks count as deleted.',
      'WARN Stream items: 30 of 60 known records are missing in the lists of ids. This is more than the safety limit of 20 at once, so no record is marked as deleted. If they are deleted, set `deletes.sweep.safetyLimit` to a higher one or to false for one sync; if not, find out why the lists lack them.',
    ]);
    [isExpired, safetyLimit] = [false, false];
    expect((await sync()).deleted).toHaveLength(30);
    await sync();
    expect(requested).toEqual([undefined, 'a', undefined, undefined, 'a']);
  });
});

describe('a state without the ids of its records', () => {
  const once =
    'WARN Stream items is read from its beginning, and all of its records count as new. This is needed once, because its state does not have the ids of its records, which show what is deleted when a token expires.';
  const sweeping = (requested: unknown[], ids: readonly number[]) =>
    items(
      LAST,
      (since) => [page(since === undefined ? ids.map((id) => ({id})) : [], {token: 'b'})],
      {requested, sweep: {}},
    );
  const known = async () => {
    const {sync, state} = openSyncs(() => sweeping([], [1, 2]));
    await sync();
    const [first] = [state()].flat();
    return Object(first).stream.stream_state.deletes.sweep;
  };

  test.each([
    ['from before the stream had a sweep', () => undefined, [once]],
    ['of a full refresh', () => undefined, [once]],
    [
      'whose ids are damaged',
      (sweep: object) => ({...sweep, known: ['x']}),
      [once, expect.stringContaining('its state has damaged keys: deletes.sweep')],
    ],
    [
      'whose ids are of another key',
      (sweep: object) => ({...sweep, key: ['uuid']}),
      [once, expect.stringContaining('its primary key is now id, not uuid')],
    ],
    ['that has them', (sweep: object) => sweep, []],
    [
      'whose sweep is off',
      () => ({off: 300_000}),
      [expect.stringContaining('`deletes.sweep` is off')],
    ],
  ])('%s', async (_what, changed, warnings) => {
    const requested: unknown[] = [];
    const sweep = changed(await known());
    const {sync} = openSyncs(
      () => sweeping(requested, [1, 2]),
      stateOf('items', {token: 'a', ...(sweep && {deletes: {sweep}})}),
    );
    expect((await sync()).warnings).toEqual(warnings);
    const isOnce = warnings[0] === once;
    expect(requested).toEqual([isOnce ? undefined : 'a']);
    await sync();
    expect(requested.at(-1)).toBe('b');
  });

  test('that is damaged elsewhere still finds deletes', async () => {
    const {sync} = openSyncs(
      () => sweeping([], [1]),
      stateOf('items', {token: '', deletes: {sweep: await known()}}),
    );
    const {warnings, deleted} = await sync();
    expect({warnings, deleted}).toEqual({
      warnings: [
        'WARN The state of stream items has a token that is neither a string nor a number. It is read from its beginning, and all of its records count as new. Known records that it lacks count as deleted.',
      ],
      deleted: [expect.objectContaining({id: 2})],
    });
  });

  test('because its sweep is off does not promise that deletes are found', async () => {
    const {sync} = openSyncs(
      () =>
        items(LAST, (since) => (since === 'a' ? [new ExpiredToken('Gone.')] : [one(1, 'b')]), {
          sweep: {},
        }),
      stateOf('items', {token: 'a', deletes: {sweep: {off: 300_000}}}),
    );
    expect((await sync()).warnings.at(-1)).toMatch(
      /Gone\. Records that were deleted since the last sync are not detected/,
    );
  });
});

test('a list from the beginning that may be incomplete proves no delete, so the next sync reads it again', async () => {
  let isExpired = false;
  let incompleteReason: string | undefined;
  const requested: unknown[] = [];
  const {sync} = openSyncs(() =>
    items(
      EACH,
      (since) => {
        if (since !== undefined) return isExpired ? [new ExpiredToken('Gone.')] : [];
        return [{...page<Item>([{id: 1}], {token: 'a'}), incompleteReason}];
      },
      {requested, sweep: {}},
    ),
  );
  await sync();
  [isExpired, incompleteReason] = [true, 'it was cut off'];
  const {warnings, deleted} = await sync();
  expect({deleted, last: warnings.at(-1)}).toEqual({
    deleted: [],
    last: 'WARN Stream items: the list of ids is not complete: it was cut off. No record is marked as deleted because of it.',
  });
  [isExpired, incompleteReason] = [false, undefined];
  await sync();
  await sync();
  expect(requested).toEqual([undefined, 'a', undefined, undefined, 'a']);
});
