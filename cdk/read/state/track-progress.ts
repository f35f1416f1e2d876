// Tracks the progress of a stream, and the parts of its state that belong to no slice.
import type {Cursor} from '../../author/cursor.ts';
import {provesDeletes} from '../../author/token-cursor.ts';
import type {CursorValue} from '../../author/types.ts';
import {millisecondsOf} from '../../duration.ts';
import type {StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import {startIn} from '../cursor/start-in.ts';
import type {StreamRun} from '../stream-run.ts';
import type {StreamNode} from '../stream-tree.ts';
import {CLOCK_SKEW, followCursor} from './follow-cursor.ts';
import {followPass} from './follow-pass.ts';
import {followToken} from './follow-token.ts';
import type {Progress} from './progress.ts';
import {
  type Pass,
  type Position,
  parseStreamState,
  printStreamState,
  type SlicePosition,
  START,
  type StreamState,
} from './stream-state.ts';

/** The earliest of several positions, from which reading serves all of them. */
const earliest = (positions: readonly Position[], cursor: Cursor): Position => {
  const {compare} = cursorRules(cursor);
  const first = (a: CursorValue | undefined, b: CursorValue | undefined) => {
    if (a === undefined || b === undefined) return undefined;
    return compare(a, b) <= 0 ? a : b;
  };
  return positions.reduce((one, other) => {
    if (one === other) return one;
    // A slice that is in only one of them is read from its beginning.
    const slices =
      one.slices &&
      other.slices &&
      new Map(
        [...one.slices].flatMap(([key, {at}]) => {
          const same = other.slices?.get(key);
          return same === undefined ? [] : [[key, {at: first(at, same.at)}] as const];
        }),
      );
    return {watermark: first(one.watermark, other.watermark), slices};
  });
};

/** A parent continues from its own position, but starts earlier if its children need that. */
const beginningOf = (
  own: Position,
  {children, isSelected}: StreamNode,
  cursor: Cursor,
): {readonly from: Position; readonly childrenFrom: Position | undefined} => {
  const needed = children.map((child) => child.needs(cursor));
  if (needed.length === 0) return {from: own, childrenFrom: undefined};
  if (!isSelected) return {from: earliest(needed, cursor), childrenFrom: undefined};
  const begin = earliest([own, ...needed], cursor);
  return {from: own, childrenFrom: begin === own ? undefined : begin};
};

/** Moves a position back to an instant at most; undefined if its values are not times and cannot be compared with it. */
const cappedAt = (blob: StateBlob, cursor: Cursor, instant: number): StateBlob | undefined => {
  const {isTime, cappedAt: capped} = cursorRules(cursor);
  const position = parseStreamState(blob, cursor.field).position ?? START;
  const {watermark, slices, compacted = []} = position;
  const all = [{at: watermark}, ...(slices?.values() ?? []), ...compacted];
  if (all.some(({at}) => at !== undefined && !isTime(at))) return undefined;
  const cap = <T extends Pick<SlicePosition, 'at'>>(one: T): T =>
    one.at === undefined ? one : {...one, at: capped(one.at, instant)};
  const early: Position = {
    watermark: cap({at: watermark}).at,
    slices: slices && new Map([...slices].map(([key, one]) => [key, cap(one)])),
    compacted: compacted.map(cap),
  };
  return printStreamState({position: early}, cursor.field);
};

/** The pass to resume; none for a parent, whose children need every record. */
const passOf = ({start, children}: StreamNode): Pass | undefined =>
  children.length === 0 ? start.state.pass : undefined;

/**
 * The parent's position for the next sync. A resumed pass did not read the slices of earlier runs again, though their
 * parents may have changed: so the next sync reads all that changed since the pass began.
 */
const parentAt = (node: StreamNode, isFinished: boolean): StateBlob | undefined => {
  const {before, now} = node.parentBlobs;
  const {slices} = node.stream;
  const reached = isFinished ? now() : before;
  const pass = isFinished ? passOf(node) : undefined;
  const cursor = slices.kind === 'parent' ? slices.parent.cursor : undefined;
  if (!pass || !reached || !cursor) return reached;
  return cappedAt(reached, cursor, pass.startedAt - CLOCK_SKEW) ?? before;
};

export const stateBeside = (
  node: StreamNode,
  isFinished: boolean,
): Pick<StreamState, 'fullSync' | 'parent'> => {
  const {state, isDone} = node.start;
  if (isDone) return {};
  const {fullSync} = state;
  return {
    fullSync: fullSync && {...fullSync, isOver: fullSync.isOver || isFinished},
    parent: parentAt(node, isFinished),
  };
};

/** Parents and windows are not resumed inside a slice: children need every record, and a window is read from its beginning. */
const resumeLifeOf = ({stream: {resumable, window}, children}: StreamNode): number =>
  children.length > 0 || window || !resumable ? 0 : millisecondsOf(resumable);

const finishedBefore = ({start}: StreamNode): Progress => ({
  slice: () => ({
    from: undefined,
    since: undefined,
    readUpTo: undefined,
    resume: undefined,
    isDone: true,
    emits: () => false,
    observe: () => {},
    restart: () => {},
    reach: () => {},
    complete: () => {},
  }),
  state: () => start.state,
});

export const trackProgress = (
  node: StreamNode,
  {startedAt, now}: StreamRun,
  warn: (message: string) => void,
): Progress => {
  const {start, stream, isSelected} = node;
  const {cursor, token, slices} = stream;
  if (start.isDone) return finishedBefore(node);
  const options = {
    startedAt,
    now,
    resumeLife: resumeLifeOf(node),
    sliced: slices.kind !== 'whole',
    isSelected,
  };
  const partial = slices.kind === 'parent' && slices.incremental;
  if (token !== undefined) {
    return followToken({
      ...options,
      name: stream.name,
      cursor: token,
      from: start.state.position ?? START,
      partial,
      provesDeletes: provesDeletes(stream),
    });
  }
  if (cursor === undefined) return followPass({...options, from: passOf(node)});
  return followCursor({
    ...options,
    ...beginningOf(start.state.position ?? START, node, cursor),
    cursor: {...cursor, start: startIn('cursor.start', cursor)},
    partial,
    warn,
  });
};
