import {randomUUID} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {openApi, range} from '../../../test/read/deleting-api.ts';
import {at, item, stateOf} from '../../../test/read/items.ts';
import {type IdStore, openIdStore} from './id-store.ts';
import {NO_IDS, type StoredIds, unpackSweep} from './packed-ids.ts';

describe('the ids in the state', () => {
  test.each([
    ['no object', 7, 'deletes'],
    ['a list that is none', {list: 7}, 'deletes.list'],
    ['ids that are none of ours', {sweep: {known: ['AAAA'], slices: 'x'}}, 'deletes.sweep'],
  ])('count for nothing where they are %s, with a WARN', async (_what, deletes, part) => {
    const {sync, setState} = openApi({'': [item(1)]});
    setState(stateOf('items', {updated_at: at(1), deletes}));
    const {warnings, complete} = await sync();
    expect([complete, warnings]).toEqual([
      true,
      [
        `WARN Stream items: its state's ${part} is not understood, so what it said of deletes counts for nothing.`,
      ],
    ]);
  });

  test('are given up where they are too many, which is said in each run, and a higher limit begins anew', async () => {
    const setUp = {sweep: {limit: 2}};
    const {api, sync} = openApi({'': range(1, 3)}, setUp);
    const first = await sync();
    expect(first.warnings).toEqual([
      'WARN Stream items: more than 2 ids are too many to be kept, so what is deleted can not be found by what is missing: `deletes.sweep` is off, and no ids are kept. Use `deletes.list` or `deletes.flag`, or now and then a full refresh.',
    ]);
    expect(first.kept).toEqual({cursor: at(0), sweep: {off: 3}});
    expect((await sync()).warnings).toHaveLength(1);
    expect(api.asked).toEqual([]);
    setUp.sweep.limit = 10;
    expect((await sync()).warnings).toEqual([]);
    expect(api.asked).toEqual(['']);
  });

  test('come back as they were, packed at once or bit by bit', () => {
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
        // What is packed once is not packed again, and the rest beside it.
        if (early) first.state(() => true);
        for (const [slice, ids] of Object.entries(slices))
          for (const one of ids) first.add(slice, one);
        const again = open(unpackSweep(first.state(() => true)) ?? NO_IDS);
        const textsIn = ({slices: keys, of}: IdStore) =>
          keys()
            .map((key) => [key, [...of(key).keys()].sort()])
            .sort();
        expect(textsIn(again)).toEqual(textsIn(first));
      }),
    );
  });

  test.each([
    [
      'numbers',
      200_000,
      (index: number) => 1_000_000_000 + index * 4_999 + ((index * 7919) % 4_999),
    ],
    ['long texts', 35_000, () => randomUUID()],
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

  test('are given up where they take more than 1 MB', () => {
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
