// Streams with so many slices that their positions can't be listed.
import {describe, expect, test} from '@jest/globals';
import {at, type Item, item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import {page, stream} from '../author/stream.ts';
import {NOW, runRead} from '../testing/run-read.ts';

type Since = Map<number, unknown>;

const read = async (
  count: number,
  {
    state,
    fail,
    records,
  }: {
    state?: object | undefined;
    fail?: number;
    records?: (slice: number) => readonly Item[];
  } = {},
) => {
  const since: Since = new Map();
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start: at(0)},
    slices: () => Array.from({length: count}, (_, slice) => ({slice})),
    async *read(context) {
      const {slice} = context.slice;
      since.set(slice, context.since);
      if (slice === fail) throw new Error('broken');
      yield page(records?.(slice) ?? [item(slice, 1 + (slice % 50))]);
    },
  });
  const {messages, complete} = await runRead({
    streams: [items],
    concurrency: 10,
    ...(state && {state: stateOf('items', state)}),
  });
  const blob = messages.findLast(({state: found}) => found)?.state?.stream?.stream_state;
  return {since, blob: {...blob}, complete, messages};
};

describe('many slices', () => {
  test('share one position, and each goes on from there', async () => {
    const {blob} = await read(3_000);
    expect(blob['updated_at']).toBe(at(50));
    expect(JSON.stringify(blob).length).toBeLessThan(80_000);
    const {since} = await read(3_001, {state: blob});
    expect([since.get(0), since.get(2_999)]).toEqual([at(50), at(50)]);
    // One that is new begins at the start.
    expect(since.get(3_000)).toBe(at(0));
  });

  test('leave one that failed where it was', async () => {
    const {blob, complete} = await read(2_000, {fail: 7});
    expect(complete).toBe(false);
    const {since} = await read(2_000, {state: blob});
    expect([since.get(6), since.get(7), since.get(8)]).toEqual([at(50), at(0), at(50)]);
  });

  test('share a position that is not behind the start of the run, as each was read after that', async () => {
    const late = new Date(NOW + 60_000).toISOString();
    const {blob} = await read(1_500, {records: (slice) => [{id: slice, updated_at: late}]});
    expect(blob['updated_at']).toBe(new Date(NOW - 60_000).toISOString());
  });

  test('whose cursor is no time are listed, each with its own', async () => {
    const items = stream({
      name: 'items',
      schema,
      cursor: {field: 'id'},
      slices: () => Array.from({length: 1_200}, (_, slice) => ({slice})),
      read: ({slice: {slice}}) => pagesOf([item(slice)]),
    });
    const {messages} = await runRead({streams: [items]});
    const blob = messages.findLast(({state}) => state)?.state?.stream?.stream_state;
    expect(Object.keys(Object(blob)['slices'])).toHaveLength(1_200);
    expect(Object(blob)['slices']['slice=1199']).toEqual({id: 1_199});
  });
});
