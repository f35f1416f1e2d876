import {describe, expect, test} from '@jest/globals';
import {type Item, pagesOf, schema, stateOf} from '../../test/read/items.ts';
import {stream} from '../author/stream.ts';
import {inShort, runRead} from '../testing/run-read.ts';

/** Up to 2026-01-01, when the run begins. */
const START = '2025-09-30T00:00:00Z';

type SetUp = {
  readonly window: Parameters<typeof stream<Item>>[0]['window'];
  readonly records?: (since: string, until: string) => readonly Item[];
  readonly start?: string | number;
  readonly state?: object;
};

const read = async ({window, records = () => [], start = START, state}: SetUp) => {
  const asked: string[] = [];
  const items = stream({
    name: 'items',
    schema,
    cursor: {field: 'updated_at', start},
    checkpointInterval: {seconds: 0},
    ...(window && {window}),
    read: ({since, until}) => {
      asked.push(`${since} ${until}`);
      return pagesOf(records(String(since), String(until)));
    },
  });
  const {messages} = await runRead({
    streams: [items],
    ...(state && {state: stateOf('items', state)}),
  });
  return {asked, said: inShort(messages)};
};

describe('a stream in windows of time', () => {
  test('is read in months of the calendar, half-open, up to the second behind the start of the run', async () => {
    const {asked} = await read({window: {months: 1}});
    expect(asked).toEqual([
      '2025-09-30T00:00:00Z 2025-10-30T00:00:00Z',
      '2025-10-30T00:00:00Z 2025-11-30T00:00:00Z',
      '2025-11-30T00:00:00Z 2025-12-30T00:00:00Z',
      '2025-12-30T00:00:00Z 2026-01-01T00:00:00Z',
    ]);
  });

  test('of dates ends behind today', async () => {
    const {asked} = await read({window: {days: 1}, start: '2025-12-30'});
    expect(asked).toEqual(['2025-12-30 2025-12-31', '2025-12-31 2026-01-01']);
  });

  test('saves its position behind each window, whatever the records, and never behind the run itself', async () => {
    const {said} = await read({window: {days: 60}});
    expect(said.filter((line) => line.includes('STATE'))).toEqual([
      'items STATE {"updated_at":"2025-11-29T00:00:00Z","unfinished":true} 0',
      'items STATE {"updated_at":"2025-12-31T23:59:00Z","unfinished":true} 0',
      'items STATE {"updated_at":"2025-12-31T23:59:00Z"} 0',
    ]);
  });

  test('goes on from there', async () => {
    const {asked} = await read({
      window: {days: 20},
      state: {updated_at: '2025-12-20T00:00:00Z', unfinished: true},
    });
    expect(asked).toEqual(['2025-12-20T00:00:00Z 2026-01-01T00:00:00Z']);
  });

  test('halves a window that holds as many records as the API gives out', async () => {
    const day = 86_400_000;
    const records = (since: string, until: string): readonly Item[] => {
      const days = (Date.parse(until) - Date.parse(since)) / day;
      return Array.from({length: Math.min(3, Math.ceil(days))}, (_, id) => ({
        id,
        updated_at: since,
      }));
    };
    const {asked, said} = await read({
      window: {length: {days: 4}, cap: 3},
      start: '2025-12-28T00:00:00Z',
      records,
    });
    expect(asked).toEqual([
      '2025-12-28T00:00:00Z 2026-01-01T00:00:00Z',
      '2025-12-28T00:00:00Z 2025-12-30T00:00:00Z',
      '2025-12-30T00:00:00Z 2026-01-01T00:00:00Z',
    ]);
    expect(said).toContain(
      'INFO Stream items: from 2025-12-28T00:00:00Z to 2026-01-01T00:00:00Z there are more records than the 3 that the API gives out for one query: it is read again in halves.',
    );
  });

  test('fails where a second holds as many', async () => {
    const {said} = await read({
      window: {length: {days: 1}, cap: 1},
      start: '2025-12-31T00:00:00Z',
      records: (since) => [{id: 1, updated_at: since}],
    });
    expect(
      said.some((line) =>
        /^ERROR Stream items: From .* to .* there are 1 records or more, as many as the API gives out for one query, so some are missing\./.test(
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
      `ERROR Stream items: Stream items is read in windows of time, so it needs a cursor that is a time, and a \`cursor.start\`; it begins at ${start}.`,
    );
  });
});
