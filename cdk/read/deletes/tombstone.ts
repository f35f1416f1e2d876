// A deleted record, as it is emitted: what names it, a cursor that is not lower than the one it had, and `_deleted_at`.

import type {Stream} from '../../author/stream-value.ts';
import type {CursorValue} from '../../author/types.ts';
import {valueAt} from '../../json/values.ts';
import type {CursorRules} from '../cursor/rules.ts';
import {isoOf} from '../state/fields.ts';

export const DELETED_AT = '_deleted_at';

/** A cursor value as a timestamp; the time of the emission for one that is no time. */
export const timeOf = (
  value: CursorValue | undefined,
  rules: CursorRules | undefined,
  now: number,
): string => {
  const instant = value === undefined ? undefined : rules?.instantOf(value);
  if (instant === undefined) return isoOf(now);
  // Its own text says more than milliseconds can.
  return typeof value === 'string' && /^\d{4}-.*T.*(Z|[+-]\d\d:?\d\d)$/.test(value)
    ? value
    : isoOf(instant);
};

const nest = (path: string, value: CursorValue): object => {
  const [first = path, ...rest] = path.split('.');
  return {[first]: rest.length === 0 ? value : nest(rest.join('.'), value)};
};

/**
 * Destinations that keep one row for each primary key keep the one with the highest cursor: without one, the record as it
 * was would stay. Equal ones go by the time of emission, and a record that comes back later has a higher one.
 */
export const tombstone = (
  {cursor}: Pick<Stream, 'cursor'>,
  fields: object,
  highest: CursorValue | undefined,
  deletedAt: string,
): object => {
  const isMissing =
    cursor !== undefined && highest !== undefined && valueAt(fields, cursor.field) === undefined;
  return {...(isMissing && nest(cursor.field, highest)), ...fields, [DELETED_AT]: deletedAt};
};
