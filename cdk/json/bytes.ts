// JSON in bytes, without building any of it: where a value ends, and that it is one. What `JSON.parse` refuses is refused
// here, too; some that it takes are not (very deep nesting), so `FAULT` means: let it be parsed.

/** Instead of the index behind something: it is no JSON, or too odd to be told. */
export const FAULT = -1;

const QUOTE = 0x22;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Deeper values are for a parser that does not recurse. */
const DEEPEST = 200;

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
  if (sign !== LETTER_U) return FAULT;
  for (let index = from + 1; index < from + 5; index += 1) {
    if (HEX[byteAt(bytes, index)] !== 1) return FAULT;
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
    if (byte !== BACKSLASH) return FAULT;
    index = skipEscape(bytes, index + 1);
    if (index === FAULT) return FAULT;
  }
};

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;

/** Behind one digit or more. */
const skipDigits = (bytes: Buffer, from: number): number => {
  let index = from;
  while (isDigit(byteAt(bytes, index))) index += 1;
  return index === from ? FAULT : index;
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
  if (whole === FAULT) return FAULT;
  const fraction = skipFraction(bytes, whole);
  return fraction === FAULT ? FAULT : skipExponent(bytes, fraction);
};

const LITERALS = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

const skipScalar = (bytes: Buffer, from: number): number => {
  const word = LITERALS.get(byteAt(bytes, from));
  if (word === undefined) return skipNumber(bytes, from);
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[from + index] !== word[index]) return FAULT;
  }
  return from + word.length;
};

const skipKey = (bytes: Buffer, from: number): number =>
  byteAt(bytes, from) === QUOTE ? skipText(bytes, from + 1) : FAULT;

/** At the value behind a key, `from` being behind the key. */
const skipColon = (bytes: Buffer, from: number): number => {
  const index = skipSpace(bytes, from);
  return byteAt(bytes, index) === COLON ? skipSpace(bytes, index + 1) : FAULT;
};

/**
 * Gets where a value begins, and of a field where its key is, without the quotes; returns the index behind the value, or
 * `FAULT` to give up.
 */
type Visit = (
  bytes: Buffer,
  start: number,
  depth: number,
  keyStart: number,
  keyEnd: number,
) => number;

/** Visits the values of a list, `from` being at its opening bracket; the index behind the list. */
export const eachValue = (bytes: Buffer, from: number, visit: Visit, depth = 0): number => {
  let index = skipSpace(bytes, from + 1);
  if (byteAt(bytes, index) === CLOSE_LIST) return index + 1;
  for (;;) {
    index = visit(bytes, index, depth, index, index);
    if (index === FAULT) return FAULT;
    index = skipSpace(bytes, index);
    const byte = byteAt(bytes, index);
    if (byte === CLOSE_LIST) return index + 1;
    if (byte !== COMMA) return FAULT;
    index = skipSpace(bytes, index + 1);
  }
};

/** The same of the fields of an object. */
export const eachField = (bytes: Buffer, from: number, visit: Visit, depth = 0): number => {
  let index = skipSpace(bytes, from + 1);
  if (byteAt(bytes, index) === CLOSE_OBJECT) return index + 1;
  for (;;) {
    const keyStart = index + 1;
    const keyEnd = skipKey(bytes, index);
    index = keyEnd === FAULT ? FAULT : skipColon(bytes, keyEnd);
    if (index === FAULT) return FAULT;
    index = visit(bytes, index, depth, keyStart, keyEnd - 1);
    if (index === FAULT) return FAULT;
    index = skipSpace(bytes, index);
    const byte = byteAt(bytes, index);
    if (byte === CLOSE_OBJECT) return index + 1;
    if (byte !== COMMA) return FAULT;
    index = skipSpace(bytes, index + 1);
  }
};

const skipInside: Visit = (bytes, start, depth) => skipValue(bytes, start, depth + 1);

/** Behind a value of any kind, `from` being at its first byte. */
export const skipValue = (bytes: Buffer, from: number, depth = 0): number => {
  const byte = byteAt(bytes, from);
  if (byte === QUOTE) return skipText(bytes, from + 1);
  if (depth > DEEPEST) return FAULT;
  if (byte === OPEN_OBJECT) return eachField(bytes, from, skipInside, depth);
  if (byte === OPEN_LIST) return eachValue(bytes, from, skipInside, depth);
  return skipScalar(bytes, from);
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
