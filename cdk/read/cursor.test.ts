import {describe, expect, test} from '@jest/globals';
import {capAtRunStart} from './cursor.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

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
      '2025-12-31T23:59:00.0Z',
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
