import {randomUUID} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {openApi, range} from '../../../test/read/deleting-api.ts';
import {at, item, stateOf} from '../../../test/read/items.ts';
import {type IdStore, openIdStore} from './id-store.ts';
import {NO_IDS, pack, packIds, type StoredIds, unpackSweep} from './packed-ids.ts';

const PACKED = pack({});

describe('deletes in the state', () => {
  test.each([
    ['are not an object', 7, 'deletes'],
    ['have an invalid list', {list: 7}, 'deletes.list'],
    ['have an invalid cursor', {cursor: {}}, 'deletes.cursor'],
    [
      'have ids that cannot be unpacked',
      {sweep: {known: ['AAAA'], key: ['id'], slices: 'x'}},
      'deletes.sweep',
    ],
    [
      'have ids of an unknown primary key',
      {sweep: {known: [packIds(new Map([['', new Map([['1', 1]])]]))], key: 7, slices: PACKED}},
      'deletes.sweep',
    ],
  ])('are ignored with a WARN if they %s', async (_what, deletes, part) => {
    const {sync, setState} = openApi({'': [item(1)]});
    setState(stateOf('items', {updated_at: at(1), deletes}));
    const {warnings, complete} = await sync();
    expect([complete, warnings]).toEqual([
      true,
      [
        `WARN Stream items: its state has damaged keys: ${part}. They are ignored, so deleted records may stay in the destination. A full refresh removes them.`,
      ],
    ]);
  });

  test('are dropped with a WARN in each run if they are too many, until the limit is raised', async () => {
    const setUp = {sweep: {limit: 2}};
    const {api, sync} = openApi({'': range(1, 3)}, setUp);
    const first = await sync();
    expect(first.warnings).toEqual([
      'WARN Stream items: there are more than 2 ids, too many to store: `deletes.sweep` is off, so deletions can no longer be inferred from missing ids. Use `deletes.list` or `deletes.flag`, or run a full refresh now and then.',
    ]);
    expect(first.deletesState).toEqual({cursor: at(0), sweep: {off: 3}});
    expect((await sync()).warnings).toHaveLength(1);
    expect(api.requested).toEqual([]);
    setUp.sweep.limit = 10;
    expect((await sync()).warnings).toEqual([]);
    expect(api.requested).toEqual(['']);
  });

  test('are the same after they are packed and unpacked, at once or in groups', () => {
    const scalar = fc.oneof(
      fc.integer(),
      fc.maxSafeInteger(),
      fc.string(),
      fc.boolean(),
      fc.double(),
    );
    const id = fc.oneof(
      scalar.filter((value) => typeof value !== 'number' || Number.isFinite(value)),
      fc.array(fc.oneof(fc.integer(), fc.string()), {minLength: 2, maxLength: 3}),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(id)), fc.boolean(), (slices, early) => {
        const open = (stored: StoredIds) =>
          openIdStore(stored, {
            limit: 1000,
            key: ['id'],
            from: undefined,
            startedAt: 0,
            warn: () => {},
          });
        const first = open(NO_IDS);
        // Ids that were packed are not packed again; later ones go into another string.
        if (early) first.state(() => true);
        for (const [slice, ids] of Object.entries(slices))
          for (const one of ids) first.add(slice, one);
        const again = open(unpackSweep(first.state(() => true)) ?? NO_IDS);
        const idsIn = ({slices: keys, of}: IdStore) =>
          keys()
            .map((key) => [key, [...of(key).keys()].sort()])
            .sort();
        expect(idsIn(again)).toEqual(idsIn(first));
      }),
    );
  });

  test.each([
    [
      'numbers',
      200_000,
      (index: number) => 1_000_000_000 + index * 4_999 + ((index * 7919) % 4_999),
    ],
    ['long strings', 35_000, () => randomUUID()],
  ])('take less than 1 MB for %s', (_what, count, idAt) => {
    const warnings: string[] = [];
    const warn = (text: string): void => void warnings.push(text);
    const store = openIdStore(NO_IDS, {
      limit: 200_000,
      key: ['id'],
      from: undefined,
      startedAt: 0,
      warn,
    });
    for (let index = 0; index < count; index += 1) store.add('', idAt(index));
    expect(store.state(() => true)).toHaveProperty('known');
    expect(warnings).toEqual([]);
  });

  test('are dropped if they take more than 1 MB', () => {
    const warnings: string[] = [];
    const store = openIdStore(NO_IDS, {
      limit: 200_000,
      key: ['id'],
      from: undefined,
      startedAt: 0,
      warn: (text) => void warnings.push(text),
    });
    for (let index = 0; index < 50_000; index += 1) store.add('', randomUUID());
    expect(store.state(() => true)).toEqual({off: 200_000});
    expect(warnings).toEqual([expect.stringMatching(/^the ids of 50000 records take \d+ bytes/)]);
  });
});
