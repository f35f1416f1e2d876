// Deleted lists: the lists of deleted items that APIs keep, and how far they were read.

import type {DeletedList} from '../../author/deletes.ts';
import type {CursorValue, Slice, StreamContext} from '../../author/types.ts';
import {isObject, valueAt} from '../../json/values.ts';
import {type CursorRules, cursorRules, isCursorValue} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import {CLOCK_SKEW, COMPACT_ABOVE} from '../state/follow-cursor.ts';
import {sliceNumber} from '../state/slice-keys.ts';
import type {DeletedListState} from '../state/stream-state.ts';
import {untilAborted} from '../turns/abort.ts';
import {timeOf} from './tombstone.ts';

/** An item of a list, and when its record was deleted. */
export type DeletedItem = {
  readonly item: object;
  readonly deletedAt: string;
};

export type DeletedLists = {
  /** Reads the list of a slice from its position to its end, and then moves the position. */
  readonly read: (
    context: StreamContext,
    slice: Slice,
    key: string,
    take: (items: readonly DeletedItem[]) => Promise<void>,
  ) => Promise<void>;
  /** @param isKept which slices are; the others are forgotten */
  readonly state: (isKept: (slice: string) => boolean) => DeletedListState | undefined;
};

export type ListRun = {
  readonly startedAt: number;
  readonly now: () => number;
};

/** From the earliest position on, all slices have what they need. */
const compact = (
  at: ReadonlyMap<string, CursorValue>,
  compacted: DeletedListState['compacted'],
  {compare}: CursorRules,
): DeletedListState => {
  const values = [...at.values(), ...(compacted ? [compacted.at] : [])];
  const earliest = values.reduce((one, other) => (compare(one, other) <= 0 ? one : other));
  const keys = new Set([...[...at.keys()].map(sliceNumber), ...(compacted?.keys ?? [])]);
  return {compacted: {at: earliest, keys}};
};

export const openDeletedLists = (
  list: DeletedList<object, Slice>,
  {at, compacted}: DeletedListState,
  {startedAt, now}: ListRun,
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
  const positionOf = (key: string): CursorValue | undefined =>
    positions.get(key) ?? (compacted?.keys.has(sliceNumber(key)) ? compacted.at : undefined);

  return {
    read: async (context, slice, key, take) => {
      const before = positionOf(key);
      let highest: CursorValue | undefined;
      const pages = list.read({...context, slice, since: before ?? list.start});
      for await (const {records} of untilAborted(pages, context.signal)) {
        for (const item of records) highest = rules.later(highest, timeIn(item));
        const items = records.map((item) => ({
          item: list.record && isObject(item) ? list.record(item, slice) : item,
          deletedAt: timeOf(timeIn(item), rules, now()),
        }));
        await take(items);
      }
      const reached = highest === undefined ? undefined : rules.cappedAt(highest, latest);
      const position = field === undefined ? isoOf(latest) : rules.later(before, reached);
      if (position !== undefined) positions.set(key, position);
    },
    state: (isKept) => {
      const kept = new Map([...positions].filter(([key]) => isKept(key)));
      if (kept.size > COMPACT_ABOVE) return compact(kept, compacted, rules);
      return kept.size > 0 || compacted ? {at: kept, compacted} : undefined;
    },
  };
};
