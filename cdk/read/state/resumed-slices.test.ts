// Slices that go on inside where they were cut off.
import {expect, test} from '@jest/globals';
import {at, type Item, item, schema, stateOf} from '../../../test/read/items.ts';
import type {Cursor} from '../../author/cursor.ts';
import {page, stream} from '../../author/stream.ts';
import type {Page, Slice} from '../../author/types.ts';
import {inShort, NOW, runRead} from '../../testing/run-read.ts';

type SetUp = {
  readonly cursor?: Cursor<'updated_at'>;
  readonly slices?: readonly Slice[];
  readonly window?: {readonly days: number};
  readonly state?: object;
};

/** Two pages, of which the first says where the second is; what is asked, and what is said. */
const read = async ({cursor, slices, window, state}: SetUp) => {
  const asked: unknown[] = [];
  const pages: readonly (readonly Item[])[] = [[item(1), item(2, 500)], [item(3)]];
  const items = stream<Item, Slice>({
    name: 'items',
    schema,
    resumable: {hours: 1},
    checkpointInterval: {seconds: 0},
    ...(cursor && {cursor}),
    ...(slices && {slices: () => slices}),
    ...(window && {window}),
    async *read({since, resume}): AsyncGenerator<Page<Item>> {
      asked.push({since, resume});
      const first = Number(resume?.['page'] ?? 1);
      if (first === 1) yield page(pages[0] ?? [], {resume: {page: 2}});
      yield page(pages[1] ?? []);
    },
  });
  const {messages} = await runRead({
    streams: [items],
    ...(state && {state: stateOf('items', state)}),
  });
  return {asked, states: inShort(messages).filter((line) => line.includes('STATE'))};
};

const time = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

const resumeAt = (minutes: number) => ({
  next: {page: 2},
  seen: at(1),
  started: time(minutes),
  saved: time(minutes + 1),
});

test('a slice that goes on stays behind the start of the run that began it, also behind its last page', async () => {
  const {asked, states} = await read({
    cursor: {field: 'updated_at'},
    state: {resume: {...resumeAt(-30), seen: at(118)}, unfinished: true},
  });
  expect(asked).toEqual([{since: undefined, resume: {page: 2}}]);
  expect(states.at(-1)).toBe(`items STATE {"updated_at":"${time(-31)}"} 1`);
});

test('behind its last page a slice still says where that was, until it is complete', async () => {
  const whole = await read({slices: [{part: 'a'}]});
  const saved = time(0);
  const resume = `{"part=a":{"next":{"page":2},"started":"${saved}","saved":"${saved}"}}`;
  expect(whole.states).toEqual([
    `items STATE {"done":[],"resume":${resume},"started":"${saved}","unfinished":true} 2`,
    `items STATE {"done":["part=a"],"started":"${saved}","unfinished":true} 1`,
    'items STATE {"__ab_full_refresh_sync_complete":true} 0',
  ]);
});

test('a window is read from its beginning, and what was seen of it says nothing of those before it', async () => {
  const start = at(0);
  const {asked, states} = await read({
    cursor: {field: 'updated_at', start},
    window: {days: 1},
    state: {updated_at: at(-2_880), resume: resumeAt(-30), unfinished: true},
  });
  expect(asked).toEqual([
    {since: at(-2_880), resume: undefined},
    {since: at(-1_440), resume: undefined},
    {since: at(0), resume: undefined},
  ]);
  expect(states.some((line) => line.includes('resume'))).toBe(false);
});
