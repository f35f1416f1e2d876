// What was deleted, as a stream that is being read deals with it: marked in the record itself, listed by the API, or missing.
import {isDeepStrictEqual} from 'node:util';
import type {Stream} from '../../author/source.ts';
import type {CursorValue, Page, Slice} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import {isEmptyBlob, type StateBlob} from '../../protocol/state.ts';
import {cursorRules} from '../cursor/rules.ts';
import {CLOCK_SKEW} from '../state/follow-cursor.ts';
import type {Progress, SliceProgress} from '../state/progress.ts';
import {type StreamRun, say} from '../stream-run.ts';
import type {StreamNode} from '../stream-tree.ts';
import {type DeletedItem, openDeletedLists} from './deleted-list.ts';
import {markBy} from './flag.ts';
import {openListing} from './id-list.ts';
import {openKnownIds} from './id-store.ts';
import {fieldsOf, idIn, idOf} from './ids.ts';
import {type Kept, type Known, parseKept} from './kept-state.ts';
import {type Found, openSweeps} from './sweep.ts';
import {DELETED_AT, isoOf, tombstone} from './tombstone.ts';

/** What is done around the reading of one slice. */
export type SliceDeletes = {
  /** Ahead of its records. */
  readonly begin: () => Promise<void>;
  /** One page, and those of its records that are emitted; hands them back as they are. */
  readonly take: (page: Page, emitted: readonly object[]) => readonly object[];
  /** When all of them were read. */
  readonly end: () => Promise<void>;
};

/** Brings records to their form, counts them and emits them. */
type EmitRecords = (records: readonly object[]) => Promise<void>;

export type StreamDeletes = {
  readonly slice: (
    emit: EmitRecords,
    slice: Slice,
    key: string,
    progress: Pick<SliceProgress, 'from' | 'resume'>,
  ) => SliceDeletes;
  /** Behind all slices, whether all of them are complete or not. */
  readonly settle: (emit: EmitRecords, isComplete: boolean) => Promise<void>;
  /** Puts what is kept about deletes into the stream's state. */
  readonly withState: (progress: Progress) => Progress;
};

const pass = async (): Promise<void> => {};

/** For streams that keep nothing about deletes. */
const markOnly = (stream: Stream, run: StreamRun): StreamDeletes => {
  const mark = markBy(stream, run.now);
  return {
    slice: (_emit, slice) => ({
      begin: pass,
      take: (_page, emitted) => mark(emitted, slice),
      end: pass,
    }),
    settle: pass,
    withState: (progress) => progress,
  };
};

const EMITTED_AT_ONCE = 1_000;

/** Emits deleted records like any others, ahead of the STATE that covers them. */
const emitDeleted = async (emit: EmitRecords, records: readonly object[]): Promise<void> => {
  for (let from = 0; from < records.length; from += EMITTED_AT_ONCE) {
    await emit(records.slice(from, from + EMITTED_AT_ONCE));
  }
};

/**
 * Ids that are known from another `cursor.start` on may lie before the one of now, and be missing for that; those of
 * another primary key are in no list at all.
 */
const knownFrom = (
  {cursor, deletes, primaryKey}: Stream,
  known: Known,
  warn: (message: string) => void,
): Known => {
  const {key, from, ids} = known;
  const isBound = deletes?.sweep?.read === undefined && !cursor?.clientSide;
  const reasons = [
    ...(isBound && from !== cursor?.start
      ? [`it is read from ${cursor?.start} on now, not from ${from}`]
      : []),
    ...(isDeepStrictEqual(key, primaryKey)
      ? []
      : [`its primary key is ${primaryKey.join(', ')} now, not ${key?.join(', ')}`]),
  ];
  if (ids.size === 0 || reasons.length === 0) return known;
  warn(
    `${reasons.join(', and ')}: the ids that were known are forgotten, and nothing that was deleted since the last sweep will be found.`,
  );
  return {...known, ids: new Map(), slices: new Map()};
};

