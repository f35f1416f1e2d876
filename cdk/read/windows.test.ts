import {describe, expect, test} from '@jest/globals';
import {type Item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import {stream} from '../author/stream.ts';
import type {CursorFormat} from '../author/types.ts';
import type {Duration} from '../duration.ts';
import {inShort, runRead} from '../testing/run-read.ts';

/** Three months before 2026-01-01, when the run begins. */
const START = '2025-09-30T00:00:00Z';

type SetUp = {
  readonly window: Parameters<typeof stream<Item>>[0]['window'];
  readonly records?: (since: string, until: string) => readonly Item[];
  readonly start?: string | number;
  readonly format?: CursorFormat;
  readonly state?: object;
};

const read = async ({window, records = () => [], start = START, format, state}: SetUp) => {
  const requested: string[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start, ...(format && {format})},
    checkpointInterval: {seconds: 0},
    ...(window && {window}),
    read: ({since, until}) => {
      requested.push(`${since} ${until}`);
      return pagesOf(records(String(since), String(until)));
    },
  });
  const {messages} = await runRead({
    streams: [items],
    ...(state && {state: stateOf('items', state)}),
  });
  return {requested, lines: inShort(messages)};
};

describe('a stream in windows of time', () => {
  test('is read in half-open calendar months, up to the second after the start of the run', async () => {
    const {requested} = await read({window: {months: 1}});
    expect(requested).toEqual([
      '2025-09-30T00:00:00Z 2025-10-30T00:00:00Z',
      '2025-10-30T00:00:00Z 2025-11-30T00:00:00Z',
      '2025-11-30T00:00:00Z 2025-12-30T00:00:00Z',
      '2025-12-30T00:00:00Z 2026-01-01T00:00:00Z',
    ]);
  });

  test('ends after today if its cursor is a date', async () => {
    const {requested} = await read({window: {days: 1}, start: '2025-12-30'});
    expect(requested).toEqual(['2025-12-30 2025-12-31', '2025-12-31 2026-01-01']);
  });

  test('saves its position after each window, whatever the records, and never past the start of the run', async () => {
    const {lines} = await read({window: {days: 60}});
    expect(lines.filter((line) => line.includes('STATE'))).toEqual([
      'items STATE {"updated_at":"2025-11-29T00:00:00Z","unfinished":true} 0',
      'items STATE {"updated_at":"2025-12-31T23:59:00Z","unfinished":true} 0',
      'items STATE {"updated_at":"2025-12-31T23:59:00Z"} 0',
    ]);
  });

  test('resumes at its position', async () => {
    const {requested} = await read({
      window: {days: 20},
      state: {updated_at: '2025-12-20T00:00:00Z', unfinished: true},
    });
    expect(requested).toEqual(['2025-12-20T00:00:00Z 2026-01-01T00:00:00Z']);
  });

  test('halves a window with as many records as the cap', async () => {
    const day = 86_400_000;
    const records = (since: string, until: string): readonly Item[] => {
      const days = (Date.parse(until) - Date.parse(since)) / day;
      return Array.from({length: Math.min(3, Math.ceil(days))}, (_, id) => ({
        id,
        updated_at: new Date(Date.parse(since) + id * day).toISOString(),
      }));
    };
    const {requested, lines} = await read({
      window: {length: {days: 4}, cap: 3},
      start: '2025-12-28T00:00:00Z',
      records,
    });
    expect(requested).toEqual([
      '2025-12-28T00:00:00Z 2026-01-01T00:00:00Z',
      '2025-12-28T00:00:00Z 2025-12-30T00:00:00Z',
      '2025-12-30T00:00:00Z 2026-01-01T00:00:00Z',
    ]);
    expect(lines).toContain(
      'INFO Stream items: the window from 2025-12-28T00:00:00Z to 2026-01-01T00:00:00Z has at least 3 records, the most that the API returns for one query. It is read again in halves.',
    );
  });

  test('fails if one second has as many records as the cap', async () => {
    const {requested, lines} = await read({
      window: {length: {seconds: 2}, cap: 2},
      start: '2025-12-31T23:59:58.000Z',
      records: (since) => [
        {id: 1, updated_at: since},
        {id: 2, updated_at: since.replace('.000Z', '.001Z')},
      ],
    });
    expect(requested).toEqual([
      '2025-12-31T23:59:58.000Z 2026-01-01T00:00:00.000Z',
      '2025-12-31T23:59:58.000Z 2025-12-31T23:59:59.000Z',
    ]);
    expect(lines).toContain(
      'ERROR Stream items: From 2025-12-31T23:59:58.000Z to 2025-12-31T23:59:59.000Z, the shortest window of this cursor, there are 2 records or more, which is the most that the API returns for one query, so some may be missing. Divide the stream into smaller slices.',
    );
  });

  test.each([['2025-11-05'], ['2025-11-05T00:00:00Z']])(
    'fails at once if as many records as the cap share the value %s, which no window divides',
    async (updated_at) => {
      const {requested, lines} = await read({
        window: {length: {years: 1}, cap: 2},
        start: '2025-01-01T00:00:00Z',
        records: () => [1, 2].map((id) => ({id, updated_at})),
      });
      expect(requested).toEqual(['2025-01-01T00:00:00Z 2026-01-01T00:00:00Z']);
      expect(lines).toContain(
        `ERROR Stream items: At ${updated_at} there are 2 records or more, which is the most that the API returns for one query, so some may be missing. Divide the stream into smaller slices.`,
      );
    },
  );

  const MINUTES = {pattern: 'dd.MM.yyyy HH:mm'};

  test.each<[string, CursorFormat | undefined, string | number, Duration, readonly string[]]>([
    ['a day', undefined, '2025-12-31', {days: 1}, ['2025-12-31 2026-01-01']],
    [
      'a day of several',
      undefined,
      '2025-12-28',
      {days: 4},
      ['2025-12-28 2026-01-01', '2025-12-28 2025-12-30', '2025-12-28 2025-12-29'],
    ],
    [
      'a day of three',
      undefined,
      '2025-12-29',
      {days: 3},
      ['2025-12-29 2026-01-01', '2025-12-29 2025-12-30'],
    ],
    [
      'a month',
      {pattern: 'yyyy-MM'},
      '2025-11',
      {years: 1},
      ['2025-11 2026-01', '2025-11 2025-12'],
    ],
    [
      'a month of two of which the first is longer',
      {pattern: 'MM/yyyy'},
      '01/2025',
      {months: 2},
      ['01/2025 03/2025', '01/2025 02/2025'],
    ],
    ['a year', {pattern: 'yyyy'}, '2025', {years: 1}, ['2025 2026']],
    [
      'a minute',
      undefined,
      '2025-12-31 23:58',
      {minutes: 2},
      ['2025-12-31 23:58 2026-01-01 00:00', '2025-12-31 23:58 2025-12-31 23:59'],
    ],
    [
      'a minute in a pattern',
      MINUTES,
      '31.12.2025 23:59',
      {minutes: 1},
      ['31.12.2025 23:59 01.01.2026 00:00'],
    ],
    ['an hour', {pattern: 'yyyyMMddHH'}, '2025123123', {days: 1}, ['2025123123 2026010100']],
    ['a second', 'epoch-s', 1_767_225_599, {minutes: 1}, ['1767225599 1767225600']],
    [
      'a second of a mail time',
      'rfc-2822',
      'Wed, 31 Dec 2025 23:59:59 GMT',
      {minutes: 1},
      ['Wed, 31 Dec 2025 23:59:59 GMT Thu, 01 Jan 2026 00:00:00 GMT'],
    ],
  ])(
    'fails at once if %s has as many records as the cap',
    async (_case, format, start, length, expected) => {
      const {requested, lines} = await read({
        window: {length, cap: 2},
        start,
        ...(format && {format}),
        records: (since) => [{id: 1, updated_at: since}, {id: 2}],
      });
      expect(requested).toEqual(expected);
      expect(lines.filter((line) => line.startsWith('ERROR'))).toEqual([
        expect.stringMatching(
          /^ERROR Stream items: From .+ to .+, the shortest window of this cursor, there are 2 records or more, which is the most that the API returns for one query, so some may be missing\. Divide the stream into smaller slices\.$/,
        ),
      ]);
    },
  );

  test.each<[string, CursorFormat | undefined, string, Duration, readonly string[]]>([
    [
      'hours of a date',
      undefined,
      '2025-12-30',
      {hours: 6},
      ['2025-12-30 2025-12-31', '2025-12-31 2026-01-01'],
    ],
    [
      'days of a month',
      {pattern: 'yyyy-MM'},
      '2025-11',
      {days: 10},
      ['2025-11 2025-12', '2025-12 2026-01'],
    ],
    [
      'seconds of a minute',
      undefined,
      '2025-12-31 23:58',
      {seconds: 20},
      ['2025-12-31 23:58 2025-12-31 23:59', '2025-12-31 23:59 2026-01-01 00:00'],
    ],
  ])(
    'is never read in windows without an end of their own: %s',
    async (_case, format, start, window, expected) => {
      const {requested} = await read({window, start, ...(format && {format})});
      expect(requested).toEqual(expected);
    },
  );

  test.each([[undefined], [7]])('needs a start that is a time, not %s', async (start) => {
    const items = stream({
      name: 'items',
      schema,
      cursor: {field: 'updated_at', start},
      window: {days: 30},
      read: () => pagesOf(),
    });
    const {messages} = await runRead({streams: [items]});
    expect(inShort(messages)).toContain(
      `ERROR Stream items: Stream items is read in windows of time, so its cursor must be a time and needs a \`start\`; but it begins at ${start}.`,
    );
  });
});
