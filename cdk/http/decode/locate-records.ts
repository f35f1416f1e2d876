// Finds the records in a body in memory and validates all of it, in one pass. It returns undefined for anything unusual:
// the parser reads that, and reports faults.
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
  /** The keys that lead to the list; empty if the document itself is the list. */
  readonly keys: readonly string[];
  /** From the list's opening bracket to after its closing one. */
  readonly start: number;
  readonly end: number;
  /** The start and the end of each element, alternating. */
  readonly bounds: readonly number[];
};

/** Some readers end a line at these; the encoder escapes them. */
const LINE_BREAKS = ['\u0085', '\u2028', '\u2029'].map((sign) => Buffer.from(sign));

/** The body can be written into one line unchanged, except for newlines between values. */
const isPlainText = (body: Buffer): boolean =>
  isAscii(body) || (isUtf8(body) && !LINE_BREAKS.some((sign) => body.includes(sign)));

const readList = (
  bytes: Buffer,
  start: number,
  keys: readonly string[],
): LocatedRecords | undefined => {
  const bounds: number[] = [];
  const end = eachValue(bytes, start, (from) => {
    if (!isObjectAt(bytes, from) || bytes[skipSpace(bytes, from + 1)] === CLOSE_OBJECT)
      return FAULT;
    const after = skipValue(bytes, from);
    if (after >= 0) bounds.push(from, after);
    return after;
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

/** Without a path the document is the list. */
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
