// Scans JSON in bytes without building values: finds where a value ends and whether it is valid. It accepts exactly what
// `JSON.parse` accepts. The bytes may be part of a document, cut anywhere. A `skip…` function returns the index after
// the part that it skips.

/** Returned instead of an index: these bytes are not JSON, whatever follows them. */
export const FAULT = -1;

/** Returned instead of an index: the bytes end inside a value, and more of them may complete it. */
export const INCOMPLETE = -2;

export const QUOTE = 0x22;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
export const COLON = 0x3a;
export const COMMA = 0x2c;
export const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
const LETTER_U = 0x75;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** Bytes that stand for themselves in a string: all but quotes, backslashes and control characters. */
const PLAIN = new Uint8Array(256).fill(1, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

const ESCAPED = new Uint8Array(256);
for (const sign of '"\\/bfnrt') ESCAPED[sign.charCodeAt(0)] = 1;

const HEX = new Uint8Array(256);
for (const sign of '0123456789abcdefABCDEF') HEX[sign.charCodeAt(0)] = 1;

/** 0 past the end: no JSON token begins with it. */
const byteAt = (bytes: Buffer, index: number): number =>
  index < bytes.length ? (bytes[index] ?? 0) : 0;

const stopAt = (bytes: Buffer, index: number): number =>
  index < bytes.length ? FAULT : INCOMPLETE;

/** Returns the length if only spaces are left. */
export const skipSpace = (bytes: Buffer, from: number): number => {
  let index = from;
  for (;;) {
    const byte = byteAt(bytes, index);
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
      return index;
    }
    index += 1;
  }
};

/** `from` is after the backslash. */
const skipEscape = (bytes: Buffer, from: number): number => {
  const sign = byteAt(bytes, from);
  if (ESCAPED[sign] === 1) return from + 1;
  if (sign !== LETTER_U) return stopAt(bytes, from);
  for (let index = from + 1; index < from + 5; index += 1) {
    if (HEX[byteAt(bytes, index)] !== 1) return stopAt(bytes, index);
  }
  return from + 5;
};

/** Stops at the next byte of a string that does not stand for itself, or at the end. */
const skipPlain = (bytes: Buffer, from: number): number => {
  const {length} = bytes;
  let index = from;
  // Reading past the end even once makes this several times slower.
  while (index < length && PLAIN[bytes[index] ?? 0] === 1) index += 1;
  return index;
};

/** `from` is after the opening quote. */
const skipString = (bytes: Buffer, from: number): number => {
  let index = from;
  for (;;) {
    index = skipPlain(bytes, index);
    const byte = byteAt(bytes, index);
    if (byte === QUOTE) return index + 1;
    if (byte !== BACKSLASH) return stopAt(bytes, index);
    index = skipEscape(bytes, index + 1);
    if (index < 0) return index;
  }
};

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

const skipDigits = (bytes: Buffer, from: number): number => {
  let index = from;
  while (isDigit(byteAt(bytes, index))) index += 1;
  return index === from ? stopAt(bytes, index) : index;
};

const skipFraction = (bytes: Buffer, from: number): number =>
  byteAt(bytes, from) === DOT ? skipDigits(bytes, from + 1) : from;

const skipExponent = (bytes: Buffer, from: number): number => {
  const mark = byteAt(bytes, from);
  if (mark !== 0x65 && mark !== 0x45) return from;
  const sign = byteAt(bytes, from + 1);
  return skipDigits(bytes, sign === MINUS || sign === 0x2b ? from + 2 : from + 1);
};

const skipNumber = (bytes: Buffer, from: number): number => {
  const first = byteAt(bytes, from) === MINUS ? from + 1 : from;
  const integer = byteAt(bytes, first) === ZERO ? first + 1 : skipDigits(bytes, first);
  if (integer < 0) return integer;
  const fraction = skipFraction(bytes, integer);
  return fraction < 0 ? fraction : skipExponent(bytes, fraction);
};

const LITERALS: (Buffer | undefined)[] = new Array(256).fill(undefined);
for (const word of ['true', 'false', 'null']) LITERALS[word.charCodeAt(0)] = Buffer.from(word);

const skipScalar = (bytes: Buffer, from: number): number => {
  const byte = byteAt(bytes, from);
  if (byte === QUOTE) return skipString(bytes, from + 1);
  const word = LITERALS[byte];
  if (word === undefined) return skipNumber(bytes, from);
  for (let index = 0; index < word.length; index += 1) {
    if (byteAt(bytes, from + index) !== word[index]) return stopAt(bytes, from + index);
  }
  return from + word.length;
};

const skipKey = (bytes: Buffer, from: number): number =>
  byteAt(bytes, from) === QUOTE ? skipString(bytes, from + 1) : stopAt(bytes, from);

/** Stops at the value; `from` is after its key. */
const skipColon = (bytes: Buffer, from: number): number => {
  const index = skipSpace(bytes, from);
  return byteAt(bytes, index) === COLON ? skipSpace(bytes, index + 1) : stopAt(bytes, index);
};

/** Returns the index of the next value in a list or an object; `from` is at its key, if it has one. */
const toValue = (bytes: Buffer, from: number, closing: number): number => {
  if (closing === CLOSE_LIST) return from;
  const keyEnd = skipKey(bytes, from);
  return keyEnd < 0 ? keyEnd : skipColon(bytes, keyEnd);
};

