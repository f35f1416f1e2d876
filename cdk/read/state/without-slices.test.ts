// Streams that had slices in an earlier version of their source, and have none now.
import {describe, expect, test} from '@jest/globals';
import {at, item, pagesOf, schema, stateOf} from '../../../test/read/items.ts';
import {parent} from '../../author/slices.ts';
import {stream} from '../../author/stream.ts';
import {catalogOf, inShort, runRead} from '../../testing/run-read.ts';
import {packSliceNumbers, sliceNumber} from './slice-keys.ts';

const sinceSeen = (name: string, seen: unknown[]) =>
  stream({
    name,
    schema,
    cursor: {field: 'updated_at'},
    async *read({since}) {
      seen.push(since);
      yield* pagesOf([item(9)]);
    },
  });

const read = async (blob: object, mode = 'incremental') => {
  const seen: unknown[] = [];
  const {messages} = await runRead({
    streams: [sinceSeen('items', seen)],
    state: stateOf('items', blob),
    catalog: catalogOf(['items'], mode),
  });
  return {
    since: seen[0],
    warnings: inShort(messages).filter((line) => line.startsWith('WARN')),
    state: messages.findLast(({state}) => state)?.state?.stream?.stream_state,
  };
};

const LOWEST = (position: string): string =>
  `WARN The state of stream items has slices, but the stream has none now. It is read from the lowest of their positions, ${position}.`;
const BEGINNING =
  'WARN The state of stream items has slices, but the stream has none now. It is read from its beginning, because not every slice has a position.';

const one = (minute: number) => ({updated_at: at(minute)});
const keys = packSliceNumbers(new Set([sliceNumber('part=c')]));

describe('a stream that has no slices any more', () => {
  test.each<[string, object, number | undefined]>([
    ['slices at different positions', {...one(9), slices: {a: one(9), b: one(2), c: one(5)}}, 2],
    ['one slice', {...one(9), slices: {a: one(3)}}, 3],
    [
      'slices below the compacted ones',
      {...one(9), slices: {a: one(2)}, folded: [{...one(9), keys}]},
      2,
    ],
    [
      'slices above the compacted ones',
      {...one(9), slices: {a: one(9)}, folded: [{...one(4), keys}]},
      4,
    ],
    ['a slice without a position', {...one(9), slices: {a: one(9), b: {}}}, undefined],
    [
      'compacted slices without a position',
      {...one(9), slices: {a: one(9)}, folded: [{keys}]},
      undefined,
    ],
    ['no slice at all', {...one(9), slices: {}}, undefined],
    ['slices, some of which were not begun', {unfinished: true, slices: {a: one(9)}}, undefined],
    [
      "Python's partitions",
      {
        state: one(9),
        states: [9, 2].map((minute) => ({partition: {part: `${minute}`}, cursor: one(minute)})),
      },
      2,
    ],
    [
      'a partition without a cursor',
      {
        states: [
          {partition: {part: 'a'}, cursor: one(9)},
          {partition: {part: 'b'}, cursor: {}},
        ],
      },
      undefined,
    ],
  ])('starts where none of them loses records: %s', async (_case, blob, minute) => {
    expect(await read(blob)).toEqual({
      since: minute === undefined ? undefined : at(minute),
      warnings: [minute === undefined ? BEGINNING : LOWEST(at(minute))],
      state: one(9),
    });
  });

  test('starts at its own position otherwise', async () => {
    expect(await read(one(4))).toEqual({since: at(4), warnings: [], state: one(9)});
  });

  test('starts at its beginning in a full refresh that was cut off', async () => {
    const blob = {unfinished: true, slices: {a: one(9)}};
    expect((await read(blob, 'full_refresh')).since).toBeUndefined();
  });

  test('starts in the same way as a parent', async () => {
    const seen: unknown[] = [];
    const above = sinceSeen('above', seen);
    const below = stream({
      name: 'below',
      schema,
      cursor: {field: 'updated_at'},
      slices: parent(above, ({id}) => ({id: Number(id)}), {incremental: true}),
      read: () => pagesOf([]),
    });
    const before = {...one(9), slices: {a: one(9), b: one(2)}};
    await runRead({streams: [below], state: stateOf('below', {slices: {}, parent: before})});
    expect(seen).toEqual([at(2)]);
  });
});
