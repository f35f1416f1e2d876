// Run after run against an API whose records come late: what the memory of the overlap and what is learned do together.
import {hash} from 'node:crypto';
import {expect, test} from '@jest/globals';
import {aged, type Lateness, lookbackMs, NOTHING_LEARNED, observeLate} from './lateness.ts';
import {followOverlap, NO_OVERLAP, type Overlap} from './overlap.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A number of 0 to 1 that is the same each time. */
const chance = (text: string): number =>
  Number.parseInt(hash('sha1', text, 'hex').slice(0, 8), 16) / 2 ** 32;

type ApiRecord = {readonly key: number; readonly at: number; readonly visibleAt: number};

/** A record each ten seconds; of five, one becomes visible late. */
const api = (hours: number, mostLate: number): readonly ApiRecord[] =>
  Array.from({length: hours * 360}, (_, n) => {
    const at = n * 10_000;
    const isLate = chance(`late ${n}`) < 0.2;
    return {
      key: Number.parseInt(hash('sha1', String(n), 'hex').slice(0, 12), 16),
      at,
      visibleAt: at + (isLate ? chance(`delay ${n}`) * mostLate : 0),
    };
  });

type State = {
  readonly position: number | undefined;
  readonly overlap: Overlap;
  readonly lateness: Lateness;
  readonly emitted: ReadonlySet<number>;
  readonly lookbacks: readonly number[];
};

const START: State = {
  position: undefined,
  overlap: NO_OVERLAP,
  lateness: NOTHING_LEARNED,
  emitted: new Set(),
  lookbacks: [],
};

const sync = (records: readonly ApiRecord[], state: State, now: number): State => {
  const {position} = state;
  const span = lookbackMs(state.lateness);
  const latest = now - MINUTE;
  let lateness = aged(state.lateness);
  const overlap = followOverlap({
    before: state.overlap,
    span,
    latest,
    onLate: (behindMs) => {
      lateness = observeLate(lateness, behindMs);
    },
  });
  const since = position === undefined ? 0 : position - span;
  const found = records.filter(({at, visibleAt}) => visibleAt <= now && at <= now && at >= since);
  const slice = overlap.slice(position);
  for (const {key, at} of found) slice.observe(key, at);
  slice.close();
  return {
    position: Math.max(position ?? 0, Math.min(latest, ...found.slice(-1).map(({at}) => at))),
    overlap: overlap.memory(true),
    lateness,
    emitted: new Set([...state.emitted, ...found.map(({key}) => key)]),
    lookbacks: [...state.lookbacks, span],
  };
};

const HOURS = 48;

const syncHourly = (records: readonly ApiRecord[]): State =>
  Array.from({length: HOURS}, (_, hour) => (hour + 1) * HOUR).reduce<State>(
    (state, now) => sync(records, state, now),
    START,
  );

const missedSince = (records: readonly ApiRecord[], from: number, {emitted}: State) =>
  records.filter(
    ({key, at, visibleAt}) => at >= from && visibleAt < (HOURS - 1) * HOUR && !emitted.has(key),
  );

test('a lookback grows until it holds records that come later than it was at first', () => {
  const records = api(HOURS, 40 * MINUTE);
  const state = syncHourly(records);
  expect(state.lookbacks[0]).toBe(10 * MINUTE);
  expect(missedSince(records, 0, state)).not.toEqual([]);
  expect(missedSince(records, 12 * HOUR, state)).toEqual([]);
  expect(Math.max(...state.lookbacks)).toBeLessThanOrEqual(1.5 * 2 ** 0.25 * 40 * MINUTE);
});

test('a lookback stays where few records come late, and less late than it is', () => {
  const records = api(HOURS, 3 * MINUTE);
  const state = syncHourly(records);
  expect(missedSince(records, 0, state)).toEqual([]);
  expect(new Set(state.lookbacks)).toEqual(new Set([10 * MINUTE]));
  expect(state.lateness.size).toBeGreaterThan(0);
});

test('a lookback stays where no record comes late, however often records are read again', () => {
  const records = api(HOURS, 0);
  const state = syncHourly(records);
  expect(new Set(state.lookbacks)).toEqual(new Set([10 * MINUTE]));
  expect(state.lateness).toEqual(NOTHING_LEARNED);
});
