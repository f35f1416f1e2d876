// The sweep: finds stored ids that complete id lists lack. An id is noted the first time, and deleted the second time or
// when the API confirms it.
import type {Sweep} from '../../author/deletes.ts';
import type {Slice, StreamContext} from '../../author/types.ts';
import {type Duration, shift} from '../../duration.ts';
import {messageOf} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {untilAborted} from '../turns/abort.ts';
import {openIdList} from './id-list.ts';
import type {IdStore} from './id-store.ts';
import {fieldsOf, type Id, idIn} from './ids.ts';
import type {Swept} from './packed-ids.ts';
import {heldBack} from './safety-limit.ts';

export type SweepRun = {
  readonly primaryKey: readonly string[];
  /**
   * One list of the slice's own records is enough, because the stream's cursor is a token: by the API's contract that list, and what comes
   * after its token, is everything. Each one must be compared, because the next one is read only once that token has expired.
   */
  readonly isProof: boolean;
  /** For requests at the stream's end. */
  readonly context: StreamContext;
  readonly startedAt: number;
  readonly warn: (message: string) => void;
};

type Missing = {
  /** Absent for a slice that is gone. */
  readonly slice: Slice | undefined;
  /** By `comparableId`. */
  readonly ids: ReadonlyMap<string, Id>;
};

/** The id of a deleted record, and the key of its slice. */
export type Found = {readonly key: string; readonly id: Id};
type Candidate = Found & {readonly text: string; readonly slice: Slice | undefined};

export type Sweeps = {
  readonly isDue: (key: string) => boolean;
  /** Lists the ids of a slice; undefined without a `read`, and if the list is not complete. */
  readonly listIds: (
    context: StreamContext,
    slice: Slice,
    key: string,
  ) => Promise<ReadonlyMap<string, Id> | undefined>;
  readonly compare: (slice: Slice, key: string, listed: ReadonlyMap<string, Id>) => void;
  /** Counts all ids of slices that are gone as missing, after a complete sync. */
  readonly compareGone: (isGone: (key: string) => boolean) => void;
  /**
   * Call it at the end of the stream: emits what is deleted, forgets it, and notes other missing ids. Resolves to false if the safety limit
   * or a failed `confirm` leaves some for the next list.
   */
  readonly settle: (emit: (found: readonly Found[]) => Promise<void>) => Promise<boolean>;
};

const NONE: ReadonlyMap<string, Id> = new Map();

/** Decides at the end of the stream which missing ids are deleted. */
const openSettling = (
  {confirm, safetyLimit}: Sweep<object, Slice>,
  store: IdStore,
  {primaryKey, isProof, context, warn}: SweepRun,
) => {
  const {signal} = context;
  const isDeleted = async ({id, slice}: Candidate): Promise<boolean> => {
    signal.throwIfAborted();
    return confirm === undefined || slice === undefined
      ? true
      : confirm(fieldsOf(id, primaryKey), {...context, slice});
  };
  /** Ids that could not be checked are neither deleted nor there. */
  const confirmAll = async (candidates: readonly Candidate[]) => {
    const [deleted, there]: [Candidate[], Candidate[]] = [[], []];
    try {
      for (const one of candidates) ((await isDeleted(one)) ? deleted : there).push(one);
    } catch (error) {
      signal.throwIfAborted();
      warn(
        `\`deletes.sweep.confirm\` failed, so missing records are checked again in the next sweep: ${messageOf(error)}`,
      );
    }
    return {deleted, there};
  };
  /** Ids that any slice has: a record that one slice lacks may have moved to another. */
  const present = (
    pending: ReadonlyMap<string, Missing>,
    listed: ReadonlySet<string>,
  ): ReadonlySet<string> => {
    const there = new Set(listed);
    for (const key of pending.size > 0 ? store.slices() : []) {
      const missing = pending.get(key)?.ids ?? NONE;
      for (const text of store.of(key).keys()) if (!missing.has(text)) there.add(text);
    }
    return there;
  };
  const candidatesIn = (key: string, {slice, ids}: Missing): readonly Candidate[] =>
    [...ids].flatMap(([text, id]) => {
      const isSecond = isProof || (store.swept(key)?.absent.has(text) ?? false);
      const isConfirmed = confirm !== undefined && slice !== undefined;
      return isSecond || isConfirmed ? [{key, id, text, slice}] : [];
    });
  const holds = (counts: Parameters<typeof heldBack>[1]): boolean => {
    const held = heldBack(safetyLimit, counts);
    if (held !== undefined) warn(held);
    return held !== undefined;
  };
  return {confirmAll, present, candidatesIn, holds};
};

