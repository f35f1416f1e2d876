import {expect, test} from '@jest/globals';
import {type Item, pagesOf, schema, stateOf} from '../../../test/read/items.ts';
import {stream} from '../../author/source.ts';
import {NOW, runRead} from '../../testing/run-read.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const iso = (instant: number): string => new Date(instant).toISOString();

/** An API in which each third record appears so many minutes late; synced each hour, from state to state. */
const syncHourly = async (hours: number, late: number) => {
  const records = Array.from({length: hours * 20}, (_, id) => {
    const at = NOW + id * 3 * MINUTE;
    return {id, at, visibleAt: at + (id % 3 === 0 ? ((id % 7) / 6) * late * MINUTE : 0)};
  });
  const seen = new Map<number, number>();
  const lookbacks: number[] = [];
  let blob: object | undefined;
  for (let hour = 1; hour <= hours; hour += 1) {
    const now = NOW + hour * HOUR;
    let since: string | undefined;
    const items = stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      cursor: {field: 'updated_at', lookback: 'learned'},
      read: (context) => {
        since = context.since === undefined ? undefined : String(context.since);
        const from = since === undefined ? 0 : Date.parse(since);
        const found = records.filter(
          ({at, visibleAt}) => visibleAt <= now && at <= now && at >= from,
        );
        return pagesOf(found.map(({id, at}): Item => ({id, updated_at: iso(at)})));
      },
    });
    const {messages} = await runRead({
      streams: [items],
      now: () => now,
      ...(blob && {state: stateOf('items', blob)}),
    });
    const last = messages.findLast(({state}) => state)?.state?.stream?.stream_state;
    const position = Date.parse(String(Object(blob)['updated_at']));
    if (since !== undefined) lookbacks.push(Math.round((position - Date.parse(since)) / MINUTE));
    for (const {record} of messages) if (record) seen.set(Number(record.data['id']), hour);
    blob = {...last};
  }
  const missed = (from: number) =>
    records.filter(
      ({id, visibleAt}) => id >= from * 20 && visibleAt <= NOW + hours * HOUR && !seen.has(id),
    );
  return {lookbacks, missed, blob};
};

test('a learned lookback grows with how late records come, until none is missed', async () => {
  const {lookbacks, missed, blob} = await syncHourly(40, 30);
  expect(lookbacks[0]).toBe(10);
  expect(Math.max(...lookbacks)).toBeGreaterThan(20);
  expect(missed(30)).toEqual([]);
  expect(JSON.stringify(blob).length).toBeLessThan(8_000);
});

test('it stays as it is where nothing comes late', async () => {
  const {lookbacks, missed} = await syncHourly(20, 0);
  expect(new Set(lookbacks)).toEqual(new Set([10]));
  expect(missed(0)).toEqual([]);
});
