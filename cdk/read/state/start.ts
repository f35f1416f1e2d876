// Where a stream begins: what its state says, in the mode in which it is read.

import type {Cursor} from '../../author/cursor.ts';
import type {Stream} from '../../author/stream-value.ts';
import {shift} from '../../duration.ts';
import {isEmptyBlob, type StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import {type Translated, translateForeignState} from './foreign-state.ts';
import {
  type FullSync,
  type Pass,
  type Position,
  parseStreamState,
  START,
  type StreamState,
} from './stream-state.ts';

export type SyncMode = 'full_refresh' | 'incremental';

export type Start = {
  /**
   * What holds in this mode of what an earlier run kept. `position` is there if the stream has a cursor, `deletes` if
   * they are followed from run to run: a full refresh replaces all that was.
   */
  readonly state: StreamState;
  /** Nothing is left to be read: an earlier attempt of the same job has done it. */
  readonly isDone: boolean;
};

export type StartContext = {
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  /** Whether this is another attempt of a job whose first one was cut off. */
  readonly isRetry: boolean;
};

type Begun = {readonly start: Start; readonly warnings: readonly string[]};

/** A full sync that was cut off is resumed; one whose day has come begins. */
const fullSyncOf = (
  {fullSync}: Stream,
  last: FullSync | undefined,
  startedAt: number,
): FullSync | undefined => {
  if (fullSync === undefined) return undefined;
  if (
    last !== undefined &&
    (!last.isOver || shift(last.startedAt, fullSync.every, 1) > startedAt)
  ) {
    return last;
  }
  return {startedAt, isOver: false};
};

/** What was read first by a pass that began longer ago is old by now. */
const PASS_LIFE = 24 * 3_600_000;

/** The pass that is resumed, if one was cut off. */
const openPass = ({pass, isUnfinished}: StreamState, now: number): Pass | undefined =>
  isUnfinished && pass && now - pass.startedAt < PASS_LIFE ? pass : undefined;

/** A state that Airbyte's Python CDK has written for the same stream: a team may change its connector without a reset. */
const foreignStateIn = (blob: StateBlob, cursor: Cursor | undefined): Translated | undefined =>
  translateForeignState(blob, cursor?.field ?? '', cursor ? cursorRules(cursor).compare : () => 0);

const foreignPosition = (foreign: Translated): Position => ({
  watermark: foreign.watermark,
  foreign: foreign.slices,
  lookbackSeconds: foreign.lookbackSeconds,
});

/** Where a blob says that a stream is, whichever connector wrote it; undefined where it can't be understood. */
export const positionOf = (blob: StateBlob, cursor: Cursor): Position | undefined => {
  const own = parseStreamState(blob, cursor.field).position;
  const foreign = own ? undefined : foreignStateIn(blob, cursor);
  return own ?? (foreign && foreignPosition(foreign));
};

const notUnderstood = ({name, cursor}: Stream, blob: StateBlob): string =>
  `The state of stream ${name} has no "${cursor?.field}", only ${Object.keys(blob).join(', ')}: it seems to be another connector's. The stream is read from its beginning.`;

/** Only a run that was cut off is resumed; the position of incremental syncs does not count. */
const startFullRefresh = (
  {cursor}: Stream,
  {deletes: _, ...state}: StreamState,
  {startedAt, isRetry}: StartContext,
): Start => {
  if (isRetry && state.isRefreshed) return {state, isDone: true};
  const position = (state.isUnfinished && state.position) || START;
  return {
    state: cursor === undefined ? {pass: openPass(state, startedAt)} : {position},
    isDone: false,
  };
};

const startIncremental = (
  stream: Stream,
  state: StreamState,
  blob: StateBlob,
  {startedAt}: StartContext,
): Begun => {
  const {cursor, slices} = stream;
  const {position, deletes = {}} = state;
  const foreign = foreignStateIn(blob, cursor);
  // In our own terms, or among those that Python keeps by the names of the streams.
  const parent =
    state.parent ??
    (slices.kind === 'parent' ? foreign?.parentStates?.[slices.parent.name] : undefined);
  const begin = (more: StreamState, ...warnings: readonly string[]): Begun => ({
    start: {state: {parent, deletes, ...more}, isDone: false},
    warnings,
  });
  if (cursor === undefined) {
    return begin(
      {pass: openPass(state, startedAt)},
      `Stream ${stream.name} has no cursor, so it can't be read incrementally; all of it is read.`,
    );
  }
  const fullSync = fullSyncOf(stream, state.fullSync, startedAt);
  // One that begins now forgets what was, also of the parent: the children of all parents are read again. One that was
  // cut off has its own position.
  if (fullSync?.startedAt === startedAt) {
    return begin({position: START, fullSync, parent: undefined});
  }
  const known = position ?? (foreign && foreignPosition(foreign));
  return known
    ? begin({position: known, fullSync})
    : begin({position: START, fullSync}, notUnderstood(stream, blob));
};

export const startOf = (
  stream: Stream,
  mode: SyncMode,
  given: StateBlob | undefined,
  context: StartContext,
): Begun => {
  const isGiven = given !== undefined && !isEmptyBlob(given);
  const blob = (isGiven && stream.migrateState ? stream.migrateState(given) : given) ?? {};
  const state = parseStreamState(blob, stream.cursor?.field);
  if (mode === 'full_refresh') {
    return {start: startFullRefresh(stream, state, context), warnings: []};
  }
  const {deletes: _, ...other} = blob;
  return startIncremental(stream, state, other, context);
};
