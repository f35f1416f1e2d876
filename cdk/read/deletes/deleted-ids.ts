// Remembers the records that a list shows as deleted, to notice the ones that are restored without a new cursor value.
import {isDeepStrictEqual} from 'node:util';
import type {CursorValue} from '../../author/types.ts';
import {isCursorValue} from '../cursor/rules.ts';
import {jsonOf, mapIn} from '../state/fields.ts';
import type {DeletedIdsState} from '../state/stream-state.ts';
import {comparableId, type Id, isId} from './ids.ts';
import {pack, unpack} from './packed-ids.ts';

/** Airbyte platforms limit the size of a state, and each STATE has it. */
const MAX_PACKED = 1024 * 1024;

export type DeletedId = {
  readonly id: Id;
  /** When it was deleted, as in the list. */
  readonly at: CursorValue;
  /** The cursor of its tombstone; undefined for one without. */
  readonly cursor: CursorValue | undefined;
  /** Saved before its tombstone was emitted: an interrupted run may not have emitted it. */
  readonly isPending?: boolean;
};

/** By `comparableId`. */
type DeletedIdsOfSlice = ReadonlyMap<string, DeletedId>;

export type DeletedIds = {
  readonly of: (slice: string) => DeletedIdsOfSlice;
  /** In whichever slice it is. */
  readonly get: (id: Id) => DeletedId | undefined;
  readonly add: (slice: string, deleted: DeletedId) => void;
  /** In whichever slice it is. */
  readonly forget: (id: Id) => void;
  /** @param isKept the other slices are forgotten */
  readonly state: (isKept: (slice: string) => boolean) => DeletedIdsState | undefined;
};

const NONE: DeletedIdsOfSlice = new Map();

const deletedIn = (value: unknown): DeletedId | undefined => {
  const [id, at, cursor, isPending]: readonly unknown[] = Array.isArray(value) ? value : [];
  if (!isId(id) || !isCursorValue(at)) return undefined;
  return {
    id,
    at,
    cursor: isCursorValue(cursor) ? cursor : undefined,
    isPending: isPending === true,
  };
};

const sliceIn = (value: unknown): Map<string, DeletedId> | undefined => {
  if (!Array.isArray(value)) return undefined;
  const all = value.map(deletedIn).filter((one) => one !== undefined);
  return all.length === value.length
    ? new Map(all.map((one) => [comparableId(one.id), one]))
    : undefined;
};

/** Undefined if it is damaged. */
const unpackSlices = (
  state: DeletedIdsState | undefined,
): ReadonlyMap<string, Map<string, DeletedId>> | undefined =>
  state === undefined ? new Map() : mapIn(unpack(state.ids), sliceIn);

export const isDamaged = (state: DeletedIdsState | undefined): boolean =>
  unpackSlices(state) === undefined;

const packSlice = (slice: DeletedIdsOfSlice): readonly unknown[] =>
  [...slice.values()].map(({id, at, cursor = null, isPending}) =>
    isPending ? [id, at, cursor, true] : [id, at, ...(cursor === null ? [] : [cursor])],
  );

export type DeletedIdsOptions = {
  /** Ids of another primary key are forgotten. */
  readonly key: readonly string[];
  /** Ids that were deleted before this ISO 8601 time are forgotten; only for times in that notation. */
  readonly oldest?: string;
  readonly warn: (message: string) => void;
  /** Says what to do if there are too many. */
  readonly hint?: string;
};

const usable = (
  stored: DeletedIdsState | undefined,
  {key, oldest}: DeletedIdsOptions,
): Map<string, Map<string, DeletedId>> => {
  const slices = isDeepStrictEqual(stored?.key, key) ? unpackSlices(stored) : undefined;
  const isKept = ({at}: DeletedId): boolean => oldest === undefined || String(at) >= oldest;
  return new Map(
    [...(slices ?? [])].map(([slice, ids]) => [
      slice,
      new Map([...ids].filter(([, deleted]) => isKept(deleted))),
    ]),
  );
};

export const openDeletedIds = (
  stored: DeletedIdsState | undefined,
  options: DeletedIdsOptions,
): DeletedIds => {
  const {key, warn, hint = ''} = options;
  const slices = usable(stored, options);
  const sliceOf = new Map(
    [...slices].flatMap(([slice, ids]) => [...ids.keys()].map((id) => [id, slice])),
  );
  let packed: string | undefined;
  let isFull = false;
  const clear = (): void => {
    slices.clear();
    sliceOf.clear();
  };
  const forget = (id: Id): void => {
    const text = comparableId(id);
    const slice = sliceOf.get(text);
    if (slice === undefined) return;
    slices.get(slice)?.delete(text);
    sliceOf.delete(text);
    packed = undefined;
  };
  const packAll = (isKept: (slice: string) => boolean): string => {
    const kept = [...slices].filter(([slice, ids]) => ids.size > 0 && isKept(slice));
    if (kept.length < slices.size) return pack(jsonOf(new Map(kept), packSlice));
    packed ??= pack(jsonOf(slices, packSlice));
    return packed;
  };
  return {
    of: (slice) => slices.get(slice) ?? NONE,
    get: (id) => {
      const text = comparableId(id);
      return slices.get(sliceOf.get(text) ?? '')?.get(text);
    },
    add: (slice, deleted) => {
      if (isFull) return;
      forget(deleted.id);
      const text = comparableId(deleted.id);
      slices.set(slice, (slices.get(slice) ?? new Map()).set(text, deleted));
      sliceOf.set(text, slice);
      packed = undefined;
    },
    forget,
    state: (isKept) => {
      if (sliceOf.size === 0) return undefined;
      const ids = packAll(isKept);
      if (ids.length <= MAX_PACKED) return {ids, key};
      warn(
        `the ids of ${sliceOf.size} deleted records take ${ids.length} bytes in the state, which is too much. They are forgotten, so a record that is restored without a new cursor stays deleted.${hint}`,
      );
      isFull = true;
      clear();
      return undefined;
    },
  };
};
