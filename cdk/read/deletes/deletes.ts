// Detects deletions while a stream is read: a flag in the record, a list of the API, or an id that is missing in a sweep.
// Each becomes a tombstone, which is emitted like other records.
import {isDeepStrictEqual} from 'node:util';
import type {Stream} from '../../author/stream-types.ts';
import {provesDeletes} from '../../author/token-cursor.ts';
import type {CursorValue, Page, Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import {cursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import {CLOCK_SKEW} from '../state/follow-cursor.ts';
import type {SliceProgress} from '../state/progress.ts';
import type {DeletesState} from '../state/stream-state.ts';
import type {StreamRun} from '../stream-run.ts';
import {type DeletedItem, openDeletedLists} from './deleted-list.ts';
import {flagDeleted} from './flag.ts';
import {type IdList, openIdList} from './id-list.ts';
import {type IdStore, openIdStore} from './id-store.ts';
import {fieldsOf, idIn, idOf} from './ids.ts';
import {NO_IDS, type StoredIds, unpackSweep} from './packed-ids.ts';
import {type Found, openSweeps} from './sweep.ts';
import {DELETED_AT, tombstone} from './tombstone.ts';

export type SliceDeletes = {
  /** Call it before the slice's records. */
  readonly begin: () => Promise<void>;
  /** Call it if the slice is read from its beginning after all. Returns true if its records are compared with the known ones. */
  readonly startOver: () => boolean;
  /** Returns the records to emit: flagged ones become tombstones. */
  readonly take: (page: Page, emitted: readonly object[]) => readonly object[];
  /** Call it after the slice's records. */
  readonly end: () => Promise<void>;
};

export type StreamDeletes = {
  readonly slice: (
    context: StreamContext,
    slice: Slice,
    key: string,
    progress: Pick<SliceProgress, 'from' | 'resume'>,
  ) => SliceDeletes;
  /** Call it after all slices, also if some of them failed. Resolves to false if missing records are still to be compared. */
  readonly settle: (isComplete: boolean) => Promise<boolean>;
  /** @param isFinished all slices are complete: slices that are no longer listed are then forgotten */
  readonly state: (isFinished: boolean) => DeletesState | undefined;
};

export type DeletesPort = Pick<StreamRun, 'now' | 'startedAt'> & {
  readonly emit: (records: readonly object[]) => Promise<void>;
  readonly warn: (message: string) => void;
  /** For requests at the stream's end. */
  readonly context: StreamContext;
};

const nothing = async (): Promise<void> => {};

/** For streams that do not track deletes from run to run. */
const onlyFlag = (stream: Stream, {now}: DeletesPort): StreamDeletes => {
  const flagged = flagDeleted(stream, now);
  return {
    slice: (_context, slice) => ({
      begin: nothing,
      startOver: () => false,
      take: (_page, emitted) => flagged(emitted, slice),
      end: nothing,
    }),
    settle: async () => true,
    state: () => undefined,
  };
};

const EMITTED_AT_ONCE = 1_000;

const emitTombstones = async (
  {emit}: DeletesPort,
  tombstones: readonly object[],
): Promise<void> => {
  for (let from = 0; from < tombstones.length; from += EMITTED_AT_ONCE) {
    await emit(tombstones.slice(from, from + EMITTED_AT_ONCE));
  }
};

/** Forgets ids that were stored with another `cursor.start` or primary key: a list may lack them only because of that. */
const usableIds = (
  {cursor, deletes, primaryKey}: Stream,
  stored: StoredIds,
  warn: (message: string) => void,
): StoredIds => {
  const {key, from, ids} = stored;
  const isBound = deletes?.sweep?.read === undefined && !cursor?.clientSide;
  const reasons = [
    ...(isBound && from !== cursor?.start
      ? [`its \`cursor.start\` is now ${cursor?.start}, not ${from}`]
      : []),
    ...(isDeepStrictEqual(key, primaryKey)
      ? []
      : [`its primary key is now ${primaryKey.join(', ')}, not ${key?.join(', ')}`]),
  ];
  if (ids.size === 0 || reasons.length === 0) return stored;
  warn(
    `${reasons.join(', and ')}: the known ids are forgotten, and records deleted since the last sweep will not be detected. A full refresh removes them.`,
  );
  return {...NO_IDS, off: stored.off};
};

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
    sweeps:
      sweep &&
      store &&
      openSweeps(sweep, store, {
        ...port,
        primaryKey,
        isProof: provesDeletes(stream),
      }),
  };
};

