// Times in the notations of mail, feeds and headers, and in patterns.
import {describe, expect, test} from '@jest/globals';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import {cursorRules} from './rules.ts';

const rules = (format?: CursorFormat) => cursorRules({field: 'at', ...(format && {format})});

// RFC 2822 §3.3 and §4.3, RFC 9110 §5.6.7 (RFC 850 and asctime), Ruby, Twitter and date(1).
describe('the times of mail, feeds and headers', () => {
  const {instantOf, tickBefore, cappedAt} = rules('rfc-2822');

  test.each([
    ['Wed, 01 Jan 2025 10:20:30 +0000', 'Wed, 01 Jan 2025 10:20:29 +0000'],
    ['Wed, 1 Jan 2025 10:20:30 +0000', 'Wed, 1 Jan 2025 10:20:29 +0000'],
    ['01 Jan 2025 10:20:30 +0000', '01 Jan 2025 10:20:29 +0000'],
    ['Wed, 01 Jan 2025 10:20:30 GMT', 'Wed, 01 Jan 2025 10:20:29 GMT'],
    ['Wed, 01 Jan 2025 10:20:30 UT', 'Wed, 01 Jan 2025 10:20:29 UT'],
    ['Wed, 01 Jan 2025 10:20:30 UTC', 'Wed, 01 Jan 2025 10:20:29 UTC'],
    ['Wed, 01 Jan 2025 10:20:30 Z', 'Wed, 01 Jan 2025 10:20:29 Z'],
    ['Wed, 01 Jan 2025 10:20:30', 'Wed, 01 Jan 2025 10:20:29'],
    ['Wed, 01 Jan 2025 12:20:30 +0200', 'Wed, 01 Jan 2025 12:20:29 +0200'],
    ['Wed, 01 Jan 2025 12:20:30 +02:00', 'Wed, 01 Jan 2025 12:20:29 +02:00'],
    ['Wed, 01 Jan 2025 05:20:30 EST', 'Wed, 01 Jan 2025 05:20:29 EST'],
    ['wed, 01 jan 2025 05:20:30 est', 'Wed, 01 Jan 2025 05:20:29 est'],
    ['Wed, 01 Jan 2025 03:20:30 PDT', 'Wed, 01 Jan 2025 03:20:29 PDT'],
    ['Wed, 01 Jan 2025 10:20:30 +0000 (UTC)', 'Wed, 01 Jan 2025 10:20:29 +0000'],
    ['Wed, 01 Jan 25 10:20:30 +0000', 'Wed, 01 Jan 25 10:20:29 +0000'],
    ['wed, 01 jan 2025 10:20:30 gmt', 'Wed, 01 Jan 2025 10:20:29 gmt'],
    ['Wednesday, 01-Jan-25 10:20:30 GMT', 'Wednesday, 01-Jan-25 10:20:29 GMT'],
    ['Wed, 01-Jan-2025 10:20:30 GMT', 'Wed, 01-Jan-2025 10:20:29 GMT'],
    ['Wednesday, 1 January 2025 10:20:30 GMT', 'Wednesday, 1 January 2025 10:20:29 GMT'],
    ['Wed Jan  1 10:20:30 2025', 'Wed Jan 1 10:20:29 2025'],
    ['Wed Jan 01 10:20:30 +0000 2025', 'Wed Jan 01 10:20:29 +0000 2025'],
    ['Wed Jan  1 10:20:30 UTC 2025', 'Wed Jan 1 10:20:29 UTC 2025'],
  ])('%s is read and written', (value, before) => {
    expect(instantOf(value)).toBe(Date.parse('2025-01-01T10:20:30Z'));
    expect(tickBefore(value)).toBe(before);
  });

  test.each([
    ['Wed, 01 Jan 2025'],
    ['Wed, 32 Jan 2025 10:20:30 GMT'],
    ['Sat, 30 Feb 2025 10:20:30 GMT'],
    ['Wed, 01 Foo 2025 10:20:30 GMT'],
    ['Wed, 01 Jan 2025 25:20:30 GMT'],
    ['Wed, 01 Jan 2025 10:20:30 CEST'],
    ['Wed, 01 Jan 2025 10:20:30 GMT and more'],
    [`Wed, 01 Jan 2025${' '.repeat(100_000)}x`],
  ])('%s is not one of them', (value) => {
    expect(instantOf(value)).toBeUndefined();
  });

  test('without minutes only is read to the minute', () => {
    expect(tickBefore('1 Jan 2025 10:20 GMT')).toBe('1 Jan 2025 10:19 GMT');
  });

  test('are capped with the right weekday, month and year', () => {
    const value = 'Fri, 01 Jan 2049 00:00:00 +0200';
    expect(cappedAt(value, Date.parse('2024-02-28T23:00:00Z'))).toBe(
      'Thu, 29 Feb 2024 01:00:00 +0200',
    );
  });
});

