// A team that comes from the Python connector for the same API goes on where that one was.
import {describe, expect, test} from '@jest/globals';
import {at, item, pagesOf, schema, stateOf} from '../../../test/read/items.ts';
import {parent} from '../../author/slices.ts';
import {stream} from '../../author/stream.ts';
import {inShort, runRead} from '../../testing/run-read.ts';

const sync = async (state: object, lookback?: {minutes: number}) => {
  const asked: string[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start: at(0), ...(lookback && {lookback})},
    slices: () => ['a', 'b', 'c'].map((repository) => ({repository})),
    read: ({slice: {repository}, since}) => {
      asked.push(`${repository} since ${since}`);
      return pagesOf([item(1, 50)]);
    },
  });
  const {messages, complete} = await runRead({streams: [items], state: stateOf('items', state)});
  expect(complete).toBe(true);
  const warnings = inShort(messages).filter((line) => line.startsWith('WARN'));
  return {asked, warnings};
};

const cursor = (minute: number) => ({updated_at: at(minute)});

describe('a state of the Python CDK', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'with one cursor speaks for all slices',
      cursor(30),
      [`a since ${at(30)}`, `b since ${at(30)}`, `c since ${at(30)}`],
    ],
    [
      'with a cursor for each partition speaks for those it knows',
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
      'with one cursor for all partitions looks back as long as it says',
      {use_global_cursor: true, state: cursor(30), lookback_window: 600},
      [`a since ${at(20)}`, `b since ${at(20)}`, `c since ${at(20)}`],
    ],
    [
      'with ranges of time speaks up to the first gap',
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
      'with a sentinel says nothing',
      {__ab_no_cursor_state_message: true},
      [`a since ${at(0)}`, `b since ${at(0)}`, `c since ${at(0)}`],
    ],
  ])('%s', async (_what, state, expected) => {
    const {asked, warnings} = await sync(state);
    expect(asked).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  test('keeps where the parent was, for children that depend on its changes', async () => {
    const asked: string[] = [];
    const parents = stream({
      name: 'repos',
      schema,
      cursor: {field: 'updated_at'},
      read: ({since}) => {
        asked.push(`repos since ${since}`);
        return pagesOf([item(7, 45)]);
      },
    });
    const children = stream({
      name: 'children',
      schema,
      cursor: {field: 'updated_at', start: at(0)},
      slices: parent(parents, ({id}) => ({id}), {incremental: true}),
      read: ({slice, since}) => {
        asked.push(`${slice.id} since ${since}`);
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
    expect(asked).toEqual([`repos since ${at(40)}`, `7 since ${at(12)}`]);
  });
});
