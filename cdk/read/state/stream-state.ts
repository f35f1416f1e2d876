// The state that a run saves for the next one, of one stream. Every key of the JSON is listed here, and only this module
// reads and writes them. Connections keep these blobs for years, so a key is never renamed, and a key that is no longer
// written is never reused: `learned`, a lookback that earlier versions measured.
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue} from '../../author/types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {
  FULL_REFRESH_COMPLETE_STATE,
  hasNoPosition,
  isEmptyBlob,
  isFullRefreshComplete,
  NO_CURSOR_STATE,
  type StateBlob,
} from '../../protocol/state.ts';
import {isCursorValue} from '../cursor/rules.ts';
import {cursorIn, defined, isoOf, isStrings, jsonOf, mapIn, timeIn} from './fields.ts';
import type {ForeignSlice} from './foreign-state.ts';
import {packSliceNumbers, sliceNumber, unpackSliceNumbers} from './slice-keys.ts';

/** Below, `<cursor>` is the name of the stream's cursor field or `token`, and `<slice>` a `sliceKey`. */
export type StreamState = {
  /** For a stream with a cursor; undefined: the blob has no position of this cursor. */
  readonly position?: Position | undefined;
  /** For a stream without a cursor. */
  readonly pass?: Pass | undefined;
  /** `"unfinished": true`: it was saved before the stream was complete. */
  readonly isUnfinished?: boolean;
  /** `"__ab_full_refresh_sync_complete": true`: a resumable full refresh is complete. */
  readonly isRefreshed?: boolean;
  readonly fullSync?: FullSync | undefined;
  /** `"parent": {…}`: the state of the parent stream when this one was last complete. */
  readonly parent?: StateBlob | undefined;
  readonly deletes?: DeletesState | undefined;
};

export type Position = {
  /** `"<cursor>": "2026-01-01T00:00:00Z"`: all records up to here were read. With slices: their highest, once all are complete. */
  readonly watermark: CursorValue | undefined;
  /** `"of": "…"`: the identity of what the token belongs to. */
  readonly of?: CursorValue | undefined;
  /** `"resume": {…}`, for a stream without slices. */
  readonly resume?: Resume | undefined;
  /** `"slices": {"<slice>": {"<cursor>": "…", "resume": {…}}}`. Absent: the stream was not read in slices. */
  readonly slices?: ReadonlyMap<string, SlicePosition> | undefined;
  /** `"folded": [{"<cursor>": "…", "keys": "AYCA…"}]`: positions that many slices share. */
  readonly compacted?: readonly Compacted[] | undefined;
  /** Slices that Airbyte's Python CDK has read. Never printed. */
  readonly foreign?: readonly ForeignSlice[] | undefined;
  /** The lookback of Python's state, in seconds, for one sync. Never printed. */
  readonly lookbackSeconds?: number | undefined;
  /** The watermark was in the future, and is now the start of the run. Never printed. */
  readonly isMoved?: boolean;
};

export type SlicePosition = {
  /** All records of the slice up to here were read; undefined: it had no records yet. */
  readonly at: CursorValue | undefined;
  readonly of?: CursorValue | undefined;
  readonly resume?: Resume | undefined;
  /** It was in the future, and is now the start of the run. Never printed. */
  readonly isMoved?: boolean;
};

/** Slices that share a position because there are too many to list. */
export type Compacted = {
  readonly at: CursorValue | undefined;
  /** By `sliceNumber`. */
  readonly keys: ReadonlySet<number>;
  readonly isMoved?: boolean;
};

/** The page at which an interrupted slice resumes. */
export type Resume = {
  /** `"next": {…}`: the token of the next page, from the stream's `read`. */
  readonly next: JsonObject;
  /** `"since": "…"`: the slice was read with this `since`. */
  readonly since: CursorValue | undefined;
  /** `"seen": "…"`: the highest cursor so far. */
  readonly seen: CursorValue | undefined;
  /** `"started": "2026-01-01T23:00:00.000Z"`: the start of the run that read the first page; epoch milliseconds. */
  readonly startedAt: number;
  /** `"saved": "2026-01-01T23:30:00.000Z"`: when the page with this token was read; epoch milliseconds. */
  readonly savedAt: number;
};

