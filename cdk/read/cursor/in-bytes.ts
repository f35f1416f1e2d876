// Finds the cursors of records without parsing them.
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

/** The whole path is looked for first, because a key may have dots itself. */
type Path = {
  readonly whole: Buffer;
  /** Its first key, and the path after that; absent at the last one. */
  readonly head?: Buffer;
  readonly tail?: Path;
  /** The key in quotes, if JSON cannot write it in another way. */
  readonly quoted?: Buffer;
};

const parsePath = (field: string): Path => {
  const whole = Buffer.from(field);
  const dot = field.indexOf('.');
  if (dot < 0) return {whole};
  return {whole, head: Buffer.from(field.slice(0, dot)), tail: parsePath(field.slice(dot + 1))};
};

/** The offsets of a value; 0 without a value. */
type Found = {start: number; end: number};

/** Finds the value at a path; false if only a parser can find it. */
const find = (bytes: Buffer, from: number, path: Path, found: Found): boolean => {
  let whole = 0;
  let head = 0;
  const end = eachValue(bytes, from, (start, keyStart, keyEnd) => {
    if (isEscapedKey(bytes, keyStart, keyEnd)) return FAULT;
    const after = skipValue(bytes, start);
    if (isKey(bytes, keyStart, keyEnd, path.whole)) {
      if (whole !== 0) return FAULT;
      whole = start;
      found.start = start;
      found.end = after;
    } else if (path.head !== undefined && isKey(bytes, keyStart, keyEnd, path.head)) {
      if (head !== 0) return FAULT;
      head = start;
    }
    return after;
  });
  if (end < 0) return false;
  if (whole !== 0 || head === 0 || path.tail === undefined) return true;
  if (isObjectAt(bytes, head)) return find(bytes, head, path.tail, found);
  // The rest of the path may be an index into a list, which only a parser finds; a scalar has no fields.
  return !isListAt(bytes, head);
};

/** Finds the value of a key that occurs only once in the record: then its other keys need not be read. */
const findOnce = (bytes: Buffer, from: number, to: number, key: Buffer, found: Found): boolean => {
  let isOnce = true;
  eachValue(bytes, from, (start, keyStart, keyEnd) => {
    const after = skipValue(bytes, start);
    if (!isKey(bytes, keyStart - 1, keyEnd + 1, key)) return after;
    found.start = start;
    found.end = after;
    const again = bytes.indexOf(key, after);
    isOnce = again < 0 || again >= to;
    return FAULT; // Ends the loop.
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

/** Returns for each record an object with only its cursor, under the field's full name. */
export const cursorsIn = (raw: RawRecords, field: string): readonly object[] => {
  // Without such escapes JSON has only one way to write a key of plain letters.
  const isPlain = /^\w+$/.test(field) && !raw.body.includes('\\u');
  const path = {...parsePath(field), ...(isPlain && {quoted: Buffer.from(`"${field}"`)})};
  return Array.from({length: countOf(raw)}, (_none, index) => ({
    [field]: cursorValueAt(raw, index, field, path),
  }));
};