describe('a pattern with names, short fields and half days', () => {
  const utc = (text: string): number => Date.parse(`${text}Z`);
  test.each<[string, string, number, string]>([
    ['d.M.yyyy', '1.2.2025', utc('2025-02-01T00:00'), '31.1.2025'],
    ['dd.MM.yyyy', '31.12.2024', utc('2024-12-31T00:00'), '30.12.2024'],
    ['M/d/yyyy h:mm a', '12/31/2024 1:05 PM', utc('2024-12-31T13:05'), '12/31/2024 1:04 PM'],
    ['M/d/yyyy h:mm a', '12/31/2024 12:00 AM', utc('2024-12-31T00:00'), '12/30/2024 11:59 PM'],
    [
      'MM/dd/yyyy hh:mm:ss a',
      '12/31/2024 12:00:00 PM',
      utc('2024-12-31T12:00'),
      '12/31/2024 11:59:59 AM',
    ],
    ['MMM d, yyyy', 'Mar 1, 2024', utc('2024-03-01T00:00'), 'Feb 29, 2024'],
    ['d MMMM yyyy H:mm', '1 March 2024 9:00', utc('2024-03-01T09:00'), '1 March 2024 8:59'],
    ['EEE, dd MMM yyyy', 'Wed, 01 Jan 2025', utc('2025-01-01T00:00'), 'Tue, 31 Dec 2024'],
    ['EEEE dd.MM.yyyy', 'Wednesday 01.01.2025', utc('2025-01-01T00:00'), 'Tuesday 31.12.2024'],
  ])('%s reads %s', (pattern, value, instant, before) => {
    const {instantOf, tickBefore} = rules({pattern});
    expect([instantOf(value), tickBefore(value)]).toEqual([instant, before]);
  });

  test.each([
    ['M/d/yyyy h:mm a', '12/31/2024 13:05 PM'],
    ['M/d/yyyy h:mm a', '12/31/2024 0:05 AM'],
    ['MMM d, yyyy', 'Mai 1, 2024'],
    ['MMM d, yyyy', 'March 1, 2024'],
    ['d.M.yyyy', '111.1.2024'],
  ])('%s does not read %s', (pattern, value) => {
    expect(rules({pattern}).instantOf(value)).toBeUndefined();
  });
});

test.each<[CursorValue, string, CursorFormat?]>([
  ['2026-01-01', 'time'],
  [5, 'number'],
  ['005', 'number'],
  ['-1.5', 'number'],
  ['Wed, 01 Jan 2025 00:00:00 +0000', 'unknown'],
  ['31.12.2024', 'unknown'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'unknown'],
  ['0000-00-00 00:00:00', 'unknown'],
  ['1e5', 'unknown'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'characters', 'characters'],
  ['2026-01-01', 'characters', 'characters'],
  ['Wed, 01 Jan 2025 00:00:00 +0000', 'time', 'rfc-2822'],
  ['31.12.2024', 'unknown', 'rfc-2822'],
  [5, 'unknown', 'rfc-2822'],
  [5, 'time', 'epoch-s'],
  ['2026-01-01', 'time', 'epoch-s'],
])('%p is of the kind %s', (value, kind, ...format) => {
  expect(rules(...format).kindOf(value)).toBe(kind);
});