/** A full-refresh pass that is not complete. */
export type Pass = {
  /** `"started": "2026-01-01T12:00:00.000Z"`: epoch milliseconds. */
  readonly startedAt: number;
  /** `"done": "AYCA…"`: the complete slices, by `sliceNumber`. */
  readonly done: ReadonlySet<number>;
  /** `"done": ["<slice>"]`: the same by key, while they are few. */
  readonly names: readonly string[] | undefined;
  /** `"resume": {"<slice>": {…}}`. */
  readonly resumes: ReadonlyMap<string, Resume>;
};

/** The last time that a stream with `fullSync` was read from its beginning. */
export type FullSync = {
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** `"full_sync_at": "2025-12-31T00:00:00.000Z"` if it is over, else `"full_sync_started": "…"`. */
  readonly isOver: boolean;
};

/** `"deletes": {…}`: remembered to detect deletions. */
export type DeletesState = {
  /** `"cursor": "…"`: the highest emitted cursor; a tombstone gets no lower one. */
  readonly cursor?: CursorValue | undefined;
  /** `"list": {…}`: how far the API's lists of deleted items were read. */
  readonly list?: DeletedListState | undefined;
  /** `"sweep": {…}`: the known ids. */
  readonly sweep?: SweepState | undefined;
  /** Keys with values that cannot be parsed. Never printed. */
  readonly damaged?: readonly string[];
};

export type DeletedListState = {
  /** `"at": {"<slice>": "…"}` */
  readonly at?: ReadonlyMap<string, CursorValue> | undefined;
  /** `"folded": {"at": "…", "keys": "AYCA…"}`: slices that share the earliest position of all. */
  readonly compacted?: {readonly at: CursorValue; readonly keys: ReadonlySet<number>} | undefined;
  /** `"deleted": {…}`: the records that it showed, if they can be restored without a new cursor. */
  readonly deleted?: DeletedIdsState | undefined;
  /** A position was in the future, and is now the start of the run. Never printed. */
  readonly isMoved?: boolean;
};

export type DeletedIdsState = {
  /** `"ids": "q1YqS…"`: `{<slice>: [[id, deleted at, cursor of its tombstone, true if it may not be emitted yet]]}`, packed, see `deletes/deleted-ids.ts`. */
  readonly ids: string;
  /** `"key": ["id"]`: the ids are values of this primary key. */
  readonly key: readonly string[];
};

export type SweepState =
  /** `"off": 200001`: the sweep was switched off at so many ids. */
  | {readonly off: number}
  | {
      /** `"known": ["q1YqS…"]`: `{<slice>: ids}`, packed in one string or several, see `deletes/packed-ids.ts`. */
      readonly known: readonly string[];
      /** `"key": ["id"]`: the ids are values of this primary key. */
      readonly key: readonly string[];
      /** `"from": "…"`: the `cursor.start` with which they were read; ids of earlier records are missing. */
      readonly from?: CursorValue | undefined;
      /** `"slices": "q1YqS…"`: `{<slice>: {swept, absent}}`, packed: the time of the last sweep, and the ids missing in it. */
      readonly slices: string;
      /** `"deleted": {…}`: the records that it marked as deleted. */
      readonly deleted?: DeletedIdsState | undefined;
    };

/** The key of a stream's positions in its state. Undefined: it has none, and is read in passes. */
export const positionKey = ({
  cursor,
  token,
}: Pick<Stream, 'cursor' | 'token'>): string | undefined => cursor?.field ?? (token && 'token');

export const START: Position = {watermark: undefined};

/** Undefined if it is absent or damaged: the slice is then read from its position. */
export const resumeIn = (value: unknown): Resume | undefined => {
  if (!isObject(value) || !isObject(value['next'])) return undefined;
  const [startedAt, savedAt] = [timeIn(value, 'started'), timeIn(value, 'saved')];
  return startedAt && savedAt
    ? {
        next: value['next'],
        since: cursorIn(value, 'since'),
        seen: cursorIn(value, 'seen'),
        startedAt,
        savedAt,
      }
    : undefined;
};

const sliceIn = (value: unknown, field: string): SlicePosition =>
  isObject(value)
    ? {
        at: cursorIn(value, field),
        of: cursorIn(value, 'of'),
        resume: resumeIn(value['resume']),
      }
    : {at: undefined};

