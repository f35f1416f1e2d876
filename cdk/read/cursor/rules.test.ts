import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import type {Duration} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
import {cursorRules} from './rules.ts';

const rules = (format?: CursorFormat) => cursorRules({field: 'at', ...(format && {format})});
const plain = rules();
const GERMAN = {pattern: 'dd.MM.yyyy HH:mm'};
const STAMP = {pattern: "yyyyMMdd'T'HHmmss.SSSSSSXXX"};
const DAY = {pattern: 'yyyyMMdd'};
const MAIL_WED = 'Wed, 01 Jan 2025 00:00:00 +0000';

describe('the cursor of a record', () => {
  test.each<[string, string, object, CursorValue | undefined]>([
    ['the field', 'at', {at: '2026-01-01'}, '2026-01-01'],
    ['a nested field', 'commit.committer.date', {commit: {committer: {date: 'x'}}}, 'x'],
    ['a key with dots, first', 'a.b', {'a.b': 1, a: {b: 2}}, 1],
    ['a number', 'at', {at: 0}, 0],
    ['nothing if it is missing', 'at', {}, undefined],
    ['nothing if it is null', 'at', {at: null}, undefined],
    ['nothing if it is an empty string', 'at', {at: ''}, undefined],
    ['nothing if it is NaN', 'at', {at: Number.NaN}, undefined],
    ['nothing if it is an object', 'at', {at: {seconds: 1}}, undefined],
    ['nothing if it is a boolean', 'at', {at: true}, undefined],
    ['nothing if the path ends early', 'a.b', {a: 'x'}, undefined],
    ['nothing from the prototype', 'constructor', {}, undefined],
  ])('is %s', (_case, field, record, expected) => {
    expect(cursorRules({field}).valueOf(record)).toBe(expected);
  });
});

