import {describe, expect, test} from '@jest/globals';
import fc from 'fast-check';
import {
  aged,
  type Lateness,
  latenessToJson,
  lookbackMs,
  NOTHING_LEARNED,
  observeLate,
  parseLateness,
} from './lateness.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A bucket's end is at most so much more than what is in it. */
const BUCKET = 2 ** 0.25;

const times = (count: number, behindMs: number, before: Lateness = NOTHING_LEARNED): Lateness =>
  Array.from({length: count}).reduce<Lateness>((late) => observeLate(late, behindMs), before);

const runs = (count: number, lateness: Lateness): Lateness =>
  count === 0 ? lateness : runs(count - 1, aged(lateness));

describe('the learned lookback', () => {
  test('is ten minutes before anything is learned', () => {
    expect(lookbackMs(NOTHING_LEARNED)).toBe(10 * MINUTE);
  });

  test('is half as much again as the latest of a few records', () => {
    const lookback = lookbackMs(times(1, HOUR, times(3, MINUTE)));
    expect(lookback).toBeGreaterThanOrEqual(1.5 * HOUR);
    expect(lookback).toBeLessThanOrEqual(1.5 * BUCKET * HOUR);
  });

  test('is that of all but one in a thousand records', () => {
    const lookback = lookbackMs(times(1, DAY, times(2_000, HOUR)));
    expect(lookback).toBeGreaterThanOrEqual(1.5 * HOUR);
    expect(lookback).toBeLessThanOrEqual(1.5 * BUCKET * HOUR);
  });

  test('is not less than at first for a few records that were hardly late', () => {
    expect(lookbackMs(times(99, SECOND))).toBe(10 * MINUTE);
  });

  test('is a minute for many records that were hardly late', () => {
    expect(lookbackMs(times(100, SECOND))).toBe(MINUTE);
  });

  test('is a week at most', () => {
    expect(lookbackMs(times(1, 6 * DAY))).toBe(7 * DAY);
    expect(lookbackMs(times(1, 600 * DAY))).toBe(7 * DAY);
  });

  test('shrinks when records no longer come so late', () => {
    const outage = times(200, DAY);
    const since = (count: number): Lateness =>
      count === 0 ? outage : times(1_000, 2 * MINUTE, aged(since(count - 1)));
    expect(lookbackMs(since(1))).toBeGreaterThanOrEqual(1.5 * DAY);
    expect(lookbackMs(since(9))).toBeLessThanOrEqual(3 * BUCKET * MINUTE);
  });

  test('is forgotten after ten runs without late records', () => {
    expect(lookbackMs(runs(10, times(1, DAY)))).toBeGreaterThanOrEqual(1.5 * DAY);
    expect(runs(11, times(1, DAY))).toEqual(NOTHING_LEARNED);
  });
});

describe('what was learned', () => {
  test('is small, whatever was seen, and comes back from the state', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 1_000 * DAY})), (late) => {
        const lateness = late.reduce<Lateness>(
          (learned, behind) => observeLate(learned, behind),
          NOTHING_LEARNED,
        );
        const json: unknown = JSON.parse(JSON.stringify(latenessToJson(lateness)));
        expect(parseLateness(json)).toEqual(lateness);
        expect(lateness.size).toBeLessThanOrEqual(80);
        const latest = Math.max(0, ...late);
        expect(lookbackMs(lateness)).toBeGreaterThanOrEqual(Math.min(7 * DAY, latest));
      }),
    );
  });

  test('is written by bucket', () => {
    expect(latenessToJson(runs(3, times(1, MINUTE, times(40, 0))))).toEqual({0: 5, 24: 0.125});
  });

  test.each([
    undefined,
    null,
    'x',
    [],
    {x: 1, '-1': 1, '0.5': 1, '99': 1, '1': 'x', '2': 0, '3': null},
  ])('is nothing in %j', (json) => {
    expect(parseLateness(json)).toEqual(NOTHING_LEARNED);
  });
});
