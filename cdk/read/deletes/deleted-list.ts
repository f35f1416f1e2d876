// Reads an API's lists of deleted items, and follows their positions.
import type {DeletedList} from '../../author/deletes.ts';
import type {CursorValue, Slice, StreamContext} from '../../author/types.ts';
import {isObject, valueAt} from '../../json/values.ts';
import {type CursorRules, cursorRules, isCursorValue} from '../cursor/rules.ts';
import {startIn} from '../cursor/start-in.ts';
import {isoOf} from '../state/fields.ts';
import {CLOCK_SKEW, COMPACT_ABOVE} from '../state/follow-cursor.ts';
import {sliceNumber} from '../state/slice-keys.ts';
import type {DeletedListState} from '../state/stream-state.ts';
import type {StreamRun} from '../stream-run.ts';
import {untilAborted} from '../turns/abort.ts';
import {type DeletedId, openDeletedIds} from './deleted-ids.ts';
import {type Id, idIn} from './ids.ts';
import {type Entry, openRestores} from './restores.ts';
import {timeOf} from './tombstone.ts';

export type DeletedItem = Entry & {
  /** The record's fields that the item shows. */
  readonly item: object;
  readonly deletedAt: string;
};

/** A record that is no longer in the list. */
export type MissingItem = DeletedId & Pick<DeletedItem, 'deletedAt'>;

type Tombstones = {
  readonly of: (items: readonly DeletedItem[]) => readonly object[];
  readonly cursorOf: (tombstone: object) => CursorValue | undefined;
  readonly emit: (tombstones: readonly object[]) => Promise<void>;
};

export type DeletedLists = {
  /** Reads the list of a slice from its position, and moves the position at the end. Returns what may have been restored. */
  readonly read: (
    context: StreamContext,
    slice: Slice,
    key: string,
    output: Tombstones,
  ) => Promise<readonly MissingItem[]>;
  /** A record that may be restored. */
  readonly get: (id: Id) => DeletedId | undefined;
  /** Call it for a record that exists again, or is gone for good. */
  readonly forget: (id: Id) => void;
  /** @param isKept the other slices are forgotten */
  readonly state: (isKept: (slice: string) => boolean) => DeletedListState | undefined;
};

/** All slices share the earliest position, so that none misses an item. */
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

export type DeletedListPort = Pick<StreamRun, 'startedAt' | 'now'> & {
  readonly primaryKey: readonly string[];
  readonly warn: (message: string) => void;
};

export const openDeletedLists = (
  list: DeletedList<object, Slice>,
  {at, compacted, deleted: stored, isMoved}: DeletedListState,
  {startedAt, now, primaryKey, warn}: DeletedListPort,
): DeletedLists => {
  const field = list.at;
  const rules = cursorRules({field: field ?? '', ...(list.format && {format: list.format})});
  const start = startIn('deletes.list.start', list);
  const positions = new Map(at);
  const deleted = openDeletedIds(list.restores && stored, {
    key: primaryKey,
    warn,
    hint: ' Shorten `deletes.list.restores.within`.',
  });
  // A position that was in the future means "from now on", so what was deleted before that is not listed.
  const restores = isMoved ? undefined : openRestores({list, rules, startedAt, warn}, deleted);
  // Clocks differ, so an item that is deleted during the run may have an earlier time than others already seen.
  const latest = startedAt - CLOCK_SKEW;

  const timeIn = (item: object): CursorValue | undefined => {
    const value = field === undefined ? undefined : valueAt(item, field);
    return isCursorValue(value) ? value : undefined;
  };
  const positionOf = (key: string): CursorValue | undefined =>
    positions.get(key) ?? (compacted?.keys.has(sliceNumber(key)) ? compacted.at : undefined);
  const sinceOf = (key: string): CursorValue | undefined => {
    const position = positionOf(key);
    if (position === undefined || restores === undefined) return position ?? start;
    return rules.later(restores.since(key, position), start);
  };
  const entryOf = (raw: object, slice: Slice): DeletedItem => {
    const item = list.record && isObject(raw) ? list.record(raw, slice) : raw;
    const deletedAt = timeOf(timeIn(raw), rules, now());
    return {raw, item, id: idIn(item, primaryKey, 'deletes.list'), at: timeIn(raw), deletedAt};
  };

  /** @param highest the latest time in the list */
  const move = (key: string, highest: CursorValue | undefined): void => {
    const reached = highest === undefined ? undefined : rules.cappedAt(highest, latest);
    const position = field === undefined ? isoOf(latest) : rules.later(positionOf(key), reached);
    if (position !== undefined) positions.set(key, position);
  };

  return {
    read: async (context, slice, key, output) => {
      const since = sinceOf(key);
      const watch = restores?.watch({slice, key, position: positionOf(key)});
      let highest: CursorValue | undefined;
      const pages = list.read({...context, slice, since});
      for await (const page of untilAborted(pages, context.signal)) {
        const all = page.records.map((raw) => entryOf(raw, slice));
        highest = all.reduce((last, {at: next}) => rules.later(last, next), highest);
        const items = watch?.take(page, all) ?? all;
        const tombstones = output.of(items);
        const remember = (isPending: boolean): void => {
          for (const [index, item] of items.entries()) {
            watch?.remember(item, {cursor: output.cursorOf(tombstones[index] ?? {}), isPending});
          }
        };
        remember(true);
        await output.emit(tombstones);
        remember(false);
      }
      move(key, highest);
      const missing = watch?.missing() ?? [];
      return missing.map((one) => ({...one, deletedAt: timeOf(one.at, rules, now())}));
    },
    get: deleted.get,
    forget: deleted.forget,
    state: (isKept) => {
      const kept = new Map([...positions].filter(([key]) => isKept(key)));
      const ids = deleted.state(isKept);
      if (kept.size > COMPACT_ABOVE) return {...compact(kept, compacted, rules), deleted: ids};
      return kept.size > 0 || compacted || ids ? {at: kept, compacted, deleted: ids} : undefined;
    },
  };
};
