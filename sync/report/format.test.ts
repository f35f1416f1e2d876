import {expect, test} from '@jest/globals';
import {harmless} from '../../process/terminal.ts';
import {aligned, count, duration, rate, size} from './format.ts';

test('counts, rates, sizes and durations are written for people', () => {
  expect([
    [count(0, 'row'), count(1, 'row'), count(1234567, 'row')],
    [rate(0, 1000), rate(5, 0), rate(5, 2000), rate(12_345, 1000)],
    [0, 999, 1000, 12_345, 9_950_000, 3e9, 5e15].map(size),
    [0, 99, 100, 9_949, 12_000, 59_600, 185_000, 7_800_000].map(duration),
  ]).toEqual([
    ['0 rows', '1 row', '1,234,567 rows'],
    ['', '', '3/s', '12,345/s'],
    ['0 B', '999 B', '1.0 kB', '12 kB', '9.9 MB', '3.0 GB', '5000 TB'],
    ['0 ms', '99 ms', '0.1 s', '9.9 s', '12 s', '1 min 00 s', '3 min 05 s', '2 h 10 min'],
  ]);
});

test('the cells of a column are aligned; an empty column takes no space', () => {
  expect(
    aligned(
      [
        ['a', '', '10', 'x'],
        ['long', '', '9'],
      ],
      [2],
    ),
  ).toEqual(['a     10  x', 'long   9']);
  expect(aligned([], [])).toEqual([]);
});

test('control characters are removed from a line', () => {
  expect(harmless('\x1b[2Jone\ttwo\r\x07')).toBe('one two  ');
});
