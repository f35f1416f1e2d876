// JSON in bytes, without building any of it: where a value ends, and whether it is one. It takes what `JSON.parse` takes,
// and refuses what `JSON.parse` refuses. The bytes may be a part of a document, cut anywhere.

/** Returned instead of an index: these bytes are not JSON, whatever follows them. */
export const FAULT = -1;

/** Returned instead of an index: the bytes end in the middle, and more of them may make it JSON. */
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

/** Bytes that stand for themselves in a text: all but quotes, backslashes and control characters. */
const PLAIN = new Uint8Array(256).fill(1, 0x20);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

const ESCAPED = new Uint8Array(256);
for (const sign of '"\\/bfnrt') ESCAPED[sign.charCodeAt(0)] = 1;

const HEX = new Uint8Array(256);
for (const sign of '0123456789abcdefABCDEF') HEX[sign.charCodeAt(0)] = 1;

/** 0 beyond the end, which is nothing in JSON. */
const byteAt = (bytes: Buffer, index: number): number =>
  index < bytes.length ? (bytes[index] ?? 0) : 0;

/** Why the byte there can't be taken: there is none yet, or it is wrong. */
const stopAt = (bytes: Buffer, index: number): number =>
  index < bytes.length ? FAULT : INCOMPLETE;

/** The index of the next byte that is no space; beyond the end where there is none. */
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

/** Behind an escape, `from` being behind its backslash. */
const skipEscape = (bytes: Buffer, from: number): number => {
  const sign = byteAt(bytes, from);
  if (ESCAPED[sign] === 1) return from + 1;
  if (sign !== LETTER_U) return stopAt(bytes, from);
  for (let index = from + 1; index < from + 5; index += 1) {
    if (HEX[byteAt(bytes, index)] !== 1) return stopAt(bytes, index);
  }
  return from + 5;
};

/** The next byte of a text that does not stand for itself; the end where there is none. */
const skipPlain = (bytes: Buffer, from: number): number => {
  const {length} = bytes;
  let index = from;
  // Never beyond the end: reading there once makes this several times slower.
  while (index < length && PLAIN[bytes[index] ?? 0] === 1) index += 1;
  return index;
};

/** Behind a text, `from` being behind its opening quote. */
const skipText = (bytes: Buffer, from: number): number => {
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

/** Behind one digit or more. */
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
  const whole = byteAt(bytes, first) === ZERO ? first + 1 : skipDigits(bytes, first);
  if (whole < 0) return whole;
  const fraction = skipFraction(bytes, whole);
  return fraction < 0 ? fraction : skipExponent(bytes, fraction);
};

/** By their first byte. */
const LITERALS: (Buffer | undefined)[] = new Array(256).fill(undefined);
for (const word of ['true', 'false', 'null']) LITERALS[word.charCodeAt(0)] = Buffer.from(word);

const skipScalar = (bytes: Buffer, from: number): number => {
  const byte = byteAt(bytes, from);
  if (byte === QUOTE) return skipText(bytes, from + 1);
  const word = LITERALS[byte];
  if (word === undefined) return skipNumber(bytes, from);
  for (let index = 0; index < word.length; index += 1) {
    if (byteAt(bytes, from + index) !== word[index]) return stopAt(bytes, from + index);
  }
  return from + word.length;
};

const skipKey = (bytes: Buffer, from: number): number =>
  byteAt(bytes, from) === QUOTE ? skipText(bytes, from + 1) : stopAt(bytes, from);

/** At the value after a key, `from` being behind the key. */
const skipColon = (bytes: Buffer, from: number): number => {
  const index = skipSpace(bytes, from);
  return byteAt(bytes, index) === COLON ? skipSpace(bytes, index + 1) : stopAt(bytes, index);
};

/** At a value in a list or an object, `from` being at its key if it has one. */
const toValue = (bytes: Buffer, from: number, closing: number): number => {
  if (closing === CLOSE_LIST) return from;
  const keyEnd = skipKey(bytes, from);
  return keyEnd < 0 ? keyEnd : skipColon(bytes, keyEnd);
};

/** The bracket that closes what this one opens; 0 for any other byte. */
const CLOSING = new Uint8Array(256);
CLOSING[OPEN_LIST] = CLOSE_LIST;
CLOSING[OPEN_OBJECT] = CLOSE_OBJECT;

/** The brackets that have to close: one stack for all values, of which none is skipped inside of another's call. */
const awaited: number[] = [];
let depth = 0;

/** Opens what a value begins with: behind its first scalar, or at the bracket that closes an empty list or object. */
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

/** Closes what ends there: at the next value, or behind the last bracket. */
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

/**
 * Behind a value of any kind and any depth, `from` being at its first byte. A number is taken for whole where the bytes
 * end: only the caller knows whether more will come.
 */
export const skipValue = (bytes: Buffer, from: number): number => {
  depth = 0;
  let index = from;
  do {
    index = descend(bytes, index);
    if (index >= 0) index = ascend(bytes, index);
  } while (index >= 0 && depth > 0);
  return index;
};

/**
 * Gets where a value begins, and of a field where its key is, without the quotes. Returns the index behind the value, or
 * `FAULT` to give up.
 */
type Visit = (start: number, keyStart: number, keyEnd: number) => number;

const visitAt = (bytes: Buffer, from: number, closing: number, visit: Visit): number => {
  if (closing === CLOSE_LIST) return visit(from, from, from);
  const keyEnd = skipKey(bytes, from);
  const start = keyEnd < 0 ? keyEnd : skipColon(bytes, keyEnd);
  return start < 0 ? start : visit(start, from + 1, keyEnd - 1);
};

/** Visits each value of a list or an object, `from` being at its opening bracket; the index behind the closing one. */
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

/** Whether what begins there is a text or a number. */
export const isScalarAt = (bytes: Buffer, index: number): boolean => {
  const byte = byteAt(bytes, index);
  return byte === QUOTE || byte === MINUS || isDigit(byte);
};

/** Whether a key is this one, byte by byte. */
export const isKey = (bytes: Buffer, start: number, end: number, key: Buffer): boolean => {
  if (end - start !== key.length) return false;
  for (let index = 0; index < key.length; index += 1) {
    if (bytes[start + index] !== key[index]) return false;
  }
  return true;
};

/** Whether a key has an escape in it, so that its bytes do not tell which one it is. */
export const isEscapedKey = (bytes: Buffer, start: number, end: number): boolean => {
  for (let index = start; index < end; index += 1) {
    if (bytes[index] === BACKSLASH) return true;
  }
  return false;
};
