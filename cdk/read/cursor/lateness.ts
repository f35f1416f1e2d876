// How late records turn up, learned from run to run, for `lookback: 'learned'`. What is measured is how far behind the
// position of the run before a record lies that this run has seen first: just so much lookback it needed. The time from its
// cursor to now would count in the pause between two runs, and a daily sync would read a day and a half twice.
import {isObject, type JsonObject} from '../../json/values.ts';

/** How many late records there were, by how late they came (see `bucketOf`); older runs count for less. */
export type Lateness = ReadonlyMap<number, number>;

export const NOTHING_LEARNED: Lateness = new Map();

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What reading goes back at least: clocks differ, and a record that is written now is not always readable now. */
const FLOOR = MINUTE;
const CAP = 7 * 24 * 60 * MINUTE;

/**
 * Before anything is learned. Long enough for what a search index or a replica usually lags behind, and cheap to read again.
 * Nothing later than the lookback is ever seen, so learning begins with more than the least.
 */
const UNLEARNED = 10 * MINUTE;

/** Fewer late records than these are no reason to look back less than that. */
const ENOUGH = 100;

const QUANTILE = 0.999;
const MARGIN = 1.5;

/** Four buckets for each doubling, so a bucket's end is at most a fifth more than what is in it: 80 of them reach to the cap. */
const PER_DOUBLING = 4;

const endOf = (bucket: number): number => SECOND * 2 ** (bucket / PER_DOUBLING);

const bucketOf = (ms: number): number =>
  Math.max(0, Math.ceil(PER_DOUBLING * Math.log2(Math.min(ms, CAP) / SECOND)));

const LAST_BUCKET = bucketOf(CAP);

/**
 * Counts a record that came late.
 * @param behindMs how far it lies behind the position of the run before; see `followOverlap`
 */
export const observeLate = (lateness: Lateness, behindMs: number): Lateness => {
  const bucket = bucketOf(behindMs);
  return new Map(lateness).set(bucket, (lateness.get(bucket) ?? 0) + 1);
};

/** Less than this counts no longer; one record does for ten runs. */
const FORGOTTEN = 2 ** -10;

/** What a run takes over from those before it: half of each count, so that what no longer happens is forgotten. */
export const aged = (lateness: Lateness): Lateness =>
  new Map(
    [...lateness]
      .map(([bucket, weight]) => [bucket, weight / 2] as const)
      .filter(([, weight]) => weight >= FORGOTTEN),
  );

const countOf = (lateness: Lateness): number =>
  [...lateness.values()].reduce((sum, weight) => sum + weight, 0);

/** How late all but one in a thousand came, in milliseconds; undefined where none did. */
const usualLateness = (lateness: Lateness): number | undefined => {
  const latestFirst = [...lateness].sort(([a], [b]) => b - a);
  const total = countOf(lateness);
  let later = 0;
  for (const [bucket, weight] of latestFirst) {
    later += weight;
    if (later > total * (1 - QUANTILE)) return endOf(bucket);
  }
  return undefined;
};

/**
 * How far before its position a run begins, in milliseconds: half as much again as records usually come late; a minute at
 * least, a week at most. Ten minutes before anything is learned, and at least that as long as it is little.
 */
export const lookbackMs = (lateness: Lateness): number => {
  const total = countOf(lateness);
  const least = total < ENOUGH ? UNLEARNED : FLOOR;
  return Math.min(CAP, Math.max(least, Math.ceil((usualLateness(lateness) ?? 0) * MARGIN)));
};

/** `{"12": 40, "13": 2.5}`: counts by bucket, for the state. */
export const latenessToJson = (lateness: Lateness): JsonObject =>
  Object.fromEntries(
    [...lateness].map(([bucket, weight]) => [bucket, Math.round(weight * 1_000) / 1_000]),
  );

const isCount = (bucket: number, weight: unknown): weight is number =>
  Number.isInteger(bucket) &&
  bucket >= 0 &&
  bucket <= LAST_BUCKET &&
  typeof weight === 'number' &&
  weight > 0 &&
  Number.isFinite(weight);

/** Takes what it understands; nothing in here is worth an error. */
export const parseLateness = (json: unknown): Lateness =>
  new Map(
    Object.entries(isObject(json) ? json : {}).flatMap(([key, weight]) => {
      const bucket = Number(key);
      return isCount(bucket, weight) ? [[bucket, weight] as const] : [];
    }),
  );
