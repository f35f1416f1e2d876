// The progress of a stream, in the way in which it is read, with what else its state has to keep.

import type {Cursor} from '../../author/source.ts';
import {millisecondsOf} from '../../duration.ts';
import type {JsonObject} from '../../json/values.ts';
import type {StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import type {StreamRun} from '../stream-run.ts';
import type {StreamNode} from '../stream-tree.ts';
import {CLOCK_SKEW, followCursor} from './follow-cursor.ts';
import {followPass, type Pass} from './follow-pass.ts';
import {type Position, parsePosition, type SlicePosition, START, toBlob} from './position.ts';
import type {Progress} from './progress.ts';
import type {Start} from './start.ts';

export type Tracked = {
  readonly progress: Progress;
  /** Which of a slice's records are emitted. */
  readonly emits: (slice: string) => (record: object) => boolean;
};

type CursorStart = Extract<Start, {kind: 'cursor'}>;

const ALL = () => () => true;
const NONE = () => () => false;

/** The earliest of several positions: from there on all of them have what they need. */
const earliest = (positions: readonly Position[], cursor: Cursor): Position => {
  const {compare} = cursorRules(cursor);
  return positions.reduce((one, other) => {
    if (one === other) return one;
    const first = (
      a: SlicePosition['at'] | undefined,
      b: SlicePosition['at'] | undefined,
    ): SlicePosition['at'] => {
      if (a === undefined || b === undefined) return undefined;
      return compare(a, b) <= 0 ? a : b;
    };
    // A slice that only one of them knows is read from its beginning.
    const slices =
      one.slices &&
      other.slices &&
      new Map(
        [...one.slices].flatMap(([key, {at}]) => {
          const same = other.slices?.get(key);
          return same === undefined ? [] : [[key, {at: first(at, same.at)}] as const];
        }),
      );
    return {watermark: first(one.watermark, other.watermark), ...(slices && {slices})};
  });
};

/** Where a parent begins: where it was, unless one of its children needs what lies before that. */
const beginningOf = (
  {position}: CursorStart,
  {stream, children, isSelected}: StreamNode,
): Position => {
  const {cursor} = stream;
  if (cursor === undefined || children.length === 0) return position;
  const needed = children.map((child) => child.needs(cursor));
  return earliest(isSelected ? [position, ...needed] : needed, cursor);
};

/**
 * A parent that is read from where its children need it, which may lie before its own position: that one never moves back,
 * and of what is read for children only the records that are new to the user are emitted.
 */
const forChildren = (own: Progress, early: Progress, cursor: Cursor): Tracked => {
  const rules = cursorRules(cursor);
  const progress = {
    ...own,
    slice: (key: string) => {
      const {from, since} = early.slice(key);
      return {...own.slice(key), from, since, resume: undefined};
    },
  };
  const emits: Tracked['emits'] = (slice) => {
    const {since} = own.slice(slice);
    return (record) => {
      const value = rules.valueOf(record);
      return since === undefined || value === undefined || rules.compare(value, since) >= 0;
    };
  };
  return {progress, emits};
};

const fullSyncBlob = ({fullSync}: CursorStart, isFinished: boolean): StateBlob => {
  if (fullSync === undefined) return {};
  const at = new Date(fullSync.startedAt).toISOString();
  return fullSync.isOver || isFinished ? {full_sync_at: at} : {full_sync_started: at};
};

/** The blob with what else belongs to it. */
const withMore = (
  {unfinished, finished, ...progress}: Progress,
  more: (isFinished: boolean) => StateBlob,
): Progress => {
  const add = (blob: StateBlob, isFinished: boolean): StateBlob => {
    const added = more(isFinished);
    return Object.keys(added).length === 0 ? blob : {...blob, ...added};
  };
  return {
    ...progress,
    unfinished: () => add(unfinished(), false),
    finished: () => add(finished(), true),
  };
};

/**
 * What a position has reached beyond an instant is given up; undefined where its values are no times, so that nobody knows
 * what lies beyond.
 */
const cappedAt = (blob: JsonObject, cursor: Cursor, instant: number): JsonObject | undefined => {
  const {isTime, cappedAt: capped} = cursorRules(cursor);
  const {watermark, slices, folded = []} = parsePosition(blob, cursor.field) ?? START;
  const all = [{at: watermark}, ...(slices?.values() ?? []), ...folded];
  if (all.some(({at}) => at !== undefined && !isTime(at))) return undefined;
  const cap = <T extends {readonly at: SlicePosition['at']}>(one: T): T =>
    one.at === undefined ? one : {...one, at: capped(one.at, instant)};
  const position = {
    watermark: cap({at: watermark}).at,
    ...(slices && {slices: new Map([...slices].map(([key, one]) => [key, cap(one)]))}),
    folded: folded.map(cap),
  };
  return toBlob(position, cursor.field, {unfinished: false});
};

/**
 * Of a round that went on, slices that an earlier run has read were not read again, though their parents may have changed
 * since: those that have changed since the round began are to be read again.
 */
const parentBlob = (
  {parentBlobs: {before, now}, stream: {slices}}: StreamNode,
  isFinished: boolean,
  pass?: Pass,
): StateBlob => {
  const reached = isFinished ? now() : before;
  const cursor = slices.kind === 'parent' ? slices.parent.cursor : undefined;
  const parent =
    isFinished && pass && reached && cursor
      ? (cappedAt(reached, cursor, pass.startedAt - CLOCK_SKEW) ?? before)
      : reached;
  return parent === undefined ? {} : {parent};
};

const isSliced = ({stream}: StreamNode): boolean => stream.slices.kind !== 'whole';

/** What its children need of a slice is all of it, and a window begins anew. */
const resumeLifeOf = ({stream: {resumable, window}, children}: StreamNode): number =>
  children.length > 0 || window || !resumable ? 0 : millisecondsOf(resumable);

const trackCursor = (
  node: StreamNode,
  start: CursorStart,
  cursor: Cursor,
  {now, startedAt}: StreamRun,
  warn: (message: string) => void,
): Tracked => {
  const {isSelected, stream} = node;
  const from = beginningOf(start, node);
  const following = {
    cursor,
    sliced: isSliced(node),
    partial: stream.slices.kind === 'parent' && stream.slices.incremental,
    startedAt,
    now,
    warn,
    resumeLife: resumeLifeOf(node),
  };
  const add = (progress: Progress): Progress =>
    withMore(progress, (isFinished) => ({
      ...fullSyncBlob(start, isFinished),
      ...parentBlob(node, isFinished),
    }));
  const followed = followCursor({...following, from});
  if (!isSelected) return {progress: add(followed), emits: NONE};
  if (from === start.position) return {progress: add(followed), emits: ALL};
  const own = followCursor({...following, from: start.position});
  const tracked = forChildren(own, followed, cursor);
  return {...tracked, progress: add(tracked.progress)};
};

/** Nothing is left to be read, and nothing to be said but that. */
const finishedBefore = (blob: StateBlob): Progress => ({
  slice: () => ({
    from: undefined,
    since: undefined,
    resume: undefined,
    isDone: true,
    observe: () => {},
    restart: () => {},
    reach: () => {},
    complete: () => {},
  }),
  unfinished: () => blob,
  finished: () => blob,
});

export const trackProgress = (
  node: StreamNode,
  run: StreamRun,
  warn: (message: string) => void,
): Tracked => {
  const {start, stream, children, isSelected} = node;
  const emits = isSelected ? ALL : NONE;
  if (start.kind === 'done') return {progress: finishedBefore(start.blob), emits};
  if (start.kind === 'cursor' && stream.cursor) {
    return trackCursor(node, start, stream.cursor, run, warn);
  }
  const pass = start.kind === 'pass' && children.length === 0 ? start.pass : undefined;
  const {startedAt, now} = run;
  const resumeLife = resumeLifeOf(node);
  const progress = followPass({
    from: pass,
    startedAt,
    now,
    resumeLife,
    sliced: isSliced(node),
  });
  return {
    progress: withMore(progress, (isFinished) => parentBlob(node, isFinished, pass)),
    emits,
  };
};
