import {expect, test} from '@jest/globals';
import {compareReads} from './determinism.ts';

const records = (stream: string, ...ids: readonly number[]) =>
  ids.map((id) => ({stream, data: {id}, emittedAt: 1, line: {text: ''}}));

const compare = (
  first: ReturnType<typeof records>,
  second: ReturnType<typeof records>,
): ReturnType<typeof compareReads> => compareReads(first, second, ({data}) => String(data['id']));

test('the same records in the same order of each stream say nothing, however the streams mix', () => {
  const [a, b] = [records('a', 1, 2), records('b', 1)];
  expect(compare([...a, ...b], [...b, ...a])).toEqual([]);
});

test('another order within a stream, as of slices read side by side, is noted', () => {
  expect(
    compare(
      [...records('a', 1, 2, 2), ...records('b', 1)],
      [...records('b', 1), ...records('a', 2, 1, 2)],
    ),
  ).toEqual({note: 'in another order the second time: a'});
});

test('a record that comes more often in one of them is warned of, once for its stream', () => {
  expect(
    compare(
      [...records('a', 1, 2, 2), ...records('b', 1, 2)],
      [...records('a', 1, 1, 2), ...records('b', 2, 1)],
    ),
  ).toEqual({
    warnings: [
      {
        reason: 'some records of a came more often in one full refresh than in the other',
        advice: 'Ask the API for a fixed order, by a unique field, so that pages do not overlap.',
      },
    ],
  });
});

test('records that come in one of them only are faults', () => {
  const advice = expect.stringMatching(/sort by a unique field/);
  expect(compare(records('a', 1, 2), [...records('a', 2), ...records('b', 3)])).toEqual([
    {reason: '1 records of a came in the first read only', offending: '1', advice},
    {reason: '1 records of b came in the second read only', offending: '3', advice},
  ]);
});
