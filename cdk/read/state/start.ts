// Where a stream begins: what its state says, in the mode in which it is read.

import type {Cursor, Stream} from '../../author/source.ts';
import {shift} from '../../duration.ts';
import type {JsonObject} from '../../json/values.ts';
import {isEmptyBlob, isFullRefreshComplete, type StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import {type Pass, parsePass} from './follow-pass.ts';
import {translateForeignState} from './foreign-state.ts';
import {type Position, parsePosition, START} from './position.ts';

export type SyncMode = 'full_refresh' | 'incremental';

/** When the stream was last read from its beginning, for streams that are so now and then. Epoch milliseconds. */
type FullSync = {readonly startedAt: number; readonly isOver: boolean};

type Beginning =
  /** By its cursor. */
  | {
      readonly kind: 'cursor';
      readonly position: Position;
      readonly fullSync?: FullSync;
      /** Where the parent stream was, when all of its children had been read. */
      readonly parent?: JsonObject;
    }
  /** All of it, slice by slice. */
  | {readonly kind: 'pass'; readonly pass: Pass | undefined; readonly parent?: JsonObject}
  /** Not at all: an earlier attempt of the same job has read it. */
  | {readonly kind: 'done'; readonly blob: StateBlob};

export type Start = Beginning & {
  /** What an earlier run kept about deletes; absent in a full refresh, which replaces all that was. */
  readonly deletes?: {readonly blob: unknown};
};

export type StartContext = {
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  /** Whether this is another attempt of a job whose first one was cut off. */
  readonly isRetry: boolean;
};

type Begun = {readonly start: Start; readonly warnings: readonly string[]};

const timeIn = (blob: StateBlob, key: string): number | undefined =>
  Date.parse(String(blob[key])) || undefined;

/** A full sync that was cut off goes on; one whose day has come begins. */
const fullSyncOf = (
  {fullSync}: Stream,
  blob: StateBlob | undefined,
  startedAt: number,
): FullSync | undefined => {
  if (fullSync === undefined) return undefined;
  const begun = blob && timeIn(blob, 'full_sync_started');
  if (begun !== undefined) return {startedAt: begun, isOver: false};
  const last = blob && timeIn(blob, 'full_sync_at');
  return last === undefined || shift(last, fullSync.every, 1) <= startedAt
    ? {startedAt, isOver: false}
    : {startedAt: last, isOver: true};
};

const parentIn = ({parent}: StateBlob): {readonly parent?: JsonObject} =>
  typeof parent === 'object' && parent !== null && !Array.isArray(parent)
    ? {parent: {...parent}}
    : {};

const foreign = ({name, cursor}: Stream, blob: StateBlob): string =>
  `The state of stream ${name} has no "${cursor?.field}", only ${Object.keys(blob).join(', ')}: it seems to be another connector's. The stream is read from its beginning.`;

/** A state that Airbyte's Python CDK has written for the same stream: a team may come from its connector without a reset. */
const foreignPosition = (blob: StateBlob, cursor: Cursor): Position | undefined => {
  const found = translateForeignState(blob, cursor.field, cursorRules(cursor).compare);
  if (found === undefined) return undefined;
  const {watermark, slices, lookbackSeconds} = found;
  return {
    watermark,
    ...(slices && {foreign: slices}),
    ...(lookbackSeconds !== undefined && {lookbackSeconds}),
  };
};

/** Where a blob says that a stream is, whoever wrote it; undefined where it can't be understood. */
export const positionIn = (blob: StateBlob, cursor: Cursor): Position | undefined =>
  parsePosition(blob, cursor.field) ?? foreignPosition(blob, cursor);

/** Where its parent was: in our own terms, or among those that Python keeps by the names of the streams. */
const parentBlobIn = (
  {slices, cursor}: Stream,
  blob: StateBlob,
): {readonly parent?: JsonObject} => {
  const own = parentIn(blob);
  if (own.parent !== undefined || slices.kind !== 'parent') return own;
  const states = translateForeignState(blob, cursor?.field ?? '', () => 0)?.parentStates;
  const parent = states?.[slices.parent.name];
  return parent === undefined ? {} : {parent};
};

const startByCursor = (
  stream: Stream,
  cursor: Cursor,
  blob: StateBlob | undefined,
  {startedAt}: StartContext,
): Begun => {
  const fullSync = fullSyncOf(stream, blob, startedAt);
  const begin = (position: Position, warnings: readonly string[] = []): Begun => ({
    start: {
      kind: 'cursor',
      position,
      ...(fullSync && {fullSync}),
      ...(blob && parentBlobIn(stream, blob)),
    },
    warnings,
  });
  // One that begins now forgets what was; one that was cut off has its own position.
  if (blob === undefined || fullSync?.startedAt === startedAt) return begin(START);
  const position = positionIn(blob, cursor);
  return position === undefined ? begin(START, [foreign(stream, blob)]) : begin(position);
};

const startFullRefresh = (
  stream: Stream,
  blob: StateBlob | undefined,
  {startedAt, isRetry}: StartContext,
): Start => {
  if (blob && isRetry && isFullRefreshComplete(blob)) return {kind: 'done', blob};
  // Only one that was cut off goes on; a position that is left from incremental syncs counts for nothing.
  const open = blob?.['unfinished'] === true ? blob : undefined;
  if (stream.cursor === undefined) {
    return {kind: 'pass', pass: open && parsePass(open, startedAt)};
  }
  const position = open && parsePosition(open, stream.cursor.field);
  return {kind: 'cursor', position: position ?? START};
};

const startIncremental = (
  stream: Stream,
  blob: StateBlob | undefined,
  context: StartContext,
): Begun => {
  if (stream.cursor !== undefined) {
    return startByCursor(stream, stream.cursor, blob, context);
  }
  const pass = blob && parsePass(blob, context.startedAt);
  return {
    start: {kind: 'pass', pass, ...(blob && parentBlobIn(stream, blob))},
    warnings: [
      `Stream ${stream.name} has no cursor, so it can't be read incrementally; all of it is read.`,
    ],
  };
};

export const startOf = (
  stream: Stream,
  mode: SyncMode,
  given: StateBlob | undefined,
  context: StartContext,
): Begun => {
  const isGiven = given !== undefined && !isEmptyBlob(given);
  const migrated = isGiven && stream.migrateState ? stream.migrateState(given) : given;
  const {deletes, ...blob} = migrated ?? {};
  const own = deletes === undefined ? migrated : blob;
  if (mode === 'full_refresh') {
    return {start: startFullRefresh(stream, own, context), warnings: []};
  }
  const {start, warnings} = startIncremental(stream, own, context);
  return {start: {...start, deletes: {blob: deletes}}, warnings};
};
