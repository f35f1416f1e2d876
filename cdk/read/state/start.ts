// Decides where a stream starts, from its state and its sync mode.
import type {Cursor} from '../../author/cursor.ts';
import {tracksDeletes} from '../../author/deletes.ts';
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue} from '../../author/types.ts';
import {shift} from '../../duration.ts';
import {isEmptyBlob, type StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import {damagedKeys} from './damage.ts';
import {type Translated, translateForeignState} from './foreign-state.ts';
import {deletesUntilNow, futureStart, positionUntilNow} from './future.ts';
import {
  type FullSync,
  type Pass,
  type Position,
  parseStreamState,
  positionKey,
  START,
  type StreamState,
} from './stream-state.ts';
import {tokensIn} from './token-start.ts';
import {hasSlices, withoutSlices} from './without-slices.ts';

export type SyncMode = 'full_refresh' | 'incremental';

export type Start = {
  /** The parts of the saved state that this mode uses; `deletes` only in an incremental sync. */
  readonly state: StreamState;
  /** An earlier attempt of the same job has read everything. */
  readonly isDone: boolean;
};

export type StartContext = {
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  /** The job's first attempt was interrupted, and this is another one. */
  readonly isRetry: boolean;
};

type Begun = {readonly start: Start; readonly warnings: readonly string[]};

/** A time in the state that is further in the future is wrong, not only from a clock that is fast. */
const MAX_AHEAD = 24 * 3_600_000;

/** Resumes an unfinished full sync, and begins one that is due. */
const fullSyncOf = (
  {fullSync}: Stream,
  last: FullSync | undefined,
  startedAt: number,
): FullSync | undefined => {
  if (fullSync === undefined) return undefined;
  if (last !== undefined && last.startedAt - startedAt < MAX_AHEAD) {
    const isDue = shift(last.startedAt, fullSync.every, 1) <= startedAt;
    if (!last.isOver || !isDue) return last;
  }
  return {startedAt, isOver: false};
};

/** In an older pass the records read first are out of date. */
const PASS_LIFE = 24 * 3_600_000;

/** The pass to resume, if one was interrupted. */
const openPass = ({pass, isUnfinished}: StreamState, now: number): Pass | undefined =>
  isUnfinished && pass && Math.abs(now - pass.startedAt) < PASS_LIFE ? pass : undefined;

/** Reads the state that Airbyte's Python CDK wrote for the same stream, so that a team can change connectors without a reset. */
const foreignStateIn = (blob: StateBlob, cursor: Cursor | undefined): Translated | undefined =>
  translateForeignState(blob, cursor?.field ?? '', cursorRules(cursor ?? {field: ''}));

const foreignPosition = (foreign: Translated): Position => ({
  watermark: foreign.watermark,
  foreign: foreign.slices,
  lookbackSeconds: foreign.lookbackSeconds,
});

/** Reads the position in a blob, whichever connector wrote it; undefined if it cannot be parsed. */
const savedPosition = (blob: StateBlob, cursor: Cursor): Position | undefined => {
  const own = parseStreamState(blob, cursor.field).position;
  const foreign = own ? undefined : foreignStateIn(blob, cursor);
  return own ?? (foreign && foreignPosition(foreign));
};

/** The same as a start of a stream: not in the future, and without slices if the stream has none. */
export const positionOf = (
  blob: StateBlob,
  cursor: Cursor,
  {slices}: Pick<Stream, 'slices'>,
  startedAt: number,
  onFuture?: (value: CursorValue) => void,
): Position | undefined => {
  const saved = savedPosition(blob, cursor);
  const position = saved && positionUntilNow(saved, cursor, startedAt, onFuture);
  return position && slices.kind === 'whole'
    ? withoutSlices(position, cursorRules(cursor), blob['unfinished'] === true)
    : position;
};

const slicesGone = (
  {name, slices}: Stream,
  blob: StateBlob,
  cursor: Cursor,
  known: Position | undefined,
): readonly string[] => {
  const saved = slices.kind === 'whole' ? savedPosition(blob, cursor) : undefined;
  if (saved === undefined || known === undefined || !hasSlices(saved)) return [];
  const from =
    known.watermark === undefined
      ? 'from its beginning, because not every slice has a position'
      : `from the lowest of their positions, ${known.watermark}`;
  return [
    `The state of stream ${name} has slices, but the stream has none now. It is read ${from}.`,
  ];
};

const notUnderstood = ({name, cursor}: Stream, blob: StateBlob): string =>
  `The state of stream ${name} has no "${cursor?.field}", only ${Object.keys(blob).join(', ')}: it seems to be another connector's. The stream is read from its beginning.`;

const MAX_NAMED = 5;

const damageWarnings = (
  stream: Stream,
  blob: StateBlob,
  {parent}: StreamState,
): readonly string[] => {
  const {name, slices} = stream;
  const ofParent =
    parent && slices.kind === 'parent' && slices.incremental
      ? damagedKeys(parent, slices.parent.cursor?.field).map((key) => `parent.${key}`)
      : [];
  const keys = [...damagedKeys(blob, positionKey(stream)), ...ofParent];
  if (keys.length === 0) return [];
  const more = keys.length > MAX_NAMED ? ` and ${keys.length - MAX_NAMED} more` : '';
  return [
    `The state of stream ${name} has damaged keys: ${keys.slice(0, MAX_NAMED).join(', ')}${more}. What they covered is read again from its beginning. If the state was edited, restore the old one to avoid that.`,
  ];
};

const inFuture = ({name}: Stream, values: readonly CursorValue[]): readonly string[] => {
  const [first] = values;
  if (first === undefined) return [];
  const more = values.length > 1 ? ` and ${values.length - 1} more` : '';
  return [
    `The state of stream ${name} lies in the future (${first}${more}), so what it covers is read from now on. If records are missing, reset the stream to read it from its beginning.`,
  ];
};

const startWarnings = (stream: Stream, startedAt: number): readonly string[] => {
  const start = futureStart(stream, startedAt);
  return start === undefined
    ? []
    : [
        `Stream ${stream.name} starts at ${start}, which lies in the future: records before that are not read. If the config has a start date, correct it.`,
      ];
};

/** Only an interrupted full refresh is resumed; positions of incremental syncs are ignored. */
const startFullRefresh = (
  stream: Stream,
  {deletes: _, ...state}: StreamState,
  blob: StateBlob,
  {startedAt, isRetry}: StartContext,
): Start => {
  const {cursor, token, slices} = stream;
  if (isRetry && state.isRefreshed) return {state, isDone: true};
  if (token !== undefined) {
    const position = state.isUnfinished ? tokensIn(stream, state, blob).position : undefined;
    return {state: {position: position ?? START}, isDone: false};
  }
  if (cursor === undefined) return {state: {pass: openPass(state, startedAt)}, isDone: false};
  const isOwn = state.isUnfinished && state.position !== undefined;
  const position = isOwn ? positionOf(blob, cursor, {slices}, startedAt) : undefined;
  return {state: {position: position ?? START}, isDone: false};
};

const startIncremental = (
  stream: Stream,
  state: StreamState,
  blob: StateBlob,
  {startedAt}: StartContext,
): Begun => {
  const {cursor, token, slices} = stream;
  const ahead: CursorValue[] = [];
  const onFuture = (value: CursorValue): void => void ahead.push(value);
  const deletes = deletesUntilNow(state.deletes ?? {}, stream, startedAt, onFuture);
  const foreign = foreignStateIn(blob, cursor);
  // Python keeps the states of parents by their names.
  const parent =
    state.parent ??
    (slices.kind === 'parent' ? foreign?.parentStates?.[slices.parent.name] : undefined);
  const begin = (more: StreamState, ...warnings: readonly string[]): Begun => ({
    start: {state: {parent, deletes, ...more}, isDone: false},
    warnings: [...inFuture(stream, ahead), ...warnings],
  });
  if (cursor === undefined && token === undefined) {
    const pass = openPass(state, startedAt);
    const warning = `Stream ${stream.name} has no cursor, so it cannot be read incrementally; all of it is read.`;
    return tracksDeletes(stream) ? begin({pass}) : begin({pass}, warning);
  }
  const fullSync = fullSyncOf(stream, state.fullSync, startedAt);
  // A full sync that begins now ignores the saved positions, also the parent's: the children of all parents are read again.
  if (fullSync?.startedAt === startedAt) {
    return begin({position: START, fullSync, parent: undefined});
  }
  if (cursor === undefined) {
    const {position = START, warning} = tokensIn(stream, state, blob);
    return begin({position, fullSync}, ...(warning === undefined ? [] : [warning]));
  }
  const known = positionOf(blob, cursor, stream, startedAt, onFuture);
  if (parent && slices.kind === 'parent' && slices.incremental && slices.parent.cursor) {
    positionOf(parent, slices.parent.cursor, slices.parent, startedAt, onFuture);
  }
  return known
    ? begin({position: known, fullSync}, ...slicesGone(stream, blob, cursor, known))
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
  const state = parseStreamState(blob, positionKey(stream));
  const damage = damageWarnings(stream, blob, state);
  const late = startWarnings(stream, context.startedAt);
  if (mode === 'full_refresh') {
    const start = startFullRefresh(stream, state, blob, context);
    return {start, warnings: [...late, ...(state.isUnfinished ? damage : [])]};
  }
  const {deletes: _, ...other} = blob;
  const {start, warnings} = startIncremental(stream, state, other, context);
  return {start, warnings: [...late, ...damage, ...warnings]};
};
