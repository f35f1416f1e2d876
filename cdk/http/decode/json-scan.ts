// The bytes of JSON, and where something ends that began in one chunk and may go on in the next.

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

export const OTHER = 0;
export const OPENS = 1;
export const CLOSES = 2;
const QUOTES = 3;
export const SPACE = 4;
export const SEPARATES = 5;

/** What a byte is to JSON. */
export const CLASS = new Uint8Array(256);
for (const byte of [OPEN_LIST, OPEN_OBJECT]) CLASS[byte] = OPENS;
for (const byte of [CLOSE_LIST, CLOSE_OBJECT]) CLASS[byte] = CLOSES;
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) CLASS[byte] = SPACE;
for (const byte of [COMMA, COLON]) CLASS[byte] = SEPARATES;
CLASS[QUOTE] = QUOTES;

/** Where to go on looking for the end of something, kept across chunks. */
export type Scan = {depth: number; quoted: boolean; escaped: boolean};

/** The index behind a text's closing quote; the chunk's length where it goes on in the next one. */
export const skipText = (chunk: Buffer, from: number, scan: Scan): number => {
  const {length} = chunk;
  let index = from;
  if (scan.escaped && index < length) {
    scan.escaped = false;
    index += 1;
  }
  while (index < length) {
    const byte = chunk[index];
    index += 1;
    if (byte === QUOTE) {
      scan.quoted = false;
      return index;
    }
    if (byte === BACKSLASH) {
      if (index === length) scan.escaped = true;
      index += 1;
    }
  }
  return length;
};

/** The index behind the bracket that closes what is open; -1 where it is not in this chunk. */
export const skipNested = (chunk: Buffer, from: number, scan: Scan): number => {
  const {length} = chunk;
  let index = from;
  while (index < length) {
    if (scan.quoted) {
      index = skipText(chunk, index, scan);
      continue;
    }
    const kind = CLASS[chunk[index] ?? 0];
    index += 1;
    if (kind === QUOTES) scan.quoted = true;
    else if (kind === OPENS) scan.depth += 1;
    else if (kind === CLOSES) {
      scan.depth -= 1;
      if (scan.depth === 0) return index;
    }
  }
  return -1;
};

export const skipScalar = (chunk: Buffer, from: number): number => {
  for (let index = from; index < chunk.length; index += 1) {
    if (CLASS[chunk[index] ?? 0] !== OTHER) return index;
  }
  return -1;
};
