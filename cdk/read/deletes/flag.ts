// Makes tombstones of flagged records: adds `_deleted_at`.
import type {Stream} from '../../author/stream-types.ts';
import type {Slice} from '../../author/types.ts';
import {cursorRules} from '../cursor/rules.ts';
import {DELETED_AT, timeOf} from './tombstone.ts';

export const flagDeleted = (
  {deletes, cursor}: Stream,
  now: () => number,
): ((records: readonly object[], slice: Slice) => readonly object[]) => {
  const flag = deletes?.flag;
  if (flag === undefined) return (records) => records;
  const rules = cursor && cursorRules(cursor);
  const flagged = (record: object, slice: Slice): object => {
    const deleted = flag(record, slice);
    if (!deleted) return record;
    const at = deleted === true ? timeOf(rules?.valueOf(record), rules, now()) : deleted;
    return {...record, [DELETED_AT]: at};
  };
  return (records, slice) => records.map((record) => flagged(record, slice));
};
