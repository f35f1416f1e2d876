// Progress by a cursor: a position for the stream, or for each slice.

import type {Cursor} from '../../author/cursor.ts';
import type {CursorValue} from '../../author/types.ts';
import {type CursorRules, cursorRules} from '../cursor/rules.ts';
import {foreignCursorOf} from './foreign-state.ts';
import type {Progress, SliceProgress} from './progress.ts';
import {sliceNumber, sliceOf} from './slice-keys.ts';
import type {Compacted, Position, Resume, SlicePosition} from './stream-state.ts';

/**
 * How far the clocks of an API and of this machine may be apart. What changes while a run reads may carry a
 * time before others it saw, so a position never passes the run's own start less this.
 */
export const CLOCK_SKEW = 60_000;

/** More slices than these share positions, where those are times. */
export const COMPACT_ABOVE = 1_000;

export type Following = {
  readonly cursor: Cursor;
  readonly sliced: boolean;
  /** Only some of the slices are listed, those of parents that changed: the others are not gone. */
  readonly partial: boolean;
  readonly from: Position;
  /** Where reading begins, if the stream's children need what is before `from`. */
  readonly childrenFrom: Position | undefined;
  /** Whether the user gets the records; else they are read for the stream's children only. */
  readonly isSelected: boolean;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** How long the next page of a slice that was cut off can be requested, in milliseconds; 0: not at all. */
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
  {bound, start, lookback: declared}: Cursor,
  {lookbackSeconds: seconds}: Position,
  known: CursorValue | undefined,
  {earlier, tickBefore, later}: CursorRules,
): CursorValue | undefined => {
  const lookback = declared ?? (seconds === undefined ? undefined : {seconds});
  const early =
    known !== undefined && lookback !== undefined
      ? later(earlier(known, lookback), start)
      : (known ?? start);
  return early !== undefined && bound === 'after' ? tickBefore(early) : early;
};

/**
 * Where an earlier run left a slice. One that it did not know begins at the start: the stream's watermark says nothing
 * about it. Only a state without slices, another connector's, speaks for all of them.
 */
const positionIn = (from: Position, key: string, {compare}: CursorRules): SlicePosition => {
  const {slices, foreign, compacted = [], watermark} = from;
  const own = slices?.get(key);
  if (own !== undefined) return own;
  if (foreign) return {at: foreignCursorOf(foreign, sliceOf(key), compare)};
  if (slices === undefined) return {at: watermark};
  const number = sliceNumber(key);
  return {at: compacted.find(({keys}) => keys.has(number))?.at};
};

/** The positions of slices: those that are listed, those that are compacted, and which of them this run has read. */
const openPositions = ({from, startedAt, partial}: Following, rules: CursorRules) => {
  // A stream in slices says so in its state even when there are none yet: see `positionIn`.
  const listed = new Map(from.slices);
  const seen = new Set<number>();
  const done = new Set<string>();
  const compactedNow = new Set<number>();
  let highest = from.watermark;

  /** What any record up to there would have shown when its slice was read, which this run has done from its start on. */
  const common = (): CursorValue | undefined =>
    highest === undefined || !rules.isTime(highest)
      ? undefined
      : rules.cappedAt(highest, startedAt - CLOCK_SKEW);

  const compact = (): void => {
    const at = common();
    if (at === undefined) return;
    for (const key of done) {
      const position = listed.get(key)?.at;
      // A position never moves back: one in the future stays by itself.
      if (position !== undefined && rules.compare(position, at) > 0) continue;
      listed.delete(key);
      compactedNow.add(sliceNumber(key));
    }
    done.clear();
  };
  /** Slices that are read again are where this run has got them; the others are where they were. */
  const compacted = (others: boolean): readonly Compacted[] => {
    const before = (others ? (from.compacted ?? []) : []).map(({at, keys}) => ({
      at,
      keys: new Set([...keys].filter((key) => !compactedNow.has(key))),
    }));
    return [{at: common(), keys: compactedNow}, ...before].filter(({keys}) => keys.size > 0);
  };
  return {
    set: (key: string, position: SlicePosition): void => {
      seen.add(sliceNumber(key));
      listed.set(key, position);
      highest = rules.later(highest, position.at);
    },
    finish: (key: string): void => {
      done.add(key);
      if (listed.size > COMPACT_ABOVE && done.size > COMPACT_ABOVE / 2) compact();
    },
    /** All positions; once every slice is complete without those of slices that are gone. */
    current: (isFinished: boolean): Position => {
      if (listed.size > COMPACT_ABOVE) compact();
      const keepsAll = !isFinished || partial;
      const kept = keepsAll ? listed : [...listed].filter(([key]) => seen.has(sliceNumber(key)));
      const slices = new Map(kept);
      const shared = compacted(keepsAll);
      const watermark = isFinished
        ? [...slices.values(), ...shared].reduce<CursorValue | undefined>(
            (latest, {at}) => rules.later(latest, at),
            from.watermark,
          )
        : from.watermark;
      return {watermark, slices, compacted: shared};
    },
  };
};

