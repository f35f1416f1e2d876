// What was deleted, as a stream that is being read finds it: flagged in the record itself, listed by the API, or missing in a
// sweep. Each of them ends in tombstones, which are emitted like other records.
import {isDeepStrictEqual} from 'node:util';
import type {Stream} from '../../author/stream-value.ts';
import type {CursorValue, Page, Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import {cursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import {CLOCK_SKEW} from '../state/follow-cursor.ts';
import type {SliceProgress} from '../state/progress.ts';
import type {DeletesState} from '../state/stream-state.ts';
import {type DeletedItem, openDeletedLists} from './deleted-list.ts';
import {flagDeleted} from './flag.ts';
import {openIdList} from './id-list.ts';
import {type IdStore, openIdStore} from './id-store.ts';
import {fieldsOf, idIn, idOf} from './ids.ts';
import {NO_IDS, type StoredIds, unpackSweep} from './packed-ids.ts';
import {type Found, openSweeps} from './sweep.ts';
import {DELETED_AT, tombstone} from './tombstone.ts';

/** What is done around the reading of one slice. */
export type SliceDeletes = {
  /** Before its records. */
  readonly begin: () => Promise<void>;
  /** Takes one page, and those of its records that are emitted; returns them as they are to be emitted. */
  readonly take: (page: Page, emitted: readonly object[]) => readonly object[];
  /** When all of them were read. */
  readonly end: () => Promise<void>;
};

export type StreamDeletes = {
  readonly slice: (
    context: StreamContext,
    slice: Slice,
    key: string,
    progress: Pick<SliceProgress, 'from' | 'resume'>,
  ) => SliceDeletes;
  /** After all slices, whether all of them are complete or not. */
  readonly settle: (isComplete: boolean) => Promise<void>;
  /**
   * Its part of the stream's state; undefined for a stream that keeps nothing about deletes.
   * @param isFinished whether every slice is complete; slices that are gone are then forgotten
   */
  readonly state: (isFinished: boolean) => DeletesState | undefined;
};

/** What deletes need of the run. */
export type DeletesPort = {
  /** Emits records in their form, and counts them. */
  readonly emit: (records: readonly object[]) => Promise<void>;
  readonly warn: (message: string) => void;
  /** Of the stream as a whole, for what is requested at its end. */
  readonly context: StreamContext;
  readonly now: () => number;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
};

const nothing = async (): Promise<void> => {};

/** For streams that keep nothing about deletes. */
const onlyFlag = (stream: Stream, {now}: DeletesPort): StreamDeletes => {
  const flagged = flagDeleted(stream, now);
  return {
    slice: (_context, slice) => ({
      begin: nothing,
      take: (_page, emitted) => flagged(emitted, slice),
      end: nothing,
    }),
    settle: nothing,
    state: () => undefined,
  };
};

const EMITTED_AT_ONCE = 1_000;

/** Emits tombstones like any other records, before the STATE that covers them. */
const emitTombstones = async (
  {emit}: DeletesPort,
  tombstones: readonly object[],
): Promise<void> => {
  for (let from = 0; from < tombstones.length; from += EMITTED_AT_ONCE) {
    await emit(tombstones.slice(from, from + EMITTED_AT_ONCE));
  }
};

/**
 * Ids that are known after another `cursor.start` may lie before the one of now, and be missing for that; those of
 * another primary key are in no list at all.
 */
const usableIds = (
  {cursor, deletes, primaryKey}: Stream,
  stored: StoredIds,
  warn: (message: string) => void,
): StoredIds => {
  const {key, from, ids} = stored;
  const isBound = deletes?.sweep?.read === undefined && !cursor?.clientSide;
  const reasons = [
    ...(isBound && from !== cursor?.start
      ? [`it is read from ${cursor?.start} on now, not from ${from}`]
      : []),
    ...(isDeepStrictEqual(key, primaryKey)
      ? []
      : [`its primary key is ${primaryKey.join(', ')} now, not ${key?.join(', ')}`]),
  ];
  if (ids.size === 0 || reasons.length === 0) return stored;
  warn(
    `${reasons.join(', and ')}: the ids that were known are forgotten, and nothing that was deleted since the last sweep will be found.`,
  );
  return {...NO_IDS, off: stored.off};
};

/** Whether a reading that begins there lists all that there is in a slice. */
const listsAll = (
  {cursor, window}: Stream,
  {from, resume}: Pick<SliceProgress, 'from' | 'resume'>,
): boolean => {
  const isUnbound = cursor?.clientSide === true && cursor.order !== 'descending';
  return window === undefined && resume === undefined && (isUnbound || from === cursor?.start);
};

const DEFAULT_LIMIT = 200_000;

const openParts = (stream: Stream, state: DeletesState, stored: StoredIds, port: DeletesPort) => {
  const {list, sweep} = stream.deletes ?? {};
  const {startedAt, warn} = port;
  const {primaryKey} = stream;
  const store =
    sweep &&
    openIdStore(usableIds(stream, stored, warn), {
      limit: sweep.limit ?? DEFAULT_LIMIT,
      key: primaryKey,
      from: stream.cursor?.start,
      startedAt,
      warn,
    });
  return {
    lists: list && openDeletedLists(list, state.list ?? {}, port),
    store,
    sweeps: sweep && store && openSweeps(sweep, store, {...port, primaryKey}),
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

/** The records of all slices: those that are there, and tombstones of those that were deleted. */
const openRecords = (
  stream: Stream,
  before: CursorValue | undefined,
  store: IdStore | undefined,
  now: () => number,
) => {
  const {primaryKey, deletes} = stream;
  const highest = openHighest(stream, before, now);
  /** By slice, where each began: no record that is known has a later cursor where nothing else is kept. */
  const begun = new Map<string, CursorValue | undefined>();
  return {
    highest: highest.now,
    begin: (key: string, from: CursorValue | undefined) => void begun.set(key, from),
    hasBegun: (key: string): boolean => begun.has(key),
    /** Tombstones of items of a deleted list. */
    ofList: (key: string, items: readonly DeletedItem[]): readonly object[] =>
      items.map(({item, deletedAt}) => {
        const id = idIn(item, primaryKey, 'deletes.list');
        store?.forget(key, id);
        const fields = deletes?.list?.record ? item : fieldsOf(id, primaryKey);
        // Not the highest of this run: one that was restored since comes after it, and may have a lower one.
        return tombstone(stream, fields, before ?? begun.get(key), deletedAt);
      }),
    /** Tombstones of what a sweep has found. */
    ofSweep: (found: readonly Found[]): readonly object[] =>
      found.map(({key, id}) =>
        tombstone(stream, fieldsOf(id, primaryKey), highest.now() ?? begun.get(key), isoOf(now())),
      ),
    remember: (key: string, records: readonly object[]): void => {
      highest.take(records);
      for (const record of records) {
        const id = idOf(record, primaryKey);
        if (store === undefined || id === undefined) continue;
        // That one which is flagged is deleted need not be found out any more.
        if (Reflect.get(record, DELETED_AT)) store.forget(key, id);
        else store.add(key, id);
      }
    },
  };
};

/** Follows what was deleted from run to run. */
const follow = (
  stream: Stream,
  state: DeletesState,
  stored: StoredIds,
  port: DeletesPort,
): StreamDeletes => {
  const {
    context: {signal},
    now,
    warn,
  } = port;
  const flagged = flagDeleted(stream, now);
  const {lists, store, sweeps} = openParts(stream, state, stored, port);
  const records = openRecords(stream, state.cursor, store, now);
  const deletesGone = stream.deletes?.sweep?.goneSlices === 'delete';
  const {slices} = stream;
  /** Only the slices of parents that changed are listed: the others are not gone. */
  const isPartial = slices.kind === 'parent' && slices.incremental;

  /** Where no ids are known none can be missing. */
  const warnIf =
    (key: string) =>
    (message: string): void => {
      if (store && store.of(key).size > 0) warn(message);
    };
  const readDeletedList = async (
    context: StreamContext,
    slice: Slice,
    key: string,
  ): Promise<unknown> => {
    try {
      await lists?.read(context, slice, key, (items) =>
        emitTombstones(port, records.ofList(key, items)),
      );
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      warn(
        `the list of what was deleted${key && ` in ${key}`} could not be read; the records are read nevertheless: ${messageOf(error)}`,
      );
      return error;
    }
  };
  return {
    slice: (context, slice, key, progress) => {
      records.begin(key, progress.from);
      const isDue = sweeps?.isDue(key) ?? false;
      const ownIds = isDue && listsAll(stream, progress) ? openIdList(warnIf(key)) : undefined;
      let fault: unknown;
      return {
        begin: async () => {
          fault = await readDeletedList(context, slice, key);
        },
        take: (page, emitted) => {
          ownIds?.take(page, (record) => idOf(record, stream.primaryKey));
          const taken = flagged(emitted, slice);
          records.remember(key, taken);
          return taken;
        },
        end: async () => {
          const ids =
            ownIds?.complete(key) ??
            (isDue ? await sweeps?.listIds(context, slice, key) : undefined);
          if (ids !== undefined) sweeps?.compare(slice, key, ids);
          // The slice is not complete without it, though its records are.
          if (fault !== undefined) throw fault;
        },
      };
    },
    settle: async (isComplete) => {
      if (isComplete && deletesGone) sweeps?.compareGone((key) => !records.hasBegun(key));
      await sweeps?.settle((found) => emitTombstones(port, records.ofSweep(found)));
    },
    state: (isFinished) => {
      const isKept = isFinished && !isPartial ? records.hasBegun : () => true;
      return {
        cursor: records.highest(),
        list: lists?.state(isKept),
        sweep: store?.state(deletesGone ? () => true : isKept),
      };
    },
  };
};

/** @param state what an earlier run kept; undefined where deletes are not followed: a full refresh replaces all that was. */
export const openDeletes = (
  stream: Stream,
  state: DeletesState | undefined,
  port: DeletesPort,
): StreamDeletes => {
  const {list, sweep} = stream.deletes ?? {};
  if (state === undefined || (list === undefined && sweep === undefined)) {
    return onlyFlag(stream, port);
  }
  const stored = unpackSweep(state.sweep);
  const damaged = [...(state.damaged ?? []), ...(stored ? [] : ['deletes.sweep'])];
  if (damaged.length > 0) {
    port.warn(
      `its state's ${damaged.join(', ')} is not understood, so what it said of deletes counts for nothing.`,
    );
  }
  return follow(stream, state, stored ?? NO_IDS, port);
};