/** PyAirbyte returns null for keys that have no value. */
export const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

/** A damaged `slices` counts as empty, because slices that lag behind the watermark must not start there. A list is Python's. */
export const isInSlices = ({slices, folded}: StateBlob): boolean =>
  isPresent(folded) || (isPresent(slices) && !Array.isArray(slices));

const compactedIn = (value: unknown, field: string): readonly Compacted[] => {
  const keys = isObject(value) ? unpackSliceNumbers(value['keys']) : undefined;
  return isObject(value) && keys ? [{at: cursorIn(value, field), keys}] : [];
};

/** Undefined if the blob is not one of ours for this cursor field. */
const positionIn = (blob: StateBlob, field: string): Position | undefined => {
  const watermark = cursorIn(blob, field);
  const {slices, folded} = blob;
  if (isInSlices(blob)) {
    const entries = Object.entries(isObject(slices) ? slices : {});
    const all = entries.map(([key, slice]) => [key, sliceIn(slice, field)] as const);
    const compacted = Array.isArray(folded) ? folded.flatMap((one) => compactedIn(one, field)) : [];
    return {watermark, slices: new Map(all), compacted};
  }
  const resume = resumeIn(blob['resume']);
  const {deletes: _, ...others} = blob;
  const isUnread = blob['unfinished'] === true || hasNoPosition(blob) || isEmptyBlob(others);
  return watermark !== undefined || resume || isUnread
    ? {watermark, of: cursorIn(blob, 'of'), resume}
    : undefined;
};

const passIn = ({done, resume, ...blob}: StateBlob): Pass | undefined => {
  const startedAt = timeIn(blob, 'started');
  const names = Array.isArray(done) ? done.map(String) : undefined;
  const numbers = names ? new Set(names.map(sliceNumber)) : unpackSliceNumbers(done ?? '');
  if (startedAt === undefined || numbers === undefined) return undefined;
  const resumes = Object.entries(isObject(resume) ? resume : {}).flatMap(([key, value]) => {
    const found = resumeIn(value);
    return found ? [[key, found] as const] : [];
  });
  return {startedAt, done: numbers, names, resumes: new Map(resumes)};
};

const fullSyncIn = (blob: StateBlob): FullSync | undefined => {
  const [inFlight, over] = [timeIn(blob, 'full_sync_started'), timeIn(blob, 'full_sync_at')];
  if (inFlight !== undefined) return {startedAt: inFlight, isOver: false};
  return over === undefined ? undefined : {startedAt: over, isOver: true};
};

const deletedIdsIn = (value: unknown): DeletedIdsState | undefined => {
  const {ids, key} = isObject(value) ? value : {};
  return typeof ids === 'string' && isStrings(key) ? {ids, key} : undefined;
};

const deletedListIn = ({at, folded, deleted}: JsonObject): DeletedListState | undefined => {
  const positions = mapIn(at ?? {}, (one) => (isCursorValue(one) ? one : undefined));
  if (positions === undefined) return undefined;
  const list = {at: isPresent(at) ? positions : undefined, deleted: deletedIdsIn(deleted)};
  if (!isPresent(folded)) return list;
  if (!isObject(folded)) return undefined;
  const [earliest, keys] = [cursorIn(folded, 'at'), unpackSliceNumbers(folded['keys'])];
  return keys && earliest !== undefined ? {...list, compacted: {at: earliest, keys}} : undefined;
};

const sweepIn = (sweep: JsonObject): SweepState | undefined => {
  const {off, known, key, from, slices, deleted} = sweep;
  if (typeof off === 'number') return {off};
  if (!isStrings(known) || !isStrings(key) || typeof slices !== 'string') return undefined;
  if (isPresent(from) && !isCursorValue(from)) return undefined;
  return {known, key, from: cursorIn(sweep, 'from'), slices, deleted: deletedIdsIn(deleted)};
};