/** The bracket that closes this one; 0 for any other byte. */
const CLOSING = new Uint8Array(256);
CLOSING[OPEN_LIST] = CLOSE_LIST;
CLOSING[OPEN_OBJECT] = CLOSE_OBJECT;

/** The brackets that must still close. One stack is enough, because `skipValue` is never called inside `skipValue`. */
const awaited: number[] = [];
let depth = 0;

/** Stops after the first scalar of a value, or at the bracket that closes an empty list or object. */
const descend = (bytes: Buffer, from: number): number => {
  let index = from;
  let closing = CLOSING[byteAt(bytes, index)] ?? 0;
  while (closing !== 0) {
    awaited[depth] = closing;
    depth += 1;
    index = skipSpace(bytes, index + 1);
    if (byteAt(bytes, index) === closing) return index;
    index = toValue(bytes, index, closing);
    if (index < 0) return index;
    closing = CLOSING[byteAt(bytes, index)] ?? 0;
  }
  return skipScalar(bytes, index);
};

/** Closes the lists and objects that end here. Stops at the next value, or after the last bracket. */
const ascend = (bytes: Buffer, from: number): number => {
  let index = from;
  for (; depth > 0; depth -= 1) {
    index = skipSpace(bytes, index);
    const byte = byteAt(bytes, index);
    const closing = awaited[depth - 1] ?? 0;
    if (byte === COMMA) return toValue(bytes, skipSpace(bytes, index + 1), closing);
    if (byte !== closing) return stopAt(bytes, index);
    index += 1;
  }
  return index;
};

/** `from` is at the first byte of a value. A number at the very end counts as complete: more bytes may continue it. */
export const skipValue = (bytes: Buffer, from: number): number => {
  depth = 0;
  let index = from;
  do {
    index = descend(bytes, index);
    if (index >= 0) index = ascend(bytes, index);
  } while (index >= 0 && depth > 0);
  return index;
};

/** Gets the start of a value, and the range of its key without quotes. Returns the index after the value, or `FAULT`. */
type Visit = (start: number, keyStart: number, keyEnd: number) => number;

const visitAt = (bytes: Buffer, from: number, closing: number, visit: Visit): number => {
  if (closing === CLOSE_LIST) return visit(from, from, from);
  const keyEnd = skipKey(bytes, from);
  const start = keyEnd < 0 ? keyEnd : skipColon(bytes, keyEnd);
  return start < 0 ? start : visit(start, from + 1, keyEnd - 1);
};

/** Visits each value of the list or object that opens at `from`; returns the index after its closing bracket. */
export const eachValue = (bytes: Buffer, from: number, visit: Visit): number => {
  const closing = CLOSING[byteAt(bytes, from)] ?? 0;
  let index = skipSpace(bytes, from + 1);
  if (byteAt(bytes, index) === closing) return index + 1;
  for (;;) {
    index = visitAt(bytes, index, closing, visit);
    if (index < 0) return index;
    index = skipSpace(bytes, index);
    const byte = byteAt(bytes, index);
    if (byte === closing) return index + 1;
    if (byte !== COMMA) return stopAt(bytes, index);
    index = skipSpace(bytes, index + 1);
  }
};

export const isListAt = (bytes: Buffer, index: number): boolean => bytes[index] === OPEN_LIST;
export const isObjectAt = (bytes: Buffer, index: number): boolean => bytes[index] === OPEN_OBJECT;

/** True for a string or a number. */
export const isScalarAt = (bytes: Buffer, index: number): boolean => {
  const byte = byteAt(bytes, index);
  return byte === QUOTE || byte === MINUS || isDigit(byte);
};

export const isKey = (bytes: Buffer, start: number, end: number, key: Buffer): boolean => {
  if (end - start !== key.length) return false;
  for (let index = 0; index < key.length; index += 1) {
    if (bytes[start + index] !== key[index]) return false;
  }
  return true;
};

/** The bytes of a key with an escape do not show which key it is. */
export const isEscapedKey = (bytes: Buffer, start: number, end: number): boolean => {
  for (let index = start; index < end; index += 1) {
    if (bytes[index] === BACKSLASH) return true;
  }
  return false;
};

const KINDS: Readonly<Record<string, string>> = {'"': 'a string', t: 'a boolean', f: 'a boolean'};

/** The type of the value that begins with this byte, as `kindOf` says it. */
export const kindAt = (byte: number): string => {
  if (byte === OPEN_OBJECT) return 'an object';
  if (byte === OPEN_LIST) return 'an array';
  const sign = String.fromCharCode(byte);
  return sign === 'n' ? 'null' : (KINDS[sign] ?? 'a number');
};

/** True for null, false, 0, and an empty string, list or object, as far as the bytes show. */
export const isEmptyAt = (bytes: Buffer, index: number): boolean => {
  const sign = String.fromCharCode(bytes[index] ?? 0);
  if ('nf0'.includes(sign)) return true;
  const closing = {'"': '"', '[': ']', '{': '}'}[sign];
  const next = bytes[sign === '"' ? index + 1 : skipSpace(bytes, index + 1)] ?? 0;
  return closing === String.fromCharCode(next);
};
