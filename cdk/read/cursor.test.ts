import {describe, expect, test} from '@jest/globals';
import {capAtRunStart, compareCursors, later} from './cursor.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('comparing cursors', () => {
  test.each([
    ['numbers by size', 9, 10, -1],
    ['digits in texts by their characters', '9', '10', 1],
    ['instants across zones', '2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', -1],
    ['instants across precisions', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z', -1],
    [
      'microseconds, which no clock of ours has',
      '2026-01-01T00:00:00.000001Z',
      '2026-01-01T00:00:00.000002Z',
      -1,
    ],
    ['dates', '2026-01-02', '2026-01-10', -1],
    ['a date and a time on it', '2026-01-02', '2026-01-02T00:00:01Z', -1],
    ['equal values', '2026-01-02', '2026-01-02', 0],
    ['other texts by their characters', 'abc', 'abd', -1],
  ])('orders %s', (_case, a, b, expected) => {
    expect(compareCursors(a, b)).toBe(expected);
    expect(compareCursors(b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  test('takes the one that is there for the later one', () => {
    expect([later(undefined, 'a'), later('a', undefined), later('b', 'a')]).toEqual([
      'a',
      'a',
      'b',
    ]);
  });
});

describe('the position a run may save', () => {
  test.each([
    [
      'what it saw, when that is in the past',
      '2025-12-31T23:00:00Z',
      undefined,
      '2025-12-31T23:00:00Z',
    ],
    [
      'its own start less a minute, at most',
      '2026-01-01T00:00:00Z',
      undefined,
      '2025-12-31T23:59:00Z',
    ],
    [
      'the same with a fraction where records have one',
      '2026-01-01T00:00:00.5Z',
      undefined,
      '2025-12-31T23:59:00.000Z',
    ],
    ['the same as a date where records have dates', '2026-01-01', undefined, '2025-12-31'],
    [
      'not less than where it began',
      '2025-12-01T00:00:00Z',
      '2025-12-02T00:00:00Z',
      '2025-12-02T00:00:00Z',
    ],
    [
      'where it began, when it saw nothing',
      undefined,
      '2025-12-02T00:00:00Z',
      '2025-12-02T00:00:00Z',
    ],
    ['any number', 12, 7, 12],
  ])('is %s', (_case, seen, from, expected) => {
    expect(capAtRunStart(seen, from, NOW)).toBe(expected);
  });
});
