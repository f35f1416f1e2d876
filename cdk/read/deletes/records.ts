// Follows the records that a stream emits, and makes tombstones of deleted ones.
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue} from '../../author/types.ts';
import {cursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';
import {CLOCK_SKEW} from '../state/follow-cursor.ts';
import type {DeletedId, DeletedIds} from './deleted-ids.ts';
import type {DeletedItem, DeletedLists, MissingItem} from './deleted-list.ts';
import type {IdStore} from './id-store.ts';
import {fieldsOf, idOf} from './ids.ts';
import type {Raise} from './restored.ts';
import type {Returned} from './returned.ts';
import type {Found} from './sweep.ts';
import {cursorFieldOf, DELETED_AT, tombstone} from './tombstone.ts';

/** Tracks the highest emitted cursor. A tombstone with a cursor in the future would hide a restored record. */
const openHighest = ({cursor}: Stream, before: CursorValue | undefined, now: () => number) => {
  const rules = cursor && cursorRules(cursor);
  let highest = before;
  const isFuture = (value: CursorValue | undefined): boolean =>
    value !== undefined && (rules?.instantOf(value) ?? 0) > now() + CLOCK_SKEW;
  return {
    take: (records: readonly object[]): void => {
      for (const record of records) {
        const later = rules?.later(highest, rules.valueOf(record));
        if (later !== highest && !isFuture(later)) highest = later;
      }
    },
    now: () => highest,
  };
};

export type RecordsPort = {
  readonly store: IdStore | undefined;
  readonly lists: DeletedLists | undefined;
  readonly returned: Returned | undefined;
  /** Those that were marked as deleted, if there is a sweep. */
  readonly marked: DeletedIds | undefined;
  readonly raise: Raise;
  readonly now: () => number;
};

/** @param before the highest cursor of earlier syncs */
export const openRecords = (
  stream: Stream,
  before: CursorValue | undefined,
  {store, lists, returned, marked, raise, now}: RecordsPort,
) => {
  const {primaryKey, deletes} = stream;
  const highest = openHighest(stream, before, now);
  const rules = stream.cursor && cursorRules(stream.cursor);
  /** The start of each slice by its key: the cursor of its tombstones if no higher one is known. */
  const begun = new Map<string, CursorValue | undefined>();
  const deletedOf = (record: object): DeletedId | undefined => {
    const id = (marked ?? lists) && idOf(record, primaryKey);
    return id === undefined ? undefined : (marked?.get(id) ?? lists?.get(id));
  };
  return {
    highest: highest.now,
    cursorOf: (record: object): CursorValue | undefined => rules?.valueOf(record),
    begin: (key: string, from: CursorValue | undefined) => void begun.set(key, from),
    hasBegun: (key: string): boolean => begun.has(key),
    /** The list of records has it again, so it exists. */
    isRestored: (record: object): boolean => {
      const id = returned && idOf(record, primaryKey);
      return id !== undefined && returned?.markedBefore(id) !== undefined;
    },
    /** Raises the cursors of restored records. */
    restored: (records: readonly object[]): readonly object[] =>
      records.map((record) => {
        const deleted = deletedOf(record);
        return deleted === undefined ? record : raise(record, deleted);
      }),
    ofList: (key: string, items: readonly DeletedItem[]): readonly object[] =>
      items.map(({item, id, deletedAt}) => {
        store?.forget(key, id);
        const fields = deletes?.list?.record
          ? item
          : {...cursorFieldOf(stream, item), ...fieldsOf(id, primaryKey)};
        // Not the highest cursor of this run: a record restored since is emitted later, and may have a lower one.
        return tombstone(stream, fields, before ?? begun.get(key), deletedAt);
      }),
    /** For one whose own tombstone may not have been emitted. */
    ofMissing: ({id, cursor, deletedAt}: MissingItem): object =>
      tombstone(stream, fieldsOf(id, primaryKey), cursor, deletedAt),
    ofSweep: (found: readonly Found[]): readonly object[] =>
      found.map(({key, id}) =>
        tombstone(stream, fieldsOf(id, primaryKey), highest.now() ?? begun.get(key), isoOf(now())),
      ),
    remember: (key: string, records: readonly object[]): void => {
      highest.take(records);
      for (const record of records) {
        const id = idOf(record, primaryKey);
        if (id === undefined) continue;
        // A flagged record is already deleted, so the sweep need not find it.
        if (Reflect.get(record, DELETED_AT)) store?.forget(key, id);
        else {
          store?.add(key, id);
          lists?.forget(id);
          marked?.forget(id);
        }
      }
    },
  };
};
