// Finds the records of a document in memory. json-splitter.ts finds the same records in a stream.
import {fieldOf, isObject, kindOf, valueAt} from '../../json/values.ts';
import {errorIn} from '../response/refusal-text.ts';
import {isWild, noRecords, type WithoutRecords} from './records-path.ts';

/** `R` is the author's claim: records are checked against the schema elsewhere. */
const isRecordList = <R extends object>(value: unknown): value is readonly R[] =>
  Array.isArray(value) && value.every(isObject);

/** True if the value at the path is null, or one that leads there: servers written in Go send it for an empty list. */
const isNullAt = (json: unknown, path: string): boolean => {
  if (json === null) return true;
  const direct = fieldOf(json, path);
  const dot = path.indexOf('.');
  if (direct !== undefined || dot < 0) return direct === null;
  return isNullAt(fieldOf(json, path.slice(0, dot)), path.slice(dot + 1));
};

type Found = {
  readonly where: string;
  readonly path: string | undefined;
  readonly found: unknown;
  readonly document: unknown;
  readonly withoutRecords?: WithoutRecords | undefined;
};

export const assertRecords = <R extends object>({
  where,
  path,
  found,
  document,
  withoutRecords,
}: Found): readonly R[] => {
  if (isRecordList<R>(found)) return found;
  const error = errorIn(document);
  const isNull =
    found === null || (found === undefined && !isWild(path) && isNullAt(document, path ?? ''));
  const mayBeMissing = found === undefined && withoutRecords === 'empty';
  if (error === undefined && (isNull || mayBeMissing)) return [];
  const kind = Array.isArray(found) ? 'a list with other values' : kindOf(found);
  const keys = isObject(document) ? Object.keys(document) : [];
  const other = Array.isArray(found) ? found.find((item) => !isObject(item)) : undefined;
  const item = Array.isArray(found) ? {item: kindOf(other)} : {};
  throw noRecords({where, path, kind, keys, error, ...item});
};

const childrenOf = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [undefined];
};

/** The values at all ends of a path with `*`; undefined for each branch that leads nowhere. */
const allAt = (json: unknown, path: string): readonly unknown[] => {
  const direct = fieldOf(json, path);
  if (direct !== undefined) return [direct];
  const dot = path.indexOf('.');
  const head = dot < 0 ? path : path.slice(0, dot);
  const values = head === '*' ? childrenOf(json) : [fieldOf(json, head)];
  return dot < 0 ? values : values.flatMap((value) => allAt(value, path.slice(dot + 1)));
};

/** With `*`, joins all values at the ends of the path. Null and missing ones have no records; undefined if all are missing. */
export const recordsAtPath = (json: unknown, path: string): unknown => {
  if (!isWild(path)) return valueAt(json, path);
  const ends = allAt(json, path);
  if (ends.length > 0 && ends.every((end) => end === undefined)) return undefined;
  const other = ends.find((end) => typeof end !== 'object' && end !== undefined);
  return other ?? ends.filter((end) => end !== undefined && end !== null).flat();
};
