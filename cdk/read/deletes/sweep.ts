// The sweep: ids of the store that complete id lists lack. One is noted the first time, and deleted the second, or when the
// API confirms it.
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
  /** Of the stream as a whole, for what is asked at its end. */
  readonly context: StreamContext;
  readonly startedAt: number;
  readonly warn: (message: string) => void;
};

/** Of one slice, with ids that may be deleted. */
type Missing = {
  /** Absent for a slice that is gone. */
  readonly slice: Slice | undefined;
  /** By `comparableId`. */
  readonly ids: ReadonlyMap<string, Id>;
};

/** A record that is deleted, and the slice in which it was. */
export type Found = {readonly key: string; readonly id: Id};
type Candidate = Found & {readonly text: string; readonly slice: Slice | undefined};

export type Sweeps = {
  readonly isDue: (key: string) => boolean;
  /** Lists the ids of a slice; undefined without a `read`, and where the list is not complete. */
  readonly listIds: (
    context: StreamContext,
    slice: Slice,
    key: string,
  ) => Promise<ReadonlyMap<string, Id> | undefined>;
  /** Compares a complete list with the store. */
  readonly compare: (slice: Slice, key: string, listed: ReadonlyMap<string, Id>) => void;
  /** The same for slices that are gone, after a complete sync. */
  readonly compareGone: (isGone: (key: string) => boolean) => void;
  /** At the end of the stream: hands out what is deleted, then forgets it, and notes what else is missing. */
  readonly settle: (emit: (found: readonly Found[]) => Promise<void>) => Promise<void>;
};

const NONE: ReadonlyMap<string, Id> = new Map();

/** Looks through what is missing, at the end of the stream. */
const openSettling = (
  {confirm, safetyLimit}: Sweep<object, Slice>,
  store: IdStore,
  {primaryKey, context, warn}: SweepRun,
) => {
  const {signal} = context;
  const isDeleted = async ({id, slice}: Candidate): Promise<boolean> => {
    signal.throwIfAborted();
    return confirm === undefined || slice === undefined
      ? true
      : confirm(fieldsOf(id, primaryKey), {...context, slice});
  };
  /** Those that are deleted, and those that are there after all; what could not be asked for is neither. */
  const ask = async (candidates: readonly Candidate[]) => {
    const [deleted, there]: [Candidate[], Candidate[]] = [[], []];
    try {
      for (const one of candidates) ((await isDeleted(one)) ? deleted : there).push(one);
    } catch (error) {
      signal.throwIfAborted();
      warn(
        `whether missing records are deleted could not be asked, so they wait for the next sweep: ${messageOf(error)}`,
      );
    }
    return {deleted, there};
  };
  /** What is there in any slice: a record that is missing in one may have moved. */
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
      const isSecond = store.swept(key)?.absent.has(text) ?? false;
      const isAsked = confirm !== undefined && slice !== undefined;
      return isSecond || isAsked ? [{key, id, text, slice}] : [];
    });
  const holds = (counts: Parameters<typeof heldBack>[1]): boolean => {
    const held = heldBack(safetyLimit, counts);
    if (held !== undefined) warn(held);
    return held !== undefined;
  };
  return {ask, present, candidatesIn, holds};
};

const isOver = (
  swept: Swept | undefined,
  {startedAt}: SweepRun,
  every: Duration | undefined,
): boolean =>
  swept === undefined || every === undefined || shift(swept.sweptAt, every, 1) <= startedAt;

export const openSweeps = (sweep: Sweep<object, Slice>, store: IdStore, run: SweepRun): Sweeps => {
  const {primaryKey, warn} = run;
  const {every, read, record, confirm} = sweep;
  const {ask, present, candidatesIn, holds} = openSettling(sweep, store, run);
  /** What is noted of these is so at the end, so that a run that is cut off before finds it again. */
  const pending = new Map<string, Missing>();
  const listedNow = new Set<string>();
  let storedBefore = 0;
  let missingNow = 0;

  const isDue = (key: string): boolean => !store.isOff() && isOver(store.swept(key), run, every);
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
    const isOpen = [...ids.keys()].some((text) => confirm !== undefined || absent?.has(text));
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
      if (store.isOff()) return;
      const there = present(pending, listedNow);
      const found = [...pending].flatMap(([key, missing]) => candidatesIn(key, missing));
      const gone = found.filter(({text}) => !there.has(text));
      const isHeld = holds({
        deleted: gone.length,
        known: storedBefore,
        isAll: missingNow === store.total(),
      });
      const answers = isHeld ? {deleted: [], there: []} : await ask(gone);
      await emit(answers.deleted);
      for (const {key, id} of answers.deleted) store.forget(key, id);
      // One that has moved is looked for where it is now.
      for (const {key, id, text} of found) if (there.has(text)) store.forget(key, id);
      const isThere = new Set(answers.there.map(({key, text}) => `${key} ${text}`));
      for (const [key, {ids}] of pending) {
        const absent = [...ids.keys()].filter(
          (text) => store.has(key, text) && !isThere.has(`${key} ${text}`),
        );
        store.sweep(key, new Set(absent));
      }
    },
  };
};
