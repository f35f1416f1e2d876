import {expect, test} from '@jest/globals';
import {compareReads} from './determinism.ts';

const records = (stream: string, ...ids: readonly number[]) =>
  ids.map((id) => ({stream, data: {id}, emittedAt: 1, line: {text: ''}}));

const compare = (
  first: ReturnType<typeof records>,
  second: ReturnType<typeof records>,
): ReturnType<typeof compareReads> => compareReads(first, second, ({data}) => String(data['id']));

test('the same records in the same order within each stream are fine, however the streams mix', () => {
  const [a, b] = [records('a', 1, 2), records('b', 1)];
  expect(compare([...a, ...b], [...b, ...a])).toEqual([]);
});

test('a different order within a stream is noted, because slices may be read concurrently', () => {
  expect(
    compare(
      [...records('a', 1, 2, 2), ...records('b', 1)],
      [...records('b', 1), ...records('a', 2, 1, 2)],
    ),
  ).toEqual({note: 'in a different order the second time: a'});
});

test('a record that comes more often in one read is a warning, one for each stream', () => {
  expect(
    compare(
      [...records('a', 1, 2, 2), ...records('b', 1, 2)],
      [...records('a', 1, 1, 2), ...records('b', 2, 1)],
    ),
  ).toEqual({
    warnings: [
      {
        reason: 'some records of a were read more often in one full refresh than in the other',
        advice:
          'Request a fixed order from the API, by a unique field, so that pages do not overlap.',
      },
    ],
  });
});

test('records in only one of the reads are faults', () => {
  const advice = expect.stringMatching(/sort by a unique field/);
  expect(compare(records('a', 1, 2), [...records('a', 2), ...records('b', 3)])).toEqual([
    {reason: '1 records of a were in the first read only', offending: '1', advice},
    {reason: '1 records of b were in the second read only', offending: '3', advice},
  ]);
});
