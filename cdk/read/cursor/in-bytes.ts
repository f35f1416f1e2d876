// The cursors of records that are not parsed.
import {
  eachValue,
  FAULT,
  isEscapedKey,
  isKey,
  isListAt,
  isObjectAt,
  isScalarAt,
  skipValue,
} from '../../json/bytes.ts';
import {countOf, endOf, type RawRecords, recordAt, startOf} from '../../json/raw-records.ts';
import {scalarFrom, valueIn} from './value-in.ts';

/** A path, as it is looked for: by the whole of it first, since a key may hold dots itself. */
type Path = {
  readonly whole: Buffer;
  /** Its first key, and what is behind that; absent at the last one. */
  readonly head?: Buffer;
  readonly tail?: Path;
  /** The key in its quotes, where it can't be written in another way. */
  readonly quoted?: Buffer;
};

const parsePath = (field: string): Path => {
  const whole = Buffer.from(field);
  const dot = field.indexOf('.');
  if (dot < 0) return {whole};
  return {whole, head: Buffer.from(field.slice(0, dot)), tail: parsePath(field.slice(dot + 1))};
};

/** Where a value is; 0 where there is none. */
type Found = {start: number; end: number};

/** Finds what stands at a path; false where only a parser can say that. */
const find = (bytes: Buffer, from: number, path: Path, found: Found): boolean => {
  let whole = 0;
  let head = 0;
  const end = eachValue(bytes, from, (start, keyStart, keyEnd) => {
    if (isEscapedKey(bytes, keyStart, keyEnd)) return FAULT;
    const behind = skipValue(bytes, start);
    if (isKey(bytes, keyStart, keyEnd, path.whole)) {
      if (whole !== 0) return FAULT;
      whole = start;
      found.start = start;
      found.end = behind;
    } else if (path.head !== undefined && isKey(bytes, keyStart, keyEnd, path.head)) {
      if (head !== 0) return FAULT;
      head = start;
    }
    return behind;
  });
  if (end < 0) return false;
  if (whole !== 0 || head === 0 || path.tail === undefined) return true;
  if (isObjectAt(bytes, head)) return find(bytes, head, path.tail, found);
  // The rest may be an index into a list; a scalar leads nowhere.
  return !isListAt(bytes, head);
};

/** Finds the value of a key, if that stands in the record once only: then the rest need not be gone through. */
const findOnce = (bytes: Buffer, from: number, to: number, key: Buffer, found: Found): boolean => {
  let isOnce = true;
  eachValue(bytes, from, (start, keyStart, keyEnd) => {
    const behind = skipValue(bytes, start);
    if (!isKey(bytes, keyStart - 1, keyEnd + 1, key)) return behind;
    found.start = start;
    found.end = behind;
    const again = bytes.indexOf(key, behind);
    isOnce = again < 0 || again >= to;
    return FAULT; // Enough was seen.
  });
  return isOnce;
};

const cursorValueAt = (raw: RawRecords, index: number, field: string, path: Path): unknown => {
  const {body} = raw;
  const [from, to] = [startOf(raw, index), endOf(raw, index)];
  const found = {start: 0, end: 0};
  const isFound =
    (path.quoted !== undefined && findOnce(body, from, to, path.quoted, found)) ||
    find(body, from, path, found);
  if (!isFound) return valueIn(recordAt(raw, index), field);
  return found.start !== 0 && isScalarAt(body, found.start)
    ? scalarFrom(body.toString('utf8', found.start, found.end))
    : undefined;
};

/** For each record one that has nothing but its cursor, under the field's whole name. */
export const cursorsIn = (raw: RawRecords, field: string): readonly object[] => {
  // Without such escapes a key of plain letters is written in one way only.
  const isPlain = /^\w+$/.test(field) && !raw.body.includes('\\u');
  const path = {...parsePath(field), ...(isPlain && {quoted: Buffer.from(`"${field}"`)})};
  return Array.from({length: countOf(raw)}, (_none, index) => ({
    [field]: cursorValueAt(raw, index, field, path),
  }));
};