const hasPassed = (
  swept: Swept | undefined,
  {startedAt, isProof}: SweepRun,
  every: Duration | undefined,
): boolean =>
  isProof ||
  swept === undefined ||
  every === undefined ||
  shift(swept.sweptAt, every, 1) <= startedAt;

export const openSweeps = (sweep: Sweep<object, Slice>, store: IdStore, run: SweepRun): Sweeps => {
  const {primaryKey, isProof, warn} = run;
  const {every, read, record, confirm} = sweep;
  const {confirmAll, present, candidatesIn, holds} = openSettling(sweep, store, run);
  /** Noted in the store only at the end, so that the next run finds them again if this one is interrupted. */
  const pending = new Map<string, Missing>();
  const listedNow = new Set<string>();
  let storedBefore = 0;
  let missingNow = 0;

  const isDue = (key: string): boolean => !store.isOff() && hasPassed(store.swept(key), run, every);
  const compare = (
    slice: Slice | undefined,
    key: string,
    listed: ReadonlyMap<string, Id>,
  ): void => {
    const before = store.of(key);
    const ids = new Map([...before].filter(([text]) => !listed.has(text)));
    storedBefore += before.size;
    missingNow += ids.size;
    for (const [text, id] of listed) {
      listedNow.add(text);
      store.add(key, id);
    }
    const absent = store.swept(key)?.absent;
    const isEnough = isProof || confirm !== undefined;
    const isOpen = [...ids.keys()].some((text) => isEnough || absent?.has(text));
    if (isOpen) pending.set(key, {slice, ids});
    else store.sweep(key, new Set(ids.keys()));
  };
  return {
    isDue,
    compare,
    listIds: async (context, slice, key) => {
      if (read === undefined) return undefined;
      const list = openIdList(warn);
      const idOf = (item: object): Id =>
        idIn(record && isObject(item) ? record(item, slice) : item, primaryKey, 'deletes.sweep');
      for await (const page of untilAborted(read({...context, slice}), context.signal)) {
        list.take(page, idOf);
      }
      return list.complete(key);
    },
    compareGone: (isGone) => {
      for (const key of store.slices()) {
        if (isGone(key) && isDue(key)) compare(undefined, key, NONE);
      }
    },
    settle: async (emit) => {
      if (store.isOff()) return true;
      const there = present(pending, listedNow);
      const found = [...pending].flatMap(([key, missing]) => candidatesIn(key, missing));
      const gone = found.filter(({text}) => !there.has(text));
      const isHeld = holds({
        deleted: gone.length,
        known: storedBefore,
        isAll: missingNow === store.total(),
      });
      const confirmed = isHeld ? {deleted: [], there: []} : await confirmAll(gone);
      await emit(confirmed.deleted);
      for (const {key, id} of confirmed.deleted) store.forget(key, id);
      // A record that has moved is stored with its new slice.
      for (const {key, id, text} of found) if (there.has(text)) store.forget(key, id);
      const isThere = new Set(confirmed.there.map(({key, text}) => `${key} ${text}`));
      for (const [key, {ids}] of pending) {
        const absent = [...ids.keys()].filter(
          (text) => store.has(key, text) && !isThere.has(`${key} ${text}`),
        );
        store.sweep(key, new Set(absent));
      }
      return confirmed.deleted.length + confirmed.there.length === gone.length;
    },
  };
};
