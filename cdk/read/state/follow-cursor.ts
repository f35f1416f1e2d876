// Progress by a cursor: a position for the stream, or for each slice.

import type {Cursor} from '../../author/source.ts';
import type {CursorValue} from '../../author/types.ts';
import type {JsonObject} from '../../json/values.ts';
import type {StateBlob} from '../../protocol/state.ts';
import {type CursorRules, cursorRules} from '../cursor/rules.ts';
import {foreignCursorOf} from './foreign-state.ts';
import {
  type Fold,
  type Position,
  type Resume,
  type SlicePosition,
  sliceOf,
  toBlob,
} from './position.ts';
import type {Progress, SliceProgress} from './progress.ts';
import {sliceNumber} from './slice-keys.ts';

/**
 * How far the clocks of an API and of this machine may be apart. What changes while a run reads may carry a
 * time before others it saw, so a position never passes the run's own start less this.
 */
export const CLOCK_SKEW = 60_000;

/** More slices than these are folded, where their positions are times. */
export const FOLD_ABOVE = 1_000;

export type Following = {
  readonly cursor: Cursor;
  readonly sliced: boolean;
  /** Only some of the slices are listed, those of parents that changed: the others are not gone. */
  readonly partial: boolean;
  readonly from: Position;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** How long the next page of a slice that was cut off can be asked for, in milliseconds; 0: not at all. */
  readonly resumeLife: number;
};

type Sorted = {readonly highest: CursorValue | undefined; readonly inOrder: boolean};

/** The highest cursor of some records behind `highest`, and whether they came in ascending order. */
const scan = (
  records: readonly object[],
  rules: CursorRules,
  highest: CursorValue | undefined,
): Sorted =>
  records.reduce<Sorted>(
    (sorted, record) => {
      const value = rules.valueOf(record);
      if (value === undefined) return sorted;
      if (sorted.highest === undefined || rules.compare(value, sorted.highest) >= 0) {
        return {highest: value, inOrder: sorted.inOrder};
      }
      return {highest: sorted.highest, inOrder: false};
    },
    {highest, inOrder: true},
  );

/** Where the author's `read` begins: the lookback earlier, but not before the stream's own start. */
const sinceOf = (
  {cursor: {bound, start, lookback: declared}, from}: Following,
  known: CursorValue | undefined,
  {earlier, tickBefore, later}: CursorRules,
): CursorValue | undefined => {
  const told = from.lookbackSeconds;
  const lookback = declared ?? (told === undefined ? undefined : {seconds: told});
  const early =
    known !== undefined && lookback !== undefined
      ? later(earlier(known, lookback), start)
      : (known ?? start);
  return early !== undefined && bound === 'after' ? tickBefore(early) : early;
};

/** The positions of slices: those that are listed, those that are folded, and which of them this run has read. */
const openPositions = ({from, startedAt, partial}: Following, rules: CursorRules) => {
  // A stream in slices says so in its state even when there are none yet: see `lookUp`.
  const listed = new Map(from.slices);
  const folded = from.folded ?? [];
  const seen = new Set<number>();
  const done = new Set<string>();
  const foldedNow = new Set<number>();
  let highest = from.watermark;

  /** What any record up to there would have shown when its slice was read, which this run has done from its start on. */
  const common = (): CursorValue | undefined =>
    highest === undefined || !rules.isTime(highest)
      ? undefined
      : rules.cappedAt(highest, startedAt - CLOCK_SKEW);

  const fold = (): void => {
    const at = common();
    if (at === undefined) return;
    for (const key of done) {
      const position = listed.get(key)?.at;
      // A position never moves back: one in the future stays by itself.
      if (position !== undefined && rules.compare(position, at) > 0) continue;
      listed.delete(key);
      foldedNow.add(sliceNumber(key));
    }
    done.clear();
  };
  /** Slices that are read again are where this run has got them; the others are where they were. */
  const folds = (others: boolean): readonly Fold[] => {
    const before = others
      ? folded.map(({at, keys}) => ({
          at,
          keys: new Set([...keys].filter((key) => !foldedNow.has(key))),
        }))
      : [];
    return [{at: common(), keys: foldedNow}, ...before].filter(({keys}) => keys.size > 0);
  };
  return {
    /**
     * A slice that no earlier run knew begins at the start: the stream's watermark says nothing about it.
     * Only a state that knows no slices, another connector's, speaks for all of them.
     */
    lookUp: (key: string): SlicePosition => {
      const position = listed.get(key);
      if (position !== undefined) return position;
      if (from.foreign) return {at: foreignCursorOf(from.foreign, sliceOf(key), rules.compare)};
      if (from.slices === undefined) return {at: from.watermark};
      const number = sliceNumber(key);
      return {at: folded.find(({keys}) => keys.has(number))?.at};
    },
    set: (key: string, position: SlicePosition): void => {
      seen.add(sliceNumber(key));
      listed.set(key, position);
      highest = rules.later(highest, position.at);
    },
    finish: (key: string): void => {
      done.add(key);
      if (listed.size > FOLD_ABOVE && done.size > FOLD_ABOVE / 2) fold();
    },
    /** All positions; once every slice is complete without those of slices that are gone. */
    current: (isFinished: boolean): Position => {
      if (listed.size > FOLD_ABOVE) fold();
      const keepsAll = !isFinished || partial;
      const kept = keepsAll ? listed : [...listed].filter(([key]) => seen.has(sliceNumber(key)));
      const slices = new Map(kept);
      const all = folds(keepsAll);
      const watermark = isFinished
        ? [...slices.values(), ...all].reduce<CursorValue | undefined>(
            (latest, {at}) => rules.later(latest, at),
            from.watermark,
          )
        : from.watermark;
      return {watermark, slices, ...(all.length > 0 && {folded: all})};
    },
  };
};

