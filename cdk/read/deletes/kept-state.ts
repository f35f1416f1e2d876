// What is kept about deletes, as it stands in a stream's state:
//   {"deletes": {"cursor": "…", "list": {"at": {"repository=…": "…"}}, "sweep": {"known": ["…"], "slices": "…"}}}
// Ids are packed, as there may be many: `known` holds {slice: ids} in one text or several, `slices` {slice: {swept, absent}}.
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import type {CursorValue} from '../../author/types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {isCursorValue} from '../cursor/rules.ts';
import {unpackKeys} from '../state/slice-keys.ts';
import {type Id, isId, textOf} from './ids.ts';

/** By `textOf`. */
export type Ids = Map<string, Id>;

/** How far the lists of deleted items were read. */
export type Listed = {
  /** By `sliceKey`. */
  readonly at: ReadonlyMap<string, CursorValue>;
  /** Slices that share the earliest position of all, where they are too many to be named. */
  readonly folded?: {readonly at: CursorValue; readonly keys: ReadonlySet<number>} | undefined;
};

export type Swept = {
  /** When the ids of the slice were last compared with a list; epoch milliseconds. */
  readonly sweptAt: number;
  /** What was missing then, by `textOf`. */
  readonly absent: ReadonlySet<string>;
};

export type Known = {
  readonly ids: ReadonlyMap<string, Ids>;
  readonly slices: ReadonlyMap<string, Swept>;
  /** The `cursor.start` from which on ids are known. */
  readonly from: CursorValue | undefined;
  /** The primary key whose values they are; undefined where nothing is known. */
  readonly key: readonly string[] | undefined;
  /** With how many ids the sweep was switched off. */
  readonly off: number | undefined;
};

export type Kept = {
  /** The highest cursor that was emitted, so that no record that is deleted has a higher one. */
  readonly cursor: CursorValue | undefined;
  readonly listed: Listed;
  readonly known: Known;
  /** The parts that were not understood. */
  readonly damaged: readonly string[];
};

/** No state of ours unpacks to more. */
const MAX_UNPACKED = 256 * 1024 * 1024;

export const pack = (value: JsonObject): string =>
  deflateRawSync(JSON.stringify(value)).toString('base64');

/** Undefined for what is none of ours. */
const unpack = (text: unknown): JsonObject | undefined => {
  if (typeof text !== 'string') return undefined;
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64'), {maxOutputLength: MAX_UNPACKED});
    const value: unknown = JSON.parse(bytes.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Not below zero: the distance of two such is safe, too. */
const isStep = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** Sorted, as neighbours are alike; numbers by their distance from the one before, which takes half the room. */
export const toPacked = (
  ids: ReadonlyMap<string, Id>,
): readonly Id[] | {readonly steps: readonly number[]} => {
  const values = [...ids.values()];
  if (values.every(isStep)) {
    const sorted = values.toSorted((a, b) => a - b);
    return {steps: sorted.map((value, index) => value - (sorted[index - 1] ?? 0))};
  }
  return [...ids].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
};

/** All ids of several slices, as one text. */
export const packIds = (all: ReadonlyMap<string, ReadonlyMap<string, Id>>): string =>
  pack(Object.fromEntries([...all].map(([slice, ids]) => [slice, toPacked(ids)])));

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

const isIds = (value: unknown): value is readonly Id[] => Array.isArray(value) && value.every(isId);

const everyEntry = <T>(
  value: unknown,
  parse: (entry: unknown) => T | undefined,
): ReadonlyMap<string, T> | undefined => {
  if (!isObject(value)) return undefined;
  const entries = new Map<string, T>();
  for (const [key, entry] of Object.entries(value)) {
    const parsed = parse(entry);
    if (parsed === undefined) return undefined;
    entries.set(key, parsed);
  }
  return entries;
};

const NO_LIST: Listed = {at: new Map()};

const listedIn = (value: unknown): Listed | undefined => {
  if (value === undefined) return NO_LIST;
  if (!isObject(value)) return undefined;
  const at = everyEntry(value['at'] ?? {}, (one) => (isCursorValue(one) ? one : undefined));
  const {folded} = value;
  if (folded === undefined || at === undefined) return at && {at};
  const keys = isObject(folded) ? unpackKeys(String(folded['keys'])) : undefined;
  const earliest = isObject(folded) ? folded['at'] : undefined;
  return keys && isCursorValue(earliest) ? {at, folded: {at: earliest, keys}} : undefined;
};

const nothing = (off?: number): Known => ({
  ids: new Map(),
  slices: new Map(),
  from: undefined,
  key: undefined,
  off,
});

const idsIn = (value: unknown): ReadonlyMap<string, Ids> | undefined => {
  if (!Array.isArray(value)) return undefined;
  const all = new Map<string, Ids>();
  for (const text of value) {
    const part = everyEntry(unpack(text), fromPacked);
    if (part === undefined) return undefined;
    for (const [slice, ids] of part) {
      const known = all.get(slice) ?? new Map();
      for (const id of ids) known.set(textOf(id), id);
      all.set(slice, known);
    }
  }
  return all;
};

const sweptIn = (value: unknown): Swept | undefined => {
  if (!isObject(value)) return undefined;
  const sweptAt = Date.parse(String(value['swept']));
  const absent = fromPacked(value['absent'] ?? []);
  return Number.isNaN(sweptAt) || absent === undefined
    ? undefined
    : {sweptAt, absent: new Set(absent.map(textOf))};
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

const knownIn = (value: unknown): Known | undefined => {
  if (value === undefined) return nothing();
  if (!isObject(value)) return undefined;
  const {off, from, key} = value;
  if (typeof off === 'number') return nothing(off);
  const ids = idsIn(value['known']);
  const slices = everyEntry(unpack(value['slices']), sweptIn);
  return ids && slices
    ? {
        ids,
        slices,
        from: isCursorValue(from) ? from : undefined,
        key: isTexts(key) ? key : [],
        off: undefined,
      }
    : undefined;
};

/** What is understood of what a state says of deletes; the rest counts for nothing. */
export const parseKept = (value: unknown): Kept => {
  const blob = value ?? {};
  if (!isObject(blob)) {
    return {cursor: undefined, listed: NO_LIST, known: nothing(), damaged: ['deletes']};
  }
  const {cursor} = blob;
  const listed = listedIn(blob['list']);
  const known = knownIn(blob['sweep']);
  return {
    cursor: isCursorValue(cursor) ? cursor : undefined,
    listed: listed ?? NO_LIST,
    known: known ?? nothing(),
    damaged: [...(listed ? [] : ['deletes.list']), ...(known ? [] : ['deletes.sweep'])],
  };
};