const deletesIn = (value: unknown): DeletesState | undefined => {
  if (!isPresent(value)) return undefined;
  if (!isObject(value)) return {damaged: ['deletes']};
  const parts = {
    cursor: cursorIn(value, 'cursor'),
    list: isObject(value['list']) ? deletedListIn(value['list']) : undefined,
    sweep: isObject(value['sweep']) ? sweepIn(value['sweep']) : undefined,
  };
  const damaged: string[] = (['cursor', 'list', 'sweep'] as const).filter(
    (key) => isPresent(value[key]) && parts[key] === undefined,
  );
  for (const key of ['list', 'sweep'] as const) {
    const {[key]: given} = value;
    const part = parts[key];
    const isLost = isObject(given) && isPresent(given['deleted']) && !given['off'];
    if (isLost && part !== undefined && !('deleted' in part && part.deleted))
      damaged.push(`${key}.deleted`);
  }
  return {...parts, damaged: damaged.map((key) => `deletes.${key}`)};
};

/** @param cursorField undefined for a stream without a cursor */
export const parseStreamState = (blob: StateBlob, cursorField: string | undefined): StreamState => {
  const {parent, unfinished, deletes} = blob;
  return {
    ...(cursorField === undefined
      ? {pass: passIn(blob)}
      : {position: positionIn(blob, cursorField)}),
    isUnfinished: unfinished === true,
    isRefreshed: isFullRefreshComplete(blob),
    fullSync: fullSyncIn(blob),
    parent: isObject(parent) ? parent : undefined,
    deletes: deletesIn(deletes),
  };
};

const printResume = (resume: Resume | undefined): JsonObject | undefined =>
  resume &&
  defined({
    next: resume.next,
    since: resume.since,
    seen: resume.seen,
    started: isoOf(resume.startedAt),
    saved: isoOf(resume.savedAt),
  });

const printPosition = (position: Position, field: string): JsonObject => {
  const {watermark, of, resume, slices, compacted = []} = position;
  const printSlice = ({at, of: owner, resume: next}: SlicePosition) =>
    defined({[field]: at, of: owner, resume: printResume(next)});
  const printCompacted = ({at, keys}: Compacted) =>
    defined({[field]: at, keys: packSliceNumbers(keys)});
  return {
    [field]: watermark,
    of,
    resume: printResume(resume),
    slices: slices && jsonOf(slices, printSlice),
    folded: compacted.length > 0 ? compacted.map(printCompacted) : undefined,
  };
};

const printPass = ({startedAt, done, names, resumes}: Pass): JsonObject => ({
  done: names ? [...names] : packSliceNumbers(done),
  resume: resumes.size > 0 ? jsonOf(resumes, printResume) : undefined,
  started: isoOf(startedAt),
});

const printIds = (ids: DeletedIdsState | undefined): JsonObject | undefined =>
  ids && {...ids, key: [...ids.key]};

const printDeletes = ({cursor, list, sweep}: DeletesState): JsonObject => {
  const {at, compacted, deleted} = list ?? {};
  const folded = compacted && {at: compacted.at, keys: packSliceNumbers(compacted.keys)};
  return defined({
    cursor,
    list:
      list &&
      defined({
        at: at && Object.fromEntries(at),
        folded,
        deleted: printIds(deleted),
      }),
    sweep:
      sweep &&
      defined(
        'known' in sweep
          ? {...sweep, known: [...sweep.known], deleted: printIds(sweep.deleted)}
          : sweep,
      ),
  });
};

/** Prints a copy. Without anything to save it is Airbyte's sentinel, because an empty blob means "reset". */
export const printStreamState = (
  state: StreamState,
  cursorField: string | undefined,
): StateBlob => {
  const {position, pass, isUnfinished, isRefreshed, fullSync, parent, deletes} = state;
  const progress = defined({
    ...(position && cursorField !== undefined && printPosition(position, cursorField)),
    ...(pass && printPass(pass)),
    unfinished: isUnfinished || undefined,
    ...(isRefreshed && FULL_REFRESH_COMPLETE_STATE),
  });
  const blob = {
    ...(Object.keys(progress).length === 0 ? NO_CURSOR_STATE : progress),
    ...(fullSync && {
      [fullSync.isOver ? 'full_sync_at' : 'full_sync_started']: isoOf(fullSync.startedAt),
    }),
    ...(parent && {parent}),
  };
  const kept = printDeletes(deletes ?? {});
  if (Object.keys(kept).length === 0) return blob;
  return {...(isEmptyBlob(blob) ? {} : blob), deletes: kept};
};
