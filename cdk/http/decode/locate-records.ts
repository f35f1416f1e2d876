// Finds the records in a body that is in memory, in one pass, and checks all of it on the way. It answers only where there
// can be no doubt; whatever is odd is for the parser, which also knows how to complain.
import {isAscii, isUtf8} from 'node:buffer';
import {
  CLOSE_OBJECT,
  eachValue,
  FAULT,
  isEscapedKey,
  isListAt,
  isObjectAt,
  skipSpace,
  skipValue,
} from '../../json/bytes.ts';
import {isWild, type PathRest, stepToKey} from './records-path.ts';

export type LocatedRecords = {
  /** The keys that lead to it; none where the document itself is the list. */
  readonly keys: readonly string[];
  /** From its opening bracket to behind the closing one. */
  readonly start: number;
  readonly end: number;
  /** Of each element where it begins and ends, one after the other. */
  readonly bounds: readonly number[];
};

/** Some readers end a line there; a record that is printed has them escaped. */
const LINE_BREAKS = ['\u0085', '\u2028', '\u2029'].map((sign) => Buffer.from(sign));

/** Bytes that can go into a line as they are, but for newlines between values. */
const isPlainText = (body: Buffer): boolean =>
  isAscii(body) || (isUtf8(body) && !LINE_BREAKS.some((sign) => body.includes(sign)));

/** The elements of a list of objects with fields. */
const readList = (
  bytes: Buffer,
  start: number,
  keys: readonly string[],
): LocatedRecords | undefined => {
  const bounds: number[] = [];
  const end = eachValue(bytes, start, (from) => {
    if (!isObjectAt(bytes, from) || bytes[skipSpace(bytes, from + 1)] === CLOSE_OBJECT)
      return FAULT;
    const behind = skipValue(bytes, from);
    if (behind >= 0) bounds.push(from, behind);
    return behind;
  });
  return end < 0 || bounds.length === 0 ? undefined : {keys, start, end, bounds};
};

type Search = {found: LocatedRecords | undefined};

const readAt = (
  bytes: Buffer,
  start: number,
  rest: PathRest,
  keys: readonly string[],
  search: Search,
): number => {
  if (rest === '') {
    search.found = isListAt(bytes, start) ? readList(bytes, start, keys) : undefined;
    return search.found?.end ?? FAULT;
  }
  if (!isObjectAt(bytes, start)) return FAULT;
  let met = false;
  return eachValue(bytes, start, (from, keyStart, keyEnd) => {
    if (isEscapedKey(bytes, keyStart, keyEnd)) return FAULT;
    const key = bytes.toString('utf8', keyStart, keyEnd);
    const next = stepToKey(rest, key);
    if (next === undefined) return skipValue(bytes, from);
    if (met) return FAULT;
    met = true;
    return readAt(bytes, from, next, [...keys, key], search);
  });
};

/**
 * The list at a path; undefined where it is for the parser.
 * @param path undefined where the document itself is the list
 */
export const locateRecords = (
  body: Buffer,
  path: string | undefined,
): LocatedRecords | undefined => {
  if (isWild(path)) return undefined;
  const start = skipSpace(body, 0);
  if (!isObjectAt(body, start) && !isListAt(body, start)) return undefined;
  const search: Search = {found: undefined};
  const end = readAt(body, start, path ?? '', [], search);
  if (end < 0 || skipSpace(body, end) !== body.length) return undefined;
  return search.found !== undefined && isPlainText(body) ? search.found : undefined;
};
