// The id store: the ids of a stream's records, slice by slice, and how they get into its state without being packed again for
// each STATE.

import type {CursorValue} from '../../author/types.ts';
import type {SweepState} from '../state/stream-state.ts';
import {comparableId, type Id} from './ids.ts';
import {type Ids, packIds, packSwept, type StoredIds, type Swept} from './packed-ids.ts';

/** What an Airbyte platform keeps of a state is not endless, and each STATE carries it. */
const MAX_PACKED = 1024 * 1024;

/** New ids are packed by as many at a time. */
const PACKED_AT_ONCE = 2_000;

export type IdStore = {
  /** None where the sweep is off. */
  readonly of: (slice: string) => ReadonlyMap<string, Id>;
  readonly swept: (slice: string) => Swept | undefined;
  readonly slices: () => readonly string[];
  /** How many ids there are, in all slices. */
  readonly total: () => number;
  readonly has: (slice: string, text: string) => boolean;
  readonly add: (slice: string, id: Id) => void;
  readonly forget: (slice: string, id: Id) => void;
  readonly sweep: (slice: string, absent: ReadonlySet<string>) => void;
  readonly isOff: () => boolean;
  /** @param isKept which slices are; the others are forgotten */
  readonly state: (isKept: (slice: string) => boolean) => SweepState;
};

export type IdStoreOptions = {
  readonly limit: number;
  /** The stream's primary key. */
  readonly key: readonly string[];
  readonly from: CursorValue | undefined;
  readonly startedAt: number;
  readonly warn: (message: string) => void;
};

const NONE: ReadonlyMap<string, Id> = new Map();

const lengthOf = (texts: readonly string[]): number =>
  texts.reduce((length, text) => length + text.length, 0);

/** Packed once; what comes later is packed beside it, until something is forgotten. */
const openPacker = (ids: ReadonlyMap<string, Ids>) => {
  let sealed: string[] | undefined;
  let fresh = new Map<string, Ids>();
  let count = 0;
  return {
    add: (slice: string, text: string, id: Id): void => {
      const some = fresh.get(slice) ?? new Map();
      fresh.set(slice, some.set(text, id));
      count += 1;
      if (sealed === undefined || count < PACKED_AT_ONCE) return;
      sealed.push(packIds(fresh));
      fresh = new Map();
      count = 0;
    },
    forget: (): void => {
      sealed = undefined;
    },
    packed: (): readonly string[] => {
      if (sealed === undefined) {
        sealed = ids.size === 0 ? [] : [packIds(ids)];
        fresh = new Map();
        count = 0;
      }
      return count === 0 ? sealed : [...sealed, packIds(fresh)];
    },
  };
};

/** The ids with what is noted of their slices. */
const openIds = (stored: StoredIds) => {
  const ids = new Map<string, Ids>(stored.ids);
  const slices = new Map(
    [...stored.slices].map(([slice, {sweptAt, absent}]) => [
      slice,
      {sweptAt, absent: new Set(absent)},
    ]),
  );
  const packer = openPacker(ids);
  let total = [...ids.values()].reduce((sum, {size}) => sum + size, 0);
  return {
    ids,
    slices,
    total: () => total,
    add: (slice: string, id: Id): void => {
      const text = comparableId(id);
      const some = ids.get(slice) ?? new Map();
      slices.get(slice)?.absent.delete(text);
      if (some.has(text)) return;
      ids.set(slice, some.set(text, id));
      total += 1;
      packer.add(slice, text, id);
    },
    forget: (slice: string, text: string): void => {
      if (!ids.get(slice)?.delete(text)) return;
      total -= 1;
      packer.forget();
    },
    clear: (): void => {
      ids.clear();
      slices.clear();
      total = 0;
    },
    packed: (isKept: (slice: string) => boolean): readonly string[] => {
      const kept = [...ids].filter(([slice]) => isKept(slice));
      if (kept.length === ids.size) return packer.packed();
      return kept.length === 0 ? [] : [packIds(new Map(kept))];
    },
  };
};

export const openIdStore = (stored: StoredIds, options: IdStoreOptions): IdStore => {
  const {limit, key, from, startedAt, warn} = options;
  const store = openIds(stored);
  const {ids, slices} = store;
  let off: number | undefined;

  const switchOff = (count: number, why: string): void => {
    off = count;
    store.clear();
    warn(
      `${why}, so what is deleted can not be found by what is missing: \`deletes.sweep\` is off, and no ids are kept. Use \`deletes.list\` or \`deletes.flag\`, or now and then a full refresh.`,
    );
  };
  // A limit that was raised since is another chance.
  if (stored.off !== undefined && stored.off >= limit) {
    switchOff(stored.off, 'its ids were too many to be kept');
  }
  return {
    of: (slice) => ids.get(slice) ?? NONE,
    swept: (slice) => slices.get(slice),
    slices: () => [...ids.keys()],
    total: store.total,
    has: (slice, text) => ids.get(slice)?.has(text) ?? false,
    isOff: () => off !== undefined,
    add: (slice, id) => {
      if (off !== undefined) return;
      store.add(slice, id);
      const total = store.total();
      if (total > limit) switchOff(total, `more than ${limit} ids are too many to be kept`);
    },
    forget: (slice, id) => store.forget(slice, comparableId(id)),
    sweep: (slice, absent) => {
      if (off === undefined) slices.set(slice, {sweptAt: startedAt, absent: new Set(absent)});
    },
    state: (isKept) => {
      if (off !== undefined) return {off};
      const packed = store.packed(isKept);
      const swept = packSwept(slices, ids, isKept);
      const size = lengthOf([...packed, swept]);
      if (size > MAX_PACKED) {
        const count = Math.max(store.total(), limit);
        switchOff(count, `the ids of ${store.total()} records take ${size} bytes in the state`);
        return {off: count};
      }
      return {known: packed, key, from, slices: swept};
    },
  };
};
