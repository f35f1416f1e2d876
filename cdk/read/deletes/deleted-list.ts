// Lists of deleted items, as APIs keep them, and how far they were read.

import type {DeletedList} from '../../author/deletes.ts';
import type {CursorValue, Slice} from '../../author/types.ts';
import {isObject, type JsonObject, valueAt} from '../../json/values.ts';
import {type CursorRules, cursorRules, isCursorValue} from '../cursor/rules.ts';
import {CLOCK_SKEW, FOLD_ABOVE} from '../state/follow-cursor.ts';
import {packKeys, sliceNumber} from '../state/slice-keys.ts';
import {untilAborted} from '../turns/abort.ts';
import type {Listed} from './kept-state.ts';
import {isoOf, timeOf} from './tombstone.ts';

/** What a list tells of a deleted record. */
export type DeletedItem = {
  readonly item: object;
  readonly deletedAt: string;
};

export type DeletedLists = {
  /** Reads the list of a slice from its position to its end, and then moves the position. */
  readonly read: (
    slice: Slice,
    key: string,
    take: (items: readonly DeletedItem[]) => Promise<void>,
  ) => Promise<void>;
  /** @param isKept which slices are; the others are forgotten */
  readonly blob: (isKept: (slice: string) => boolean) => JsonObject | undefined;
};

export type ListRun = {
  readonly signal: AbortSignal;
  readonly startedAt: number;
  readonly now: () => number;
};

/** From the earliest position on, all slices have what they need. */
const fold = (
  at: ReadonlyMap<string, CursorValue>,
  folded: Listed['folded'],
  {compare}: CursorRules,
): JsonObject => {
  const values = [...at.values(), ...(folded ? [folded.at] : [])];
  const earliest = values.reduce((one, other) => (compare(one, other) <= 0 ? one : other));
  const keys = new Set([...[...at.keys()].map(sliceNumber), ...(folded?.keys ?? [])]);
  return {folded: {at: earliest, keys: packKeys(keys)}};
};

export const openDeletedLists = (
  list: DeletedList<object, Slice>,
  {at, folded}: Listed,
  {signal, startedAt, now}: ListRun,
): DeletedLists => {
  const field = list.at;
  const rules = cursorRules({field: field ?? '', ...(list.format && {format: list.format})});
  const positions = new Map(at);
  // What an item that is deleted now shows may lie before what was seen already, by as much as clocks are apart.
  const latest = startedAt - CLOCK_SKEW;

  const timeIn = (item: object): CursorValue | undefined => {
    const value = field === undefined ? undefined : valueAt(item, field);
    return isCursorValue(value) ? value : undefined;
  };
  const knownOf = (key: string): CursorValue | undefined =>
    positions.get(key) ?? (folded?.keys.has(sliceNumber(key)) ? folded.at : undefined);

  return {
    read: async (slice, key, take) => {
      const known = knownOf(key);
      let highest: CursorValue | undefined;
      const pages = list.read({slice, since: known ?? list.start, signal});
      for await (const {records} of untilAborted(pages, signal)) {
        for (const item of records) highest = rules.later(highest, timeIn(item));
        const items = records.map((item) => ({
          item: list.record && isObject(item) ? list.record(item, slice) : item,
          deletedAt: timeOf(timeIn(item), rules, now()),
        }));
        await take(items);
      }
      const reached = highest === undefined ? undefined : rules.cappedAt(highest, latest);
      const position = field === undefined ? isoOf(latest) : rules.later(known, reached);
      if (position !== undefined) positions.set(key, position);
    },
    blob: (isKept) => {
      const kept = new Map([...positions].filter(([key]) => isKept(key)));
      if (kept.size > FOLD_ABOVE) return fold(kept, folded, rules);
      if (kept.size === 0 && folded === undefined) return undefined;
      return {
        at: Object.fromEntries(kept),
        ...(folded && {folded: {at: folded.at, keys: packKeys(folded.keys)}}),
      };
    },
  };
};