/** Whether a reading that begins there is a list of all that there is in a slice. */
const isWhole = (
  {cursor, window}: Stream,
  {from, resume}: Pick<SliceProgress, 'from' | 'resume'>,
): boolean => {
  const isUnbound = cursor?.clientSide === true && cursor.order !== 'descending';
  return window === undefined && resume === undefined && (isUnbound || from === cursor?.start);
};

const DEFAULT_LIMIT = 200_000;

const openParts = (stream: Stream, kept: Kept, run: StreamRun, warn: (message: string) => void) => {
  const {list, sweep} = stream.deletes ?? {};
  const {startedAt, signal} = run;
  const known =
    sweep &&
    openKnownIds(knownFrom(stream, kept.known, warn), {
      limit: sweep.limit ?? DEFAULT_LIMIT,
      key: stream.primaryKey,
      from: stream.cursor?.start,
      startedAt,
      warn,
    });
  const {primaryKey} = stream;
  return {
    lists: list && openDeletedLists(list, kept.listed, run),
    known,
    sweeps: sweep && known && openSweeps(sweep, known, {primaryKey, signal, startedAt, warn}),
  };
};

/** Keeps the highest cursor that was emitted. One that lies in the future would keep records from coming back. */
const openHighest = ({cursor}: Stream, before: CursorValue | undefined, now: () => number) => {
  const rules = cursor && cursorRules(cursor);
  let highest = before;
  const isFuture = (value: CursorValue | undefined): boolean =>
    value !== undefined && (rules?.instantOf(value) ?? 0) > now() + CLOCK_SKEW;
  return {
    take: (records: readonly object[]): void => {
      for (const record of records) {
        const later = rules?.later(highest, rules.valueOf(record));
        if (later !== highest && !isFuture(later)) highest = later;
      }
    },
    now: () => highest,
  };
};

type Parts = ReturnType<typeof openParts>;

/** Deals with records of slices, as ones that are there or that were deleted. */
const openRecords = (stream: Stream, kept: Kept, known: Parts['known'], now: () => number) => {
  const {primaryKey, deletes} = stream;
  const highest = openHighest(stream, kept.cursor, now);
  /** By slice, where each began: its position, which no record that is known has passed where nothing else is kept. */
  const begun = new Map<string, CursorValue | undefined>();
  return {
    highest: highest.now,
    begin: (key: string, from: CursorValue | undefined) => void begun.set(key, from),
    hasBegun: (key: string): boolean => begun.has(key),
    listed: (key: string, items: readonly DeletedItem[]): readonly object[] =>
      items.map(({item, deletedAt}) => {
        const id = idIn(item, primaryKey, 'deletes.list');
        known?.forget(key, id);
        const fields = deletes?.list?.record ? item : fieldsOf(id, primaryKey);
        // Not that of this run: one that was restored since comes behind it, and may have a lower one.
        return tombstone(stream, fields, kept.cursor ?? begun.get(key), deletedAt);
      }),
    found: (found: readonly Found[]): readonly object[] =>
      found.map(({key, id}) =>
        tombstone(stream, fieldsOf(id, primaryKey), highest.now() ?? begun.get(key), isoOf(now())),
      ),
    remember: (key: string, records: readonly object[]): void => {
      highest.take(records);
      for (const record of records) {
        const id = idOf(record, primaryKey);
        if (known === undefined || id === undefined) continue;
        // Of one that is marked nothing has to be found out any more.
        if (Reflect.get(record, DELETED_AT)) known.forget(key, id);
        else known.add(key, id);
      }
    },
  };
};

type Records = ReturnType<typeof openRecords>;