describe('comparing cursors', () => {
  test.each<[string, CursorValue, CursorValue, number, CursorFormat?]>([
    ['numbers by size', 9, 10, -1],
    ['digits in strings by size', '9', '10', -1],
    ['zeros before digits', '007', '10', -1],
    ['decimals in strings', '1.25', '1.3', -1],
    ['digits below zero', '-10', '-9', -1],
    ['digits beside numbers', '100', 99, 1],
    ['digits beside larger numbers', '9007199254740993', 2 ** 53, 1],
    ['equal digits', '1.50', 1.5, 0],
    ['other strings before digits', 'v2', '1', -1],
    ['other strings before numbers', 'v2', 1, -1],
    ['ids beyond 2^53 in strings', '9007199254740993', '9007199254740992', 1],
    ['instants across zones', '2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', -1],
    ['instants across precisions', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z', -1],
    [
      'the same instant in two zones as equal',
      '2026-01-01T02:00:00+0200',
      '2026-01-01 00:00:00Z',
      0,
    ],
    ['a time without a zone as UTC', '2026-01-01T00:00:00', '2026-01-01T00:00:00Z', 0],
    [
      'digits finer than milliseconds',
      '2026-01-01T00:00:00.1234567Z',
      '2026-01-01T02:00:00.1234568+02:00',
      -1,
    ],
    [
      'nanoseconds and milliseconds',
      '2026-01-01T00:00:00.123000001Z',
      '2026-01-01T00:00:00.123Z',
      1,
    ],
    ['dates', '2026-01-02', '2026-01-10', -1],
    ['a date and a time on it', '2026-01-02', '2026-01-02T00:00:01Z', -1],
    ['equal values', '2026-01-02', '2026-01-02', 0],
    ['other strings by their characters', 'abc', 'abd', -1],
    ['strings before times', 'n/a', '0001-01-01T00:00:00Z', -1],
    ['numbers before times', 2_000_000_000, '1970-01-01', -1],
    ['a day that does not exist before times', '2026-02-30', '2026-02-01', -1],
    ["MySQL's zero date before times", '0000-00-00 00:00:00', '0001-01-01T00:00:00Z', -1],
    ['epoch strings by size', '999999999', '1000000000', -1, 'epoch-s'],
    ['epoch strings beside numbers', '1700000000', 1_700_000_001, -1, 'epoch-s'],
    ['epoch strings exactly', '9007199254740993', '9007199254740992', 1, 'epoch-us'],
    ['fractions of an epoch', '1700000000.0000001', '1700000000.0000002', -1, 'epoch-s'],
    ['an epoch beside a start in ISO', 1_700_000_000_000, '2023-11-14T22:13:20Z', 0, 'epoch-ms'],
    ['times before 1970', '-1.0005', '-1.0004', -1, 'epoch-s'],
    ['patterns by the calendar', '31.01.2026 10:00', '01.02.2026 09:00', -1, GERMAN],
    ['patterns across zones', '20260101T000000.000001+02:00', '20251231T220000.000001Z', 0, STAMP],
    ['dates in numbers', 20260131, 20260201, -1, DAY],
    ['mail times by the calendar', MAIL_WED, 'Fri, 03 Jan 2025 00:00:00 +0000', -1, 'rfc-2822'],
    ['mail times across zones', MAIL_WED, 'Tue, 31 Dec 2024 19:00:00 EST', 0, 'rfc-2822'],
    ['a mail time beside a start in ISO', MAIL_WED, '2025-01-01', 0, 'rfc-2822'],
    ['characters, also of digits', '10', '9', -1, 'characters'],
    [
      'characters, also of times',
      '2026-01-01T01:00:00+02:00',
      '2026-01-01T00:00:00Z',
      1,
      'characters',
    ],
  ])('orders %s', (_case, a, b, expected, ...format) => {
    expect([rules(...format).compare(a, b), rules(...format).compare(b, a)]).toEqual([
      expected,
      expected === 0 ? 0 : -expected,
    ]);
  });

  test('takes a value for later than a missing one', () => {
    const {later} = plain;
    expect([later(undefined, 'a'), later('a', undefined), later('b', 'a')]).toEqual([
      'a',
      'a',
      'b',
    ]);
  });
});

describe('the instant of a value', () => {
  test.each<[CursorValue, number | undefined, CursorFormat?]>([
    ['2026-01-01', Date.parse('2026-01-01T00:00:00Z')],
    ['2026-01-01T00:00', Date.parse('2026-01-01T00:00:00Z')],
    ['1969-12-31T23:59:59.9995Z', -0.5],
    ['0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
    ['2026-13-01', undefined],
    ['2026-04-31T00:00:00Z', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['2026-02-29T00:00:00Z', undefined],
    ['2024-02-29T00:00:00.000Z', Date.parse('2024-02-29T00:00:00Z')],
    ['2026-12-31T24:00:00Z', Date.parse('2027-01-01T00:00:00Z')],
    ['2016-12-31T23:59:60Z', Date.parse('2017-01-01T00:00:00Z')],
    ['soon', undefined],
    [1_700_000_000, undefined],
    [1_700_000_000, 1_700_000_000_000, 'epoch-s'],
    [1_700_000_000.5, 1_700_000_000_500, 'epoch-s'],
    ['1700000000', 1_700_000_000_000, 'epoch-s'],
    ['1700000000000250', 1_700_000_000_000.25, 'epoch-us'],
    [1.7e18, undefined, 'epoch-s'],
    ['1,7', undefined, 'epoch-s'],
    ['31.12.2025 23:59', Date.parse('2025-12-31T23:59:00Z'), GERMAN],
    ['31.11.2025 23:59', undefined, GERMAN],
    [20251231, Date.parse('2025-12-31T00:00:00Z'), DAY],
  ])('%s is %d', (value, expected, ...format) => {
    const {instantOf, isTime} = rules(...format);
    expect([instantOf(value), isTime(value)]).toEqual([expected, expected !== undefined]);
  });
});

describe('an earlier value', () => {
  test.each<[CursorValue, Duration | number, CursorValue, CursorFormat?]>([
    ['2026-01-01T00:00:00Z', {minutes: 10}, '2025-12-31T23:50:00Z'],
    ['2026-01-01T00:00:00.1234567+05:30', {hours: 1}, '2025-12-31T23:00:00.1234567+05:30'],
    ['2026-01-01 00:00:00 +0000', {seconds: 1}, '2025-12-31 23:59:59 +0000'],
    ['2026-03-31T00:00', {months: 1}, '2026-02-28T00:00'],
    ['2026-01-02', {days: 1}, '2026-01-01'],
    ['2026-01-02', {minutes: 10}, '2026-01-01'],
    ['2026-01-02', {}, '2026-01-02'],
    ['0000-01-01', {days: 1}, '0000-01-01'],
    [100, 10, 90],
    ['2026-01-02', 10, '2026-01-02'],
    [100, {days: 1}, 100],
    ['abc', {days: 1}, 'abc'],
    ['abc', 5, 'abc'],
    ['1000', 5, '995'],
    [1_700_000_000, {minutes: 1}, 1_699_999_940, 'epoch-s'],
    [1_700_000_000, 60, 1_699_999_940, 'epoch-s'],
    ['1700000000000', {minutes: 1}, '1699999940000', 'epoch-ms'],
    ['9007199254740993', 1, '9007199254740992', 'epoch-us'],
    ['1700000000.50', {seconds: 1}, '1699999999.50', 'epoch-s'],
    ['0.50', {seconds: 1}, '-0.50', 'epoch-s'],
    ['01.02.2026 00:05', {minutes: 10}, '31.01.2026 23:55', GERMAN],
    ['20260101T000000.000001+02:00', {seconds: 1}, '20251231T235959.000001+02:00', STAMP],
    [20260101, {hours: 1}, 20251231, DAY],
    ['2026-01-01', {days: 1}, '2025-12-31', 'epoch-s'],
  ])('%s by %j is %s', (value, by, expected, ...format) => {
    expect(rules(...format).earlier(value, by)).toBe(expected);
  });
});

describe('the tick before', () => {
  test.each<[CursorValue, CursorValue, CursorFormat?]>([
    ['2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z'],
    ['2026-01-01T00:00:00.000Z', '2025-12-31T23:59:59.999Z'],
    ['2026-01-01T00:00:00.000000000-01:00', '2025-12-31T23:59:59.999999999-01:00'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.4Z'],
    ['2026-01-01 00:00', '2025-12-31 23:59'],
    ['2026-01-01', '2025-12-31'],
    [7, 6],
    ['100', '99'],
    ['0100', '0099'],
    ['9007199254740993', '9007199254740992'],
    ['0', '0'],
    [2 ** 60, 2 ** 60 - 2 ** 8],
    ['abc', 'abc'],
    [1_700_000_000, 1_699_999_999, 'epoch-s'],
    ['1700000000.123', '1700000000.122', 'epoch-s'],
    ['9007199254740993', '9007199254740992', 'epoch-us'],
    ['01.02.2026 00:00', '31.01.2026 23:59', GERMAN],
    ['2026-01', '2025-12', {pattern: 'yyyy-MM'}],
    ['2026', '2025', {pattern: 'yyyy'}],
    ['2026-01-01T00', '2025-12-31T23', {pattern: 'yyyy-MM-ddTHH'}],
  ])('%s is %s', (value, expected, ...format) => {
    expect(rules(...format).tickBefore(value)).toBe(expected);
  });
});

describe('a value that is capped', () => {
  const NOW = Date.parse('2026-01-01T00:00:00.123Z');
  test.each<[string, CursorValue, CursorValue, CursorFormat?]>([
    [
      'stays unchanged before the instant',
      '2025-12-31T00:00:00+01:00',
      '2025-12-31T00:00:00+01:00',
    ],
    [
      'stays unchanged at the instant',
      '2026-01-01T00:00:00.123000Z',
      '2026-01-01T00:00:00.123000Z',
    ],
    ['keeps its precision', '2026-01-01T00:00:00.123001Z', '2026-01-01T00:00:00.123000Z'],
    ['is cut to seconds', '2027-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['keeps its zone', '2027-01-01T00:00:00.1+05:30', '2026-01-01T05:30:00.1+05:30'],
    ['stays a date', '2027-01-01', '2026-01-01'],
    ['stays unchanged if it is a number', 1e300, 1e300],
    ['stays unchanged if it is another string', 'zzz', 'zzz'],
    ['keeps its unit', 9_999_999_999, 1_767_225_600, 'epoch-s'],
    ['keeps its kind', '9999999999999999', '1767225600123000', 'epoch-us'],
    ['keeps its pattern', '01.01.2027 10:00', '01.01.2026 00:00', GERMAN],
  ])('%s', (_case, value, expected, ...format) => {
    expect(rules(...format).cappedAt(value, NOW)).toBe(expected);
  });
});

describe('an instant', () => {
  test('is written like a model', () => {
    const instant = Date.parse('2026-01-02T03:04:05.678Z');
    expect([
      plain.atInstant(instant, '2020-01-01T00:00:00.000000-02:00'),
      plain.atInstant(instant, '2020-01-01'),
      rules('epoch-s').atInstant(instant, 0),
      rules(GERMAN).atInstant(instant, '01.01.2020 00:00'),
    ]).toEqual(['2026-01-02T01:04:05.678000-02:00', '2026-01-02', 1767323045, '02.01.2026 03:04']);
  });

  test('cannot be written like a value that is not a time', () => {
    expect(() => plain.atInstant(0, 'abc')).toThrow(
      new SystemError(
        'The cursor "at" should be a time, but is "abc". Declare its `format`, or remove the options that need times.',
      ),
    );
  });
});

describe('a pattern', () => {
  test.each([
    ['an unknown letter', 'yyyy-MM-dd kk:mm', 'has the unknown letters "kk"'],
    ['half a day only', 'yyyy-MM-dd hh:mm', 'has an hour of 1 to 12 without a'],
    ['AM and PM without such an hour', 'yyyy-MM-dd HH:mm a', 'has a without hh or h'],
    ['a field of another width', 'yy-MM-dd', 'has the unknown letters "yy"'],
    ['a field twice', 'yyyy-MM-MM', 'has the month twice'],
    ['a gap', 'yyyy-dd', 'does not have the month'],
    ['no year', 'HH:mm', 'does not have the year'],
    ['nothing', '', 'does not have the year'],
    ['an open quote', "yyyy'T", 'has a quote that is not closed'],
  ])('with %s is refused', (_case, pattern, what) => {
    expect(() => rules({pattern})).toThrow(
      new SystemError(
        `The cursor's pattern "${pattern}" ${what}. A pattern is made of yyyy MM M MMM MMMM dd d EEE EEEE HH H hh h a mm ss S (one for each digit) Z XXX; put other letters in quotes, as in yyyy-MM-dd'T'HH:mm.`,
      ),
    );
  });

  test('may contain any other string', () => {
    const pattern = "'day ''of'' 'dd.MM.yyyy (HH:mm)'*'";
    expect(rules({pattern}).tickBefore("day 'of' 01.01.2026 (00:00)*")).toBe(
      "day 'of' 31.12.2025 (23:59)*",
    );
  });
});

// Properties of all values, whatever the format.

const instants = fc.integer({
  min: Date.parse('1900-01-01T00:00:00Z'),
  max: Date.parse('2200-01-01T00:00:00Z'),
});
const digits = (max: number) => fc.stringMatching(new RegExp(`^\\d{1,${max}}$`));
const zones = fc.constantFrom('Z', '+00:00', '+05:30', '-0800', ' +0000', '+02', '');

const isoTexts = fc
  .tuple(instants, fc.constantFrom('T', ' '), fc.option(digits(9)), zones)
  .map(([instant, between, fraction, zone]) => {
    const [date, time] = new Date(instant).toISOString().slice(0, 19).split('T');
    return `${date}${between}${time}${fraction === null ? '' : `.${fraction}`}${zone}`;
  });
const dates = instants.map((instant) => new Date(instant).toISOString().slice(0, 10));
const texts = fc.constantFrom('', 'abc', '9', '10', 'n/a', '2026-02-30');

const epochs = fc.oneof(
  instants,
  instants.map(String),
  fc.tuple(instants, digits(6)).map(([whole, fraction]) => `${whole}.${fraction}`),
);
const german = instants.map((instant) => {
  const [year, month, day, hour, minute] = new Date(instant).toISOString().split(/[-T:]/);
  return `${day}.${month}.${year} ${hour}:${minute}`;
});

const TIMES: readonly [string, CursorFormat | undefined, fc.Arbitrary<CursorValue>][] = [
  ['ISO 8601', undefined, fc.oneof(isoTexts, dates)],
  ['epochs', 'epoch-ms', epochs],
  ['a pattern', GERMAN, german],
];

/** The shape of a value, which another time written like it must have. */
const shapeOf = (value: CursorValue): string => {
  if (typeof value === 'number') return 'number';
  return value.includes('.') || !/^-?\d+$/.test(value)
    ? value.replace(/^-?\d+(?=\.\d+$)/, '0').replace(/\d/g, '0')
    : 'whole';
};

/** An instant is a double of milliseconds, whose steps are about half a microsecond. */
const INSTANT_STEP = 0.01;

const instantIn = (format: CursorFormat | undefined, value: CursorValue): number =>
  rules(format).instantOf(value) ?? Number.NaN;

describe.each(TIMES)('for all values of %s', (_name, format, times) => {
  const {compare, earlier, cappedAt, tickBefore, atInstant} = rules(format);
  const values = fc.oneof(times, texts, fc.double({noNaN: true, noDefaultInfinity: true}));

  test('comparing is a total order', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(compare(a, a)).toBe(0);
        expect(compare(a, b)).toBe(0 - compare(b, a));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      {numRuns: 1_000},
    );
  });

  test('comparing agrees with the instants', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const apart = instantIn(format, a) - instantIn(format, b);
        expect(apart).not.toBeNaN();
        if (apart !== 0) expect(compare(a, b)).toBe(Math.sign(apart));
      }),
    );
  });

  test('an earlier value has the same shape, and is earlier by at least the duration', () => {
    fc.assert(
      fc.property(times, fc.integer({min: 0, max: 10_000_000}), (value, seconds) => {
        const result = earlier(value, {seconds});
        const moved = instantIn(format, value) - instantIn(format, result);
        expect(moved).toBeGreaterThanOrEqual(seconds * 1_000 - INSTANT_STEP);
        expect(moved).toBeLessThan(seconds * 1_000 + 86_400_000);
        expect(shapeOf(result)).toBe(shapeOf(value));
      }),
    );
  });

  test('a tick before is earlier, and no value of its shape is between them', () => {
    fc.assert(
      fc.property(times, (value) => {
        const before = tickBefore(value);
        expect(compare(before, value)).toBe(-1);
        const [from, to] = [instantIn(format, before), instantIn(format, value)];
        if (to - from < INSTANT_STEP) return;
        expect(compare(atInstant((from + to) / 2, value), before)).toBe(0);
      }),
    );
  });

  test('a capped value is never later than the instant, and never later than it was', () => {
    fc.assert(
      fc.property(times, instants, (value, instant) => {
        const capped = cappedAt(value, instant);
        expect(instantIn(format, capped)).toBeLessThanOrEqual(instant);
        expect(compare(capped, value)).toBeLessThanOrEqual(0);
        if (instantIn(format, value) <= instant) expect(capped).toBe(value);
        expect(shapeOf(capped)).toBe(shapeOf(value));
      }),
    );
  });
});