/** The same of a stream without slices: one position. */
const openPosition = ({from}: Following) => {
  let {watermark, resume} = from;
  return {
    lookUp: (): SlicePosition => ({at: watermark, ...(resume && {resume})}),
    set: (_key: string, position: SlicePosition): void => {
      watermark = position.at;
      resume = position.resume;
    },
    finish: (): void => {},
    current: (): Position => ({watermark, ...(resume && {resume})}),
  };
};

type Positions = Omit<ReturnType<typeof openPositions>, 'current'>;

const warnOfOrder = ({cursor, warn}: Following, key: string): void =>
  warn(
    `Records${key === '' ? '' : ` of ${key}`} should come in ascending order of "${cursor.field}", but do not: the position is saved at the end only.`,
  );

/** Follows one slice, and keeps its position. */
const followSlice = (
  key: string,
  following: Following,
  rules: CursorRules,
  positions: Positions,
): SliceProgress => {
  const {cursor, startedAt, now, resumeLife} = following;
  const known = positions.lookUp(key);
  const isFresh = known.resume !== undefined && now() - known.resume.savedAt < resumeLife;
  let resume: Resume | undefined = isFresh ? known.resume : undefined;
  let highest = resume?.seen;
  // What an earlier run has read of the slice may have changed since that one began: also behind the last page.
  let began = Math.min(startedAt, resume?.startedAt ?? startedAt);
  let ascending = cursor.order === 'ascending';
  let position: SlicePosition = {at: known.at, ...(resume && {resume})};

  const move = (next: SlicePosition): void => {
    position = next;
    positions.set(key, next);
  };
  const reached = (): CursorValue | undefined =>
    highest === undefined
      ? known.at
      : rules.later(known.at, rules.cappedAt(highest, began - CLOCK_SKEW));
  const since = resume ? resume.since : sinceOf(following, known.at, rules);
  const resumeAt = (next: JsonObject): Resume => ({
    next,
    since,
    seen: highest,
    startedAt: began,
    savedAt: now(),
  });
  move(position);
  return {
    from: known.at ?? cursor.start,
    since,
    resume: resume?.next,
    isDone: false,
    observe: (records, next) => {
      const found = scan(records, rules, highest);
      highest = found.highest;
      if (ascending && !found.inOrder) {
        ascending = false;
        warnOfOrder(following, key);
      }
      // Lists offer it without being asked. Behind the last page one that was saved before stays until the slice is complete.
      if (next && resumeLife > 0) resume = resumeAt(next);
      const at = ascending ? reached() : position.at;
      if (ascending || resume || position.resume) move({at, ...(resume && {resume})});
    },
    restart: () => {
      resume = undefined;
      highest = undefined;
      began = startedAt;
      move({at: position.at});
    },
    reach: (value) => {
      highest = rules.later(highest, value);
      resume = undefined;
      move({at: reached()});
    },
    complete: () => {
      resume = undefined;
      move({at: reached()});
      positions.finish(key);
    },
  };
};

export const followCursor = (following: Following): Progress => {
  const {cursor, sliced} = following;
  const rules = cursorRules(cursor);
  const positions = sliced ? openPositions(following, rules) : openPosition(following);
  const blob = (unfinished: boolean): StateBlob =>
    toBlob(positions.current(!unfinished), cursor.field, {unfinished});
  return {
    slice: (key) => followSlice(key, following, rules, positions),
    unfinished: () => blob(true),
    finished: () => blob(false),
  };
};
