import {describe, expect, test} from '@jest/globals';
import {type Duration, type ExactDuration, shift, toMilliseconds} from './duration.ts';

const moved = (from: string, duration: Duration, sign: 1 | -1 = 1): string =>
  new Date(shift(Date.parse(from), duration, sign)).toISOString();

test.each<[string, Duration, 1 | -1, string]>([
  ['2026-01-01T00:00:00.123Z', {days: 30}, 1, '2026-01-31T00:00:00.123Z'],
  [
    '2026-01-01T00:00:00.000Z',
    {weeks: 1, hours: 1, minutes: 2, seconds: 3},
    1,
    '2026-01-08T01:02:03.000Z',
  ],
  ['2026-01-31T12:00:00.000Z', {months: 1}, 1, '2026-02-28T12:00:00.000Z'],
  ['2024-01-31T12:00:00.000Z', {months: 1}, 1, '2024-02-29T12:00:00.000Z'],
  ['2026-11-30T00:00:00.000Z', {months: 3}, 1, '2027-02-28T00:00:00.000Z'],
  ['2026-01-31T00:00:00.000Z', {months: 2}, -1, '2025-11-30T00:00:00.000Z'],
  ['2024-02-29T00:00:00.000Z', {years: 1}, 1, '2025-02-28T00:00:00.000Z'],
  ['2026-01-01T00:00:00.000Z', {milliseconds: 7}, 1, '2026-01-01T00:00:00.007Z'],
  ['2026-01-01T00:00:00.000Z', {seconds: 0.5}, -1, '2025-12-31T23:59:59.500Z'],
])('shifts %s by %j with sign %d to %s', (from, duration, sign, expected) => {
  expect(moved(from, duration, sign)).toBe(expected);
});

describe('an option that is a duration', () => {
  test.each<[ExactDuration, number]>([
    [{milliseconds: 150}, 150],
    [{seconds: 0}, 0],
    [{minutes: 1, seconds: 30}, 90_000],
    [{weeks: 1, days: 1, hours: 1}, 694_800_000],
    [{seconds: Number.POSITIVE_INFINITY}, Number.POSITIVE_INFINITY],
  ])('%j is %d ms', (duration, expected) => {
    expect(toMilliseconds('timeouts.total', duration)).toBe(expected);
  });

  // A config or a source in JavaScript may hold such values.
  test.each([
    '300',
    '"30 s"',
    'null',
    '{}',
    '[]',
    '{"month": 1}',
    '{"seconds": -1}',
    '{"days": "1"}',
  ])('is rejected if it is %s', (value) => {
    expect(() => toMilliseconds('timeouts.total', JSON.parse(value))).toThrow(
      `\`timeouts.total\` is ${JSON.stringify(JSON.parse(value))}, which is not a length of time. Write it as {seconds: 30}; the units are milliseconds, seconds, minutes, hours, days, weeks.`,
    );
  });
});