/** The same of a stream without slices: one position. */
const openPosition = ({from}: Following) => {
  let position: SlicePosition = {at: from.watermark, resume: from.resume};
  return {
    set: (_key: string, next: SlicePosition): void => {
      position = next;
    },
    finish: (): void => {},
    current: (): Position => ({watermark: position.at, resume: position.resume}),
  };
};

type Positions = Omit<ReturnType<typeof openPositions>, 'current'>;

const warnOfOrder = ({cursor, warn}: Following, key: string): void =>
  warn(
    `Records${key === '' ? '' : ` of ${key}`} should come in ascending order of "${cursor.field}", but do not: the position is saved at the end only.`,
  );

/** Where a slice begins, and which of its records are new to the user if it begins earlier for the stream's children. */
const beginningOf = (key: string, following: Following, rules: CursorRules) => {
  const {cursor, sliced, from, childrenFrom, isSelected} = following;
  const begin = (position: Position) => {
    const known: SlicePosition = sliced
      ? positionIn(position, key, rules)
      : {at: position.watermark, resume: position.resume};
    return {known, since: sinceOf(cursor, position, known.at, rules)};
  };
  const own = begin(from);
  const {known, since} = childrenFrom ? begin(childrenFrom) : own;
  // By value: a position that was parsed again is the same position.
  const isReadForChildren = since !== own.since;
  const isNew = (record: object): boolean => {
    const value = rules.valueOf(record);
    return own.since === undefined || value === undefined || rules.compare(value, own.since) >= 0;
  };
  return {
    known: own.known,
    from: known.at ?? cursor.start,
    since,
    emits: (record: object) => isSelected && (!isReadForChildren || isNew(record)),
  };
};

/** Follows one slice, and keeps its position. */
const followSlice = (
  key: string,
  following: Following,
  rules: CursorRules,
  positions: Positions,
): SliceProgress => {
  const {cursor, startedAt, now, resumeLife} = following;
  const beginning = beginningOf(key, following, rules);
  const {known} = beginning;
  const isFresh = known.resume !== undefined && now() - known.resume.savedAt < resumeLife;
  let resume: Resume | undefined = isFresh ? known.resume : undefined;
  let highest = resume?.seen;
  // What an earlier run has read of the slice may have changed since that one began, also after the last page.
  let began = Math.min(startedAt, resume?.startedAt ?? startedAt);
  let ascending = cursor.order === 'ascending';
  let position: SlicePosition = {at: known.at, resume};

  const move = (next: SlicePosition): void => {
    position = next;
    positions.set(key, next);
  };
  const reached = (): CursorValue | undefined =>
    highest === undefined
      ? known.at
      : rules.later(known.at, rules.cappedAt(highest, began - CLOCK_SKEW));
  const since = resume ? resume.since : beginning.since;
  move(position);
  return {
    from: beginning.from,
    since,
    resume: resume?.next,
    isDone: false,
    emits: beginning.emits,
    observe: (records, next) => {
      const found = scan(records, rules, highest);
      highest = found.highest;
      if (ascending && !found.inOrder) {
        ascending = false;
        warnOfOrder(following, key);
      }
      // Lists offer it unasked. After the last page the one that was saved before stays until the slice is complete.
      if (next && resumeLife > 0) {
        resume = {next, since, seen: highest, startedAt: began, savedAt: now()};
      }
      const at = ascending ? reached() : position.at;
      if (ascending || resume || position.resume) move({at, resume});
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
  const rules = cursorRules(following.cursor);
  const positions = following.sliced ? openPositions(following, rules) : openPosition(following);
  return {
    slice: (key) => followSlice(key, following, rules, positions),
    state: (isFinished) => ({
      position: positions.current(isFinished),
      isUnfinished: !isFinished,
    }),
  };
};
