// A source resumes at the position in the state of the Python connector for the same API.
import {describe, expect, test} from '@jest/globals';
import {at, item, pagesOf, schema, stateOf} from '../../../test/read/items.ts';
import {parent} from '../../author/slices.ts';
import {stream} from '../../author/stream.ts';
import {inShort, runRead} from '../../testing/run-read.ts';

const sync = async (state: object, lookback?: {minutes: number}) => {
  const requested: string[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start: at(0), ...(lookback && {lookback})},
    slices: () => ['a', 'b', 'c'].map((repository) => ({repository})),
    read: ({slice: {repository}, since}) => {
      requested.push(`${repository} since ${since}`);
      return pagesOf([item(1, 50)]);
    },
  });
  const {messages, complete} = await runRead({streams: [items], state: stateOf('items', state)});
  expect(complete).toBe(true);
  const warnings = inShort(messages).filter((line) => line.startsWith('WARN'));
  return {requested, warnings};
};

const cursor = (minute: number) => ({updated_at: at(minute)});

describe('a state of the Python CDK', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'with one cursor holds for all slices',
      cursor(30),
      [`a since ${at(30)}`, `b since ${at(30)}`, `c since ${at(30)}`],
    ],
    [
      'with a cursor for each partition holds for these partitions only',
      {
        use_global_cursor: false,
        states: [
          {partition: {repository: 'a', parent_slice: {}}, cursor: cursor(10)},
          {partition: {repository: 'b', parent_slice: {}}, cursor: cursor(20)},
        ],
        state: cursor(20),
      },
      [`a since ${at(10)}`, `b since ${at(20)}`, `c since ${at(0)}`],
    ],
    [
      'with one cursor for all partitions has a lookback',
      {use_global_cursor: true, state: cursor(30), lookback_window: 600},
      [`a since ${at(20)}`, `b since ${at(20)}`, `c since ${at(20)}`],
    ],
    [
      'with time ranges holds up to the first gap',
      {
        state_type: 'date-range',
        slices: [
          {start: at(0), end: at(20)},
          {start: at(40), end: at(60)},
        ],
      },
      [`a since ${at(20)}`, `b since ${at(20)}`, `c since ${at(20)}`],
    ],
    [
      'with a sentinel has no position',
      {__ab_no_cursor_state_message: true},
      [`a since ${at(0)}`, `b since ${at(0)}`, `c since ${at(0)}`],
    ],
  ])('%s', async (_what, state, expected) => {
    const {requested, warnings} = await sync(state);
    expect(requested).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test('has the position of the parent, for children that depend on its changes', async () => {
    const requested: string[] = [];
    const parents = stream({
      name: 'repos',
      schema,
      cursor: {field: 'updated_at'},
      read: ({since}) => {
        requested.push(`repos since ${since}`);
        return pagesOf([item(7, 45)]);
      },
    });
    const children = stream({
      name: 'children',
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      slices: parent(parents, ({id}) => ({id}), {incremental: true}),
      read: ({slice, since}) => {
        requested.push(`${slice.id} since ${since}`);
        return pagesOf();
      },
    });
    await runRead({
      streams: [children],
      state: stateOf('children', {
        use_global_cursor: false,
        states: [{partition: {id: 7, parent_slice: {}}, cursor: cursor(12)}],
        parent_state: {repos: cursor(40)},
      }),
    });
    expect(requested).toEqual([`repos since ${at(40)}`, `7 since ${at(12)}`]);
  });
});
