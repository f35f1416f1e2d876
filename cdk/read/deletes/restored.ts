// Makes records of deleted ones that were restored.
import type {Sweep} from '../../author/deletes.ts';
import type {Stream} from '../../author/stream-types.ts';
import type {Slice, StreamContext} from '../../author/types.ts';
import {SystemError} from '../../errors.ts';
import {isObject, kindOf} from '../../json/values.ts';
import {cursorRules} from '../cursor/rules.ts';
import type {DeletedId} from './deleted-ids.ts';
import {comparableId, fieldsOf, type Id, idOf} from './ids.ts';
import {setAt} from './tombstone.ts';

const nameOf = (id: Id, primaryKey: readonly string[]): string =>
  JSON.stringify(fieldsOf(id, primaryKey));

type Fetch = NonNullable<Sweep<object, Slice>['fetch']>;

/**
 * Requests a record by its primary key; undefined if it is gone for good.
 * @param option the name of the author's function
 */
export const fetchRecord = async (
  fetch: Fetch,
  option: string,
  {id}: DeletedId,
  primaryKey: readonly string[],
  context: StreamContext & {readonly slice: Slice},
): Promise<object | undefined> => {
  context.signal.throwIfAborted();
  const record: unknown = await fetch(fieldsOf(id, primaryKey), context);
  if (record === undefined || record === null) return undefined;
  const found = isObject(record) ? idOf(record, primaryKey) : undefined;
  if (isObject(record) && found !== undefined && comparableId(found) === comparableId(id)) {
    return record;
  }
  const got = found === undefined ? kindOf(record) : `the record ${nameOf(found, primaryKey)}`;
  throw new SystemError(
    `\`${option}\` should return the record ${nameOf(id, primaryKey)}, null or undefined, but it returned ${got}.`,
  );
};

/** Gives a record at least the cursor of its tombstone. */
export type Raise = (record: object, {cursor}: DeletedId) => object;

/** Destinations keep the row with the highest cursor, so a record with a lower one than its tombstone would stay deleted. */
export const openRaise = ({cursor}: Stream, warn: (message: string) => void): Raise => {
  const rules = cursor && cursorRules(cursor);
  let isWarned = false;
  return (record, {cursor: least}) => {
    const value = rules?.valueOf(record);
    if (cursor === undefined || rules === undefined || least === undefined) return record;
    if (value !== undefined && rules.compare(value, least) >= 0) return record;
    if (!isWarned) {
      warn(
        `restored records are emitted with the ${cursor.field} of their tombstone, such as ${least} in place of ${value}: with a lower one they would stay deleted in destinations that keep the highest. If the items of \`deletes.list\` have it, return it from \`deletes.list.record\`.`,
      );
    }
    isWarned = true;
    return setAt(record, cursor.field, least);
  };
};
