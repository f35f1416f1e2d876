// Follows a cursor, with a position for the stream or for each slice.
import type {Cursor} from '../../author/cursor.ts';
import type {CursorValue} from '../../author/types.ts';
import {openNotationCheck} from '../comparable.ts';
import {type CursorRules, cursorRules} from '../cursor/rules.ts';
import {foreignCursorOf} from './foreign-state.ts';
import type {Progress, ProgressOptions, SliceProgress} from './progress.ts';
import {sliceNumber, sliceOf} from './slice-keys.ts';
import type {Compacted, Position, Resume, SlicePosition} from './stream-state.ts';

/**
 * The clocks of an API and of this machine may differ by so many milliseconds. A record that changes during a run may carry
 * an earlier time than others already seen, so a position never passes the start of the run less this.
 */
export const CLOCK_SKEW = 60_000;

/** With more slices they share positions, if those are times. */
export const COMPACT_ABOVE = 1_000;

export type Following = ProgressOptions & {
  readonly cursor: Cursor;
  /** Only slices of parents that changed are listed: the others are not gone. */
  readonly partial: boolean;
  readonly from: Position;
  /** Reading begins here if the stream's children need records before `from`. */
  readonly childrenFrom: Position | undefined;
  readonly warn: (message: string) => void;
};

/** Finds the highest cursor so far, and checks that the records are in ascending order. `sample` is their first value. */
const scan = (
  records: readonly object[],
  rules: CursorRules,
  before: CursorValue | undefined,
): {
  readonly highest: CursorValue | undefined;
  readonly inOrder: boolean;
  readonly sample: CursorValue | undefined;
} => {
  let highest = before;
  let sample: CursorValue | undefined;
  let inOrder = true;
  for (const record of records) {
    const value = rules.valueOf(record);
    if (value === undefined) continue;
    sample ??= value;
    if (highest === undefined || rules.compare(value, highest) >= 0) highest = value;
    else inOrder = false;
  }
  return {highest, inOrder, sample};
};

/** The `since` of the author's `read`: the position less the lookback, but not before the stream's start. */
const sinceOf = (
  {bound, start, lookback: declared}: Cursor,
  {lookbackSeconds: seconds}: Position,
  {at: known, isMoved}: SlicePosition,
  {earlier, tickBefore, later}: CursorRules,
): CursorValue | undefined => {
  const lookback = declared ?? (seconds === undefined ? undefined : {seconds});
  const early =
    known !== undefined && lookback !== undefined && !isMoved
      ? later(earlier(known, lookback), start)
      : (known ?? start);
  return early !== undefined && bound === 'after' ? tickBefore(early) : early;
};

/** A new slice has no position, whatever the watermark. Only a state without slices, another connector's, holds for all slices. */
const positionIn = (from: Position, key: string, {compare}: CursorRules): SlicePosition => {
  const {slices, foreign, compacted = [], watermark, isMoved = false} = from;
  const own = slices?.get(key);
  if (own !== undefined) return own;
  if (foreign) return {at: foreignCursorOf(foreign, sliceOf(key), compare)};
  if (slices === undefined) return {at: watermark, isMoved};
  const number = sliceNumber(key);
  const shared = compacted.find(({keys}) => keys.has(number));
  return {at: shared?.at, isMoved: shared?.isMoved ?? false};
};

/** The positions of a stream with slices, listed or compacted. */
const openPositions = ({from, startedAt, partial}: Following, rules: CursorRules) => {
  // Printed even if it is empty, so that new slices do not start at the watermark: see `positionIn`.
  const listed = new Map(from.slices);
  const seen = new Set<number>();
  const done = new Set<string>();
  const compactedNow = new Set<number>();
  let highest = from.watermark;

  /** Holds for all slices that this run has read, because each was read after the run began. */
  const common = (): CursorValue | undefined =>
    highest === undefined || !rules.isTime(highest)
      ? undefined
      : rules.cappedAt(highest, startedAt - CLOCK_SKEW);

  const compact = (): void => {
    const at = common();
    if (at === undefined) return;
    for (const key of done) {
      const position = listed.get(key)?.at;
      // A position never moves back: one in the future stays listed.
      if (position !== undefined && rules.compare(position, at) > 0) continue;
      listed.delete(key);
      compactedNow.add(sliceNumber(key));
    }
    done.clear();
  };
  /** @param keepsAll also those that this run has not read, with their old positions */
  const compacted = (keepsAll: boolean): readonly Compacted[] => {
    const before = (keepsAll ? (from.compacted ?? []) : []).map(({at, keys}) => ({
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
    /** Once every slice is complete, slices that are no longer listed are dropped. */
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
    `Records${key === '' ? '' : ` of ${key}`} are not in ascending order of "${cursor.field}", as \`cursor.order\` declares: the position is saved only at the end of the slice.`,
  );

/** If a slice begins earlier for the stream's children, only records from its own `since` on are emitted. */
const beginningOf = (key: string, following: Following, rules: CursorRules) => {
  const {cursor, sliced, from, childrenFrom, isSelected} = following;
  const begin = (position: Position) => {
    const known: SlicePosition = sliced
      ? positionIn(position, key, rules)
      : {
          at: position.watermark,
          resume: position.resume,
          isMoved: position.isMoved ?? false,
        };
    return {known, since: sinceOf(cursor, position, known, rules)};
  };
  const own = begin(from);
  const {known, since} = childrenFrom ? begin(childrenFrom) : own;
  // Compared by value, because a parsed position is another object.
  const isReadForChildren = since !== own.since;
  const isNew = (record: object): boolean => {
    const value = rules.valueOf(record);
    if (own.since === undefined || value === undefined) return true;
    // A value that cannot be compared is new: the children's records alone would leave it out.
    return rules.kindOf(value) === 'unknown' || rules.compare(value, own.since) >= 0;
  };
  return {
    known: own.known,
    from: known.at ?? cursor.start,
    since,
    emits: (record: object) => isSelected && (!isReadForChildren || isNew(record)),
  };
};

const followSlice = (
  key: string,
  following: Following,
  rules: CursorRules,
  positions: Positions,
  checkNotation: (value: CursorValue) => void,
): SliceProgress => {
  const {cursor, startedAt, now, resumeLife} = following;
  const beginning = beginningOf(key, following, rules);
  const {known} = beginning;
  const isFresh = known.resume !== undefined && Math.abs(now() - known.resume.savedAt) < resumeLife;
  let resume: Resume | undefined = isFresh ? known.resume : undefined;
  let highest = resume?.seen;
  // Records that an earlier run has read may have changed since that run began.
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
      if (found.sample !== undefined) checkNotation(found.sample);
      if (ascending && !found.inOrder) {
        ascending = false;
        warnOfOrder(following, key);
      }
      // The last page has no next one; the token saved before it stays until the slice is complete.
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
  const {cursor, warn} = following;
  const rules = cursorRules(cursor);
  const checkNotation = openNotationCheck(cursor, rules, warn);
  const positions = following.sliced ? openPositions(following, rules) : openPosition(following);
  return {
    slice: (key) => followSlice(key, following, rules, positions, checkNotation),
    state: (isFinished) => ({
      position: positions.current(isFinished),
      isUnfinished: !isFinished,
    }),
  };
};
