// Emits deleted records as tombstones, and records that were restored.
import type {Stream} from '../../author/stream-types.ts';
import type {Slice, StreamContext} from '../../author/types.ts';
import {messageOf} from '../../errors.ts';
import type {StreamRun} from '../stream-run.ts';
import type {DeletedLists} from './deleted-list.ts';
import {flagDeleted} from './flag.ts';
import type {openRecords} from './records.ts';
import {fetchRecord} from './restored.ts';
import type {Returned} from './returned.ts';

export type DeletesPort = Pick<StreamRun, 'now' | 'startedAt'> & {
  readonly emit: (records: readonly object[]) => Promise<void>;
  readonly warn: (message: string) => void;
  /** Emits a STATE. */
  readonly save: () => Promise<void>;
  /** For requests at the stream's end. */
  readonly context: StreamContext;
};

const EMITTED_AT_ONCE = 1_000;

/**
 * Call it once the state has their ids. It is saved first: if the run is interrupted, a record that is restored before the
 * next one would stay deleted.
 */
export const emitTombstones = async (
  {emit, save}: DeletesPort,
  tombstones: readonly object[],
  isRemembered: boolean,
): Promise<void> => {
  if (isRemembered && tombstones.length > 0) await save();
  for (let from = 0; from < tombstones.length; from += EMITTED_AT_ONCE) {
    await emit(tombstones.slice(from, from + EMITTED_AT_ONCE));
  }
};

type Parts = {
  readonly lists: DeletedLists | undefined;
  readonly records: ReturnType<typeof openRecords>;
  readonly returned: Returned | undefined;
};

type EmitRestored = (record: object, slice: Slice, key: string) => Promise<object>;

export const restoredEmitter = (
  stream: Stream,
  {records}: Pick<Parts, 'records'>,
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

/** Emits tombstones, and records that were restored. Returns these, and the error if the list could not be read. */
export const deletedListReader = (
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
