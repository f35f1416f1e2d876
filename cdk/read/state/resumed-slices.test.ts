// Slices that resume at a page.
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

/** Reads two pages, the first with the token of the second. Returns the calls of `read`, and the states. */
const read = async ({cursor, slices, window, state}: SetUp) => {
  const requested: unknown[] = [];
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
      requested.push({since, resume});
      const first = Number(resume?.['page'] ?? 1);
      if (first === 1) yield page(pages[0] ?? [], {resume: {page: 2}});
      yield page(pages[1] ?? []);
    },
  });
  const {messages} = await runRead({
    streams: [items],
    ...(state && {state: stateOf('items', state)}),
  });
  return {requested, states: inShort(messages).filter((line) => line.includes('STATE'))};
};

const time = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

const resumeAt = (minutes: number) => ({
  next: {page: 2},
  seen: at(1),
  started: time(minutes),
  saved: time(minutes + 1),
});

test('the position of a resumed slice never passes the start of the run that began it', async () => {
  const {requested, states} = await read({
    cursor: {field: 'updated_at'},
    state: {resume: {...resumeAt(-30), seen: at(118)}, unfinished: true},
  });
  expect(requested).toEqual([{since: undefined, resume: {page: 2}}]);
  expect(states.at(-1)).toBe(`items STATE {"updated_at":"${time(-31)}"} 1`);
});

test('a slice keeps the token of its last page until it is complete', async () => {
  const {states} = await read({slices: [{part: 'a'}]});
  const saved = time(0);
  const resume = `{"part=a":{"next":{"page":2},"started":"${saved}","saved":"${saved}"}}`;
  expect(states).toEqual([
    `items STATE {"done":[],"resume":${resume},"started":"${saved}","unfinished":true} 2`,
    `items STATE {"done":["part=a"],"started":"${saved}","unfinished":true} 1`,
    'items STATE {"__ab_full_refresh_sync_complete":true} 0',
  ]);
});

test('a window is not resumed inside, but read from its beginning', async () => {
  const start = at(0);
  const {requested, states} = await read({
    cursor: {field: 'updated_at', start},
    window: {days: 1},
    state: {updated_at: at(-2_880), resume: resumeAt(-30), unfinished: true},
  });
  expect(requested).toEqual([
    {since: at(-2_880), resume: undefined},
    {since: at(-1_440), resume: undefined},
    {since: at(0), resume: undefined},
  ]);
  expect(states.some((line) => line.includes('resume'))).toBe(false);
});
