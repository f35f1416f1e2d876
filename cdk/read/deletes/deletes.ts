// Detects deletions while a stream is read: a flag in the record, a list of the API, or an id that is missing in a sweep.
// Each becomes a tombstone, which is emitted like other records.
import {isDeepStrictEqual} from 'node:util';
import {tracksDeletes} from '../../author/deletes.ts';
import type {Stream} from '../../author/stream-types.ts';
import {provesDeletes} from '../../author/token-cursor.ts';
import type {Page, Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import type {SliceProgress} from '../state/progress.ts';
import type {DeletedIdsState, DeletesState} from '../state/stream-state.ts';
import type {StreamRun} from '../stream-run.ts';
import {isDamaged} from './deleted-ids.ts';
import {openDeletedLists} from './deleted-list.ts';
import {flagDeleted} from './flag.ts';
import {type IdList, openIdList} from './id-list.ts';
import {type IdStore, openIdStore} from './id-store.ts';
import {idOf} from './ids.ts';
import {NO_IDS, type StoredIds, unpackSweep} from './packed-ids.ts';
import {openRecords} from './records.ts';
import {fetchRecord, openRaise} from './restored.ts';
import {openMarked, openReturned} from './returned.ts';
import {openSweeps} from './sweep.ts';

export type SliceDeletes = {
  /** Call it before the slice's records. Returns the restored records that it has emitted. */
  readonly begin: () => Promise<readonly object[]>;
  /** Call it if the slice is read from its beginning after all. Returns true if its records are compared with the known ones. */
  readonly startOver: () => boolean;
  /** Returns the records to emit: flagged ones become tombstones. */
  readonly take: (page: Page, emitted: readonly object[]) => readonly object[];
  /** True for a record that exists again: it is emitted, however old its cursor is. */
  readonly isRestored: (record: object) => boolean;
  /** Call it after the slice's records. Returns the restored records that it has emitted. */
  readonly end: () => Promise<readonly object[]>;
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
  /** Emits a STATE. */
  readonly save: () => Promise<void>;
  /** For requests at the stream's end. */
  readonly context: StreamContext;
};

/** For streams that do not track deletes from run to run. */
const onlyFlag = (stream: Stream, {now}: DeletesPort): StreamDeletes => {
  const flagged = flagDeleted(stream, now);
  return {
    slice: (_context, slice) => ({
      begin: async () => [],
      startOver: () => false,
      take: (_page, emitted) => flagged(emitted, slice),
      isRestored: () => false,
      end: async () => [],
    }),
    settle: async () => true,
    state: () => undefined,
  };
};

const EMITTED_AT_ONCE = 1_000;

/**
 * Call it once the state has their ids. It is saved first: if the run is interrupted, a record that is restored before the
 * next one would stay deleted.
 */
const emitTombstones = async (
  {emit, save}: DeletesPort,
  tombstones: readonly object[],
  isRemembered: boolean,
): Promise<void> => {
  if (isRemembered && tombstones.length > 0) await save();
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
  const lists = list && openDeletedLists(list, state.list ?? {}, {...port, primaryKey});
  const marked = openMarked(stream, state, port);
  const returned = marked && openReturned(stream, marked, port);
  const raise = openRaise(stream, warn);
  return {
    lists,
    store,
    marked,
    sweeps:
      sweep &&
      store &&
      openSweeps(sweep, store, {...port, primaryKey, isProof: provesDeletes(stream)}),
    returned,
    records: openRecords(stream, state.cursor, {
      store,
      lists,
      returned,
      marked,
      raise,
      now: port.now,
    }),
  };
};

type Parts = ReturnType<typeof openParts>;

type EmitRestored = (record: object, slice: Slice, key: string) => Promise<object>;

const restoredEmitter = (
  stream: Stream,
  {records}: Parts,
  {emit, now}: DeletesPort,
): EmitRestored => {
  const flagged = flagDeleted(stream, now);
  return async (record, slice, key) => {
    const taken = flagged(records.restored([record]), slice);
    await emit(taken);
    records.remember(key, taken);
    return record;
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

/** Emits tombstones, and records that were restored. Returns these, and the error if the list could not be read. */
const deletedListReader = (
  {deletes, primaryKey}: Stream,
  {lists, records, returned}: Parts,
  emitRestored: EmitRestored,
  port: DeletesPort,
): ((
  context: StreamContext,
  slice: Slice,
  key: string,
) => Promise<{readonly restored: readonly object[]; readonly fault?: unknown}>) => {
  const {restores} = deletes?.list ?? {};
  const fetch = restores?.fetch ?? (async () => undefined);
  return async (context, slice, key) => {
    const restored: object[] = [];
    try {
      const missing = await lists?.read(context, slice, key, {
        of: (items) => records.ofList(key, items),
        cursorOf: records.cursorOf,
        emit: async (tombstones) => {
          // With `restores` the list itself shows what is restored.
          if (!restores) returned?.mark(key, tombstones);
          await emitTombstones(port, tombstones, (restores ?? returned) !== undefined);
        },
      });
      for (const one of missing ?? []) {
        const option = 'deletes.list.restores.fetch';
        const within = {...context, slice};
        const record = await fetchRecord(fetch, option, one, primaryKey, within);
        if (record !== undefined) restored.push(await emitRestored(record, slice, key));
        else if (one.isPending) await port.emit([records.ofMissing(one)]);
        lists?.forget(one.id);
      }
      return {restored};
    } catch (error) {
      context.signal.throwIfAborted();
      port.warn(
        `the list of deleted records${key && ` of ${key}`} could not be read; other records are read, but the slice stays incomplete: ${messageOf(error)}`,
      );
      return {restored, fault: error};
    }
  };
};

const sweepState = (
  state: DeletesState['sweep'],
  deleted: DeletedIdsState | undefined,
): DeletesState['sweep'] => (state && 'known' in state ? {...state, deleted} : state);

const trackDeletes = (
  stream: Stream,
  state: DeletesState,
  stored: StoredIds,
  port: DeletesPort,
): StreamDeletes => {
  const {now, warn} = port;
  const flagged = flagDeleted(stream, now);
  const parts = openParts(stream, state, stored, port);
  const {lists, store, sweeps, marked, returned, records} = parts;
  const emitRestored = restoredEmitter(stream, parts, port);
  const deletesGone = stream.deletes?.sweep?.goneSlices === 'delete';
  const {slices} = stream;
  /** Only slices of parents that changed are listed: the others are not gone. */
  const isPartial = slices.kind === 'parent' && slices.incremental;

  const ownLists = openOwnLists(store, warn);
  const readDeletedList = deletedListReader(stream, parts, emitRestored, port);
  return {
    slice: (context, slice, key, progress) => {
      records.begin(key, progress.from);
      const isDue = sweeps?.isDue(key) ?? false;
      let ownIds = isDue && listsAll(stream, progress) ? ownLists.open(key) : undefined;
      let fault: unknown;
      return {
        begin: async () => {
          const read = await readDeletedList(context, slice, key);
          fault = read.fault;
          return read.restored;
        },
        startOver: () => {
          ownIds = isDue ? ownLists.open(key) : undefined;
          return ownIds !== undefined;
        },
        take: (page, emitted) => {
          ownIds?.take(page, (record) => idOf(record, stream.primaryKey));
          const taken = flagged(records.restored(emitted), slice);
          records.remember(key, taken);
          return taken;
        },
        isRestored: records.isRestored,
        end: async () => {
          const ids =
            ownIds?.complete(key) ??
            (isDue ? await sweeps?.listIds(context, slice, key) : undefined);
          if (ids !== undefined) sweeps?.compare(slice, key, ids);
          // The slice fails without its deleted list, after its records were read.
          if (fault !== undefined) throw fault;
          return (
            (await returned?.find(ids, {...context, slice}, (record) =>
              emitRestored(record, slice, key),
            )) ?? []
          );
        },
      };
    },
    settle: async (isComplete) => {
      if (isComplete && deletesGone) sweeps?.compareGone((key) => !records.hasBegun(key));
      const settled = await sweeps?.settle(async (found) => {
        const tombstones = records.ofSweep(found);
        for (const [index, {key}] of found.entries()) {
          returned?.mark(key, tombstones.slice(index, index + 1));
        }
        await emitTombstones(port, tombstones, returned !== undefined);
      });
      returned?.end();
      return (settled ?? true) && !ownLists.isShort();
    },
    state: (isFinished) => {
      const isKept = isFinished && !isPartial ? records.hasBegun : () => true;
      return {
        cursor: records.highest(),
        list: lists?.state(isKept),
        sweep: sweepState(
          store?.state(deletesGone ? () => true : isKept),
          marked?.state(() => true),
        ),
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
  if (state === undefined || !tracksDeletes(stream)) return onlyFlag(stream, port);
  const {sweep} = state;
  const stored = unpackSweep(sweep);
  const damaged = [
    ...(state.damaged ?? []),
    ...(stored ? [] : ['deletes.sweep']),
    ...(isDamaged(state.list?.deleted) ? ['deletes.list.deleted'] : []),
    ...(sweep && 'known' in sweep && isDamaged(sweep.deleted) ? ['deletes.sweep.deleted'] : []),
  ];
  if (damaged.length > 0) {
    port.warn(
      `its state has damaged keys: ${damaged.join(', ')}. They are ignored, so deleted records may stay in the destination. A full refresh removes them.`,
    );
  }
  return trackDeletes(stream, state, stored ?? NO_IDS, port);
};