/** Puts what is kept about deletes into the blobs of a stream. */
const keepIn = (
  progress: Progress,
  {deletes}: Stream,
  {lists, known}: Parts,
  records: Records,
): Progress => {
  const withDeletes = (state: StateBlob, isKept: (key: string) => boolean): StateBlob => {
    const keepsGone = deletes?.sweep?.goneSlices === 'delete';
    const cursor = records.highest();
    const list = lists?.blob(isKept);
    const sweep = known?.blob(keepsGone ? () => true : isKept);
    const all = {
      ...(cursor !== undefined && {cursor}),
      ...(list && {list}),
      ...(sweep && {sweep}),
    };
    if (Object.keys(all).length === 0) return state;
    return {...(isEmptyBlob(state) ? {} : state), deletes: all};
  };
  return {
    ...progress,
    unfinished: () => withDeletes(progress.unfinished(), () => true),
    finished: () => withDeletes(progress.finished(), records.hasBegun),
  };
};

/** Follows what was deleted from run to run. */
const follow = (
  stream: Stream,
  kept: Kept,
  run: StreamRun,
  warn: (message: string) => void,
): StreamDeletes => {
  const mark = markBy(stream, run.now);
  const parts = openParts(stream, kept, run, warn);
  const {lists, known, sweeps} = parts;
  const records = openRecords(stream, kept, known, run.now);

  /** Where nothing is known there is nothing to be missed. */
  const warnIf =
    (key: string) =>
    (message: string): void => {
      if (known && known.of(key).size > 0) warn(message);
    };
  const readList = async (emit: EmitRecords, slice: Slice, key: string): Promise<unknown> => {
    try {
      await lists?.read(slice, key, (items) => emitDeleted(emit, records.listed(key, items)));
      return undefined;
    } catch (error) {
      run.signal.throwIfAborted();
      warn(
        `the list of what was deleted${key && ` in ${key}`} could not be read; the records are read nevertheless: ${messageOf(error)}`,
      );
      return error;
    }
  };
  return {
    slice: (emit, slice, key, progress) => {
      records.begin(key, progress.from);
      const isDue = sweeps?.isDue(key) ?? false;
      const own = isDue && isWhole(stream, progress) ? openListing(warnIf(key)) : undefined;
      let fault: unknown;
      return {
        begin: async () => {
          fault = await readList(emit, slice, key);
        },
        take: (page, emitted) => {
          own?.take(page, (record) => idOf(record, stream.primaryKey));
          const marked = mark(emitted, slice);
          records.remember(key, marked);
          return marked;
        },
        end: async () => {
          const listed = own?.complete(key) ?? (isDue ? await sweeps?.list(slice, key) : undefined);
          if (listed !== undefined) sweeps?.compare(slice, key, listed);
          // The slice is not complete without it, though its records are.
          if (fault !== undefined) throw fault;
        },
      };
    },
    settle: async (emit, isComplete) => {
      if (isComplete && stream.deletes?.sweep?.goneSlices === 'delete') {
        sweeps?.compareGone((key) => !records.hasBegun(key));
      }
      await sweeps?.settle((found) => emitDeleted(emit, records.found(found)));
    },
    withState: (progress) => keepIn(progress, stream, parts, records),
  };
};

/** Deletes that are listed or inferred are told in incremental syncs only: a full refresh replaces all that was. */
export const openDeletes = (
  {stream, start, isSelected, descriptor}: StreamNode,
  run: StreamRun,
): StreamDeletes => {
  const {deletes} = stream;
  const isKept = deletes?.list !== undefined || deletes?.sweep !== undefined;
  if (!isKept || !isSelected || start.kind === 'done' || start.deletes === undefined) {
    return markOnly(stream, run);
  }
  const warn = (message: string): void => say({descriptor, run}, 'WARN', message);
  const kept = parseKept(start.deletes.blob);
  if (kept.damaged.length > 0) {
    warn(
      `its state's ${kept.damaged.join(', ')} is not understood, so what it said of deletes counts for nothing.`,
    );
  }
  return follow(stream, kept, run, warn);
};
