import {describe, expect, test} from '@jest/globals';
import {compareCursors, later} from './cursors.ts';

describe('cursors are compared', () => {
  test.each<[string, unknown, unknown]>([
    ['numbers', 9, 10],
    ['numbers as strings', '9', '10'],
    ['dates', '2026-01-09', '2026-01-10'],
    ['times in one form', '2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123457Z'],
    ['times in several forms', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z'],
    ['times in several zones', '2026-01-01T12:00:00+02:00', '2026-01-01T11:00:00+00:00'],
    ['whole numbers beyond the digits of a float', '9007199254740993', '9007199254740994'],
    ['whole numbers with zeros in front', '0009', '10'],
    ['mail dates', 'Wed, 31 Dec 2025 00:00:00 +0000', 'Thu, 01 Jan 2026 00:00:00 +0000'],
    ['mail dates in several zones', 'Thu, 01 Jan 2026 01:00:00 +0200', '1 Jan 2026 00:00:00 GMT'],
    ['strings of one length', 'a9', 'b1'],
  ])('%s', (_name, a, b) => {
    expect([compareCursors(a, b), compareCursors(b, a), compareCursors(a, a)]).toEqual([-1, 1, 0]);
  });

  test.each<[string, unknown, unknown]>([
    ['a number and a string', 1, '1'],
    ['strings of several lengths', 'a', 'bc'],
    ['objects', {}, {}],
    ['nothing', undefined, 1],
    ['dates with the year at the end', '31.12.2024', '01.01.2025'],
    ['American dates', '12/31/2024', '01/01/2025'],
    ['an invalid time', '2026-99-99T00:00Z', '2026-01-01'],
  ])('but not %s', (_name, a, b) => {
    expect(compareCursors(a, b)).toBeUndefined();
  });

  test('and the later one is kept', () => {
    expect([later(1, 2), later(2, 1), later(undefined, 1), later(1, undefined)]).toEqual([
      2, 2, 1, 1,
    ]);
  });
});