/** Tracks the highest emitted cursor. A tombstone with a cursor in the future would hide a restored record. */
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

const openRecords = (
  stream: Stream,
  before: CursorValue | undefined,
  store: IdStore | undefined,
  now: () => number,
) => {
  const {primaryKey, deletes} = stream;
  const highest = openHighest(stream, before, now);
  /** The start of each slice by its key: the cursor of its tombstones if no higher one is known. */
  const begun = new Map<string, CursorValue | undefined>();
  return {
    highest: highest.now,
    begin: (key: string, from: CursorValue | undefined) => void begun.set(key, from),
    hasBegun: (key: string): boolean => begun.has(key),
    ofList: (key: string, items: readonly DeletedItem[]): readonly object[] =>
      items.map(({item, deletedAt}) => {
        const id = idIn(item, primaryKey, 'deletes.list');
        store?.forget(key, id);
        const fields = deletes?.list?.record ? item : fieldsOf(id, primaryKey);
        // Not the highest cursor of this run: a record restored since is emitted later, and may have a lower one.
        return tombstone(stream, fields, before ?? begun.get(key), deletedAt);
      }),
    ofSweep: (found: readonly Found[]): readonly object[] =>
      found.map(({key, id}) =>
        tombstone(stream, fieldsOf(id, primaryKey), highest.now() ?? begun.get(key), isoOf(now())),
      ),
    remember: (key: string, records: readonly object[]): void => {
      highest.take(records);
      for (const record of records) {
        const id = idOf(record, primaryKey);
        if (store === undefined || id === undefined) continue;
        // A flagged record is already deleted, so the sweep need not find it.
        if (Reflect.get(record, DELETED_AT)) store.forget(key, id);
        else store.add(key, id);
      }
    },
  };
};

/** Lists of the slices' own records. Without known ids an incomplete one does not matter. */
const openOwnLists = (store: IdStore | undefined, warn: (message: string) => void) => {
  let isShort = false;
  return {
    open: (key: string): IdList =>
      openIdList((message) => {
        isShort = true;
        if (store && store.of(key).size > 0) warn(message);
      }),
    /** True if one was not complete. */
    isShort: () => isShort,
  };
};

const trackDeletes = (
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
  /** Only slices of parents that changed are listed: the others are not gone. */
  const isPartial = slices.kind === 'parent' && slices.incremental;

  const ownLists = openOwnLists(store, warn);
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
        `the list of deleted records${key && ` of ${key}`} could not be read; other records are read, but the slice stays incomplete: ${messageOf(error)}`,
      );
      return error;
    }
  };
  return {
    slice: (context, slice, key, progress) => {
      records.begin(key, progress.from);
      const isDue = sweeps?.isDue(key) ?? false;
      let ownIds = isDue && listsAll(stream, progress) ? ownLists.open(key) : undefined;
      let fault: unknown;
      return {
        begin: async () => {
          fault = await readDeletedList(context, slice, key);
        },
        startOver: () => {
          ownIds = isDue ? ownLists.open(key) : undefined;
          return ownIds !== undefined;
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
          // The slice fails without its deleted list, after its records were read.
          if (fault !== undefined) throw fault;
        },
      };
    },
    settle: async (isComplete) => {
      if (isComplete && deletesGone) sweeps?.compareGone((key) => !records.hasBegun(key));
      const emit = (found: readonly Found[]) => emitTombstones(port, records.ofSweep(found));
      const isSettled = (await sweeps?.settle(emit)) ?? true;
      return isSettled && !ownLists.isShort();
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

/** @param state undefined if deletes are not tracked, because a full refresh replaces all records */
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
      `its state has damaged keys: ${damaged.join(', ')}. They are ignored, and records deleted since the last sync may not be detected. A full refresh removes them.`,
    );
  }
  return trackDeletes(stream, state, stored ?? NO_IDS, port);
};
