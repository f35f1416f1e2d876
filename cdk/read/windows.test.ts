import {describe, expect, test} from '@jest/globals';
import {type Item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import {stream} from '../author/stream.ts';
import {inShort, runRead} from '../testing/run-read.ts';

/** Three months before 2026-01-01, when the run begins. */
const START = '2025-09-30T00:00:00Z';

type SetUp = {
  readonly window: Parameters<typeof stream<Item>>[0]['window'];
  readonly records?: (since: string, until: string) => readonly Item[];
  readonly start?: string | number;
  readonly state?: object;
};

const read = async ({window, records = () => [], start = START, state}: SetUp) => {
  const requested: string[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start},
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
        updated_at: since,
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
    const {lines} = await read({
      window: {length: {days: 1}, cap: 1},
      start: '2025-12-31T00:00:00Z',
      records: (since) => [{id: 1, updated_at: since}],
    });
    expect(
      lines.some((line) =>
        /^ERROR Stream items: From .* to .* there are 1 records or more, which is the most that the API returns for one query, so some may be missing\. Divide the stream into smaller slices\.$/.test(
          line,
        ),
      ),
    ).toBe(true);
  });

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
