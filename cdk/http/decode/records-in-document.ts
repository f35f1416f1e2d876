// The records of a document in memory. In one that is read as a stream, json-splitter.ts finds the same.
import {fieldOf, isObject, kindOf, valueAt} from '../../json/values.ts';

import {isWild, noRecords} from './records-path.ts';

/** The claim that the API answers with `R` is the author's: types are checked against the schema, not here. */
const isRecordList = <R extends object>(value: unknown): value is readonly R[] =>
  Array.isArray(value) && value.every(isObject);

type Found = {
  readonly where: string;
  readonly path: string | undefined;
  /** What stands at the path. */
  readonly found: unknown;
  readonly document: unknown;
};

/** What was found, if it is a list of records. */
export const assertRecords = <R extends object>({
  where,
  path,
  found,
  document,
}: Found): readonly R[] => {
  if (isRecordList<R>(found)) return found;
  const kind = Array.isArray(found) ? 'a list with other values' : kindOf(found);
  const keys = isObject(document) ? Object.keys(document) : [];
  throw noRecords({where, path, kind, keys});
};

const childrenOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [undefined];
};

/** What stands at each end of a path with `*`; undefined for each one that leads nowhere. */
const allAt = (json: unknown, path: string): readonly unknown[] => {
  const whole = fieldOf(json, path);
  if (whole !== undefined) return [whole];
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const values = head === '*' ? childrenOf(json) : [fieldOf(json, head)];
  return dot < 0 ? values : values.flatMap((value) => allAt(value, path.slice(dot + 1)));
};

/**
 * What a path leads to. With `*`, all lists and objects at its ends in one list: those that are missing or null have
 * no records, but not all of them may be missing.
 */
export const recordsAtPath = (json: unknown, path: string): unknown => {
  if (!isWild(path)) return valueAt(json, path);
  const ends = allAt(json, path);
  if (ends.length > 0 && ends.every((end) => end === undefined)) return undefined;
  const other = ends.find((end) => typeof end !== 'object' && end !== undefined);
  return other ?? ends.filter((end) => end !== undefined && end !== null).flat();
};
