// Requests the records that left the list of deleted ones, to learn which were restored.
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue, Slice, StreamContext} from '../../author/types.ts';
import {SystemError} from '../../errors.ts';
import {isObject, kindOf} from '../../json/values.ts';
import {cursorRules} from '../cursor/rules.ts';
import type {DeletedId} from './deleted-ids.ts';
import {comparableId, fieldsOf, type Id, idOf} from './ids.ts';
import {setAt} from './tombstone.ts';

/** Returns undefined for a record that is gone for good. */
export type FetchRestored = (
  deleted: DeletedId,
  context: StreamContext & {readonly slice: Slice},
) => Promise<object | undefined>;

const nameOf = (id: Id, primaryKey: readonly string[]): string =>
  JSON.stringify(fieldsOf(id, primaryKey));

const checked = (record: unknown, id: Id, primaryKey: readonly string[]): object => {
  const found = isObject(record) ? idOf(record, primaryKey) : undefined;
  if (isObject(record) && found !== undefined && comparableId(found) === comparableId(id)) {
    return record;
  }
  const got = found === undefined ? kindOf(record) : `the record ${nameOf(found, primaryKey)}`;
  throw new SystemError(
    `\`deletes.list.restores.fetch\` should return the record ${nameOf(id, primaryKey)}, null or undefined, but it returned ${got}.`,
  );
};

export const fetchRestoredOf = (
  {cursor, primaryKey, deletes}: Stream,
  warn: (message: string) => void,
): FetchRestored => {
  const rules = cursor && cursorRules(cursor);
  let isWarned = false;
  /** Destinations keep the row with the highest cursor, so a record with a lower one than its tombstone would stay deleted. */
  const raised = (record: object, least: CursorValue | undefined): object => {
    const value = rules?.valueOf(record);
    if (cursor === undefined || rules === undefined || least === undefined) return record;
    if (value !== undefined && rules.compare(value, least) >= 0) return record;
    if (!isWarned) {
      warn(
        `the list of deleted records does not show their ${cursor.field}, so restored ones are emitted with the one of their tombstone, such as ${least} in place of ${value}: with a lower one they would stay deleted in destinations that keep the highest. If the items have it, return it from \`deletes.list.record\`.`,
      );
    }
    isWarned = true;
    return setAt(record, cursor.field, least);
  };
  return async ({id, cursor: least}, context) => {
    context.signal.throwIfAborted();
    const record = await deletes?.list?.restores?.fetch(fieldsOf(id, primaryKey), context);
    return record === undefined || record === null
      ? undefined
      : raised(checked(record, id, primaryKey), least);
  };
};
