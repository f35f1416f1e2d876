// Tombstones: deleted records with their primary key, a cursor that is not lower than their last one, and `_deleted_at`.
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue} from '../../author/types.ts';
import {isObject, valueAt} from '../../json/values.ts';
import {type CursorRules, cursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';

export const DELETED_AT = '_deleted_at';

/** A cursor value as a timestamp; now, for a value that is not a time. */
export const timeOf = (
  value: CursorValue | undefined,
  rules: CursorRules | undefined,
  now: number,
): string => {
  const instant = value === undefined ? undefined : rules?.instantOf(value);
  if (instant === undefined) return isoOf(now);
  // Its own digits may be finer than milliseconds.
  return typeof value === 'string' && /^\d{4}-.*T.*(Z|[+-]\d\d:?\d\d)$/.test(value)
    ? value
    : isoOf(instant);
};

/** A copy of the record with this value at a dot path. */
export const setAt = (record: object, path: string, value: CursorValue): object => {
  const [first = path, ...rest] = Object.hasOwn(record, path) ? [path] : path.split('.');
  if (rest.length === 0) return {...record, [first]: value};
  const inner: unknown = Reflect.get(record, first);
  return {...record, [first]: setAt(isObject(inner) ? inner : {}, rest.join('.'), value)};
};

/** The cursor that an item of a list shows, as fields of a record. */
export const cursorFieldOf = ({cursor}: Pick<Stream, 'cursor'>, item: object): object => {
  const value = cursor && cursorRules(cursor).valueOf(item);
  return cursor === undefined || value === undefined ? {} : setAt({}, cursor.field, value);
};

/**
 * Destinations keep the row with the highest cursor of each primary key, so without a cursor the deleted record would stay.
 * Of equal cursors the one emitted last wins, and a record that is restored later has a higher one.
 */
export const tombstone = (
  {cursor}: Pick<Stream, 'cursor'>,
  fields: object,
  highest: CursorValue | undefined,
  deletedAt: string,
): object => {
  const isMissing =
    cursor !== undefined && highest !== undefined && valueAt(fields, cursor.field) === undefined;
  return {...(isMissing && setAt({}, cursor.field, highest)), ...fields, [DELETED_AT]: deletedAt};
};
