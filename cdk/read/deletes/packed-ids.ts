// Packs the ids of a sweep for the state, because there may be many: `known` has {slice: ids} in one string or several,
// `slices` has {slice: {swept, absent}}; each string is deflated JSON in Base64.
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import type {CursorValue} from '../../author/types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {isoOf, jsonOf, mapIn} from '../state/fields.ts';
import type {SweepState} from '../state/stream-state.ts';
import {comparableId, type Id, isId} from './ids.ts';

/** By `comparableId`. */
export type Ids = Map<string, Id>;

export type Swept = {
  /** When the ids of the slice were last compared with a list; epoch milliseconds. */
  readonly sweptAt: number;
  /** The ids missing then, by `comparableId`. */
  readonly absent: ReadonlySet<string>;
};

export type StoredIds = {
  readonly ids: ReadonlyMap<string, Ids>;
  readonly slices: ReadonlyMap<string, Swept>;
  /** The `cursor.start` with which they were read. */
  readonly from: CursorValue | undefined;
  /** Their primary key; undefined if no ids are stored. */
  readonly key: readonly string[] | undefined;
  /** The number of ids at which the sweep was switched off. */
  readonly off: number | undefined;
};

export const NO_IDS: StoredIds = {
  ids: new Map(),
  slices: new Map(),
  from: undefined,
  key: undefined,
  off: undefined,
};

/** More than any state of ours; bytes. */
const MAX_UNPACKED = 256 * 1024 * 1024;

export const pack = (value: JsonObject): string =>
  deflateRawSync(JSON.stringify(value)).toString('base64');

/** Undefined for a string that `pack` did not write. */
export const unpack = (packed: string): unknown => {
  try {
    const bytes = inflateRawSync(Buffer.from(packed, 'base64'), {maxOutputLength: MAX_UNPACKED});
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
};

/** Not below zero, so that the difference of two is a safe integer, too. */
const isStep = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Sorted, so that deflate finds repeats; numbers as the differences between them, which take half the space. */
const toPacked = (
  ids: ReadonlyMap<string, Id>,
): readonly Id[] | {readonly steps: readonly number[]} => {
  const values = [...ids.values()];
  if (values.every(isStep)) {
    const sorted = values.toSorted((a, b) => a - b);
    return {steps: sorted.map((value, index) => value - (sorted[index - 1] ?? 0))};
  }
  return [...ids].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
};

const isIds = (value: unknown): value is readonly Id[] => Array.isArray(value) && value.every(isId);

const fromPacked = (value: unknown): readonly Id[] | undefined => {
  if (isIds(value)) return value;
  const steps = isObject(value) ? value['steps'] : undefined;
  if (!Array.isArray(steps) || !steps.every(isStep)) return undefined;
  let last = 0;
  return steps.map((step) => {
    last += step;
    return last;
  });
};

export const packIds = (all: ReadonlyMap<string, ReadonlyMap<string, Id>>): string =>
  pack(jsonOf(all, toPacked));

const unpackIds = (packed: readonly string[]): ReadonlyMap<string, Ids> | undefined => {
  const all = new Map<string, Ids>();
  for (const one of packed) {
    const part = mapIn(unpack(one), fromPacked);
    if (part === undefined) return undefined;
    for (const [slice, ids] of part) {
      const stored = all.get(slice) ?? new Map();
      for (const id of ids) stored.set(comparableId(id), id);
      all.set(slice, stored);
    }
  }
  return all;
};

/** @param isKept the other slices are forgotten */
export const packSwept = (
  slices: ReadonlyMap<string, Swept>,
  ids: ReadonlyMap<string, Ids>,
  isKept: (slice: string) => boolean,
): string => {
  const kept = [...slices].filter(([slice]) => isKept(slice));
  const packed = kept.map(([slice, {sweptAt, absent}]) => {
    const stored = ids.get(slice);
    const missing = new Map(
      [...absent].flatMap((text) => {
        const id = stored?.get(text);
        return id === undefined ? [] : [[text, id] as const];
      }),
    );
    return [slice, {swept: isoOf(sweptAt), ...(missing.size > 0 && {absent: toPacked(missing)})}];
  });
  return pack(Object.fromEntries(packed));
};

const sweptIn = (value: unknown): Swept | undefined => {
  if (!isObject(value)) return undefined;
  const sweptAt = Date.parse(String(value['swept']));
  const absent = fromPacked(value['absent'] ?? []);
  return Number.isNaN(sweptAt) || absent === undefined
    ? undefined
    : {sweptAt, absent: new Set(absent.map(comparableId))};
};

/** Undefined if it is damaged. */
export const unpackSweep = (state: SweepState | undefined): StoredIds | undefined => {
  if (state === undefined) return NO_IDS;
  if ('off' in state) return {...NO_IDS, off: state.off};
  const ids = unpackIds(state.known);
  const slices = mapIn(unpack(state.slices), sweptIn);
  return ids && slices && {ids, slices, from: state.from, key: state.key, off: undefined};
};
