// Reads a string as those who escaped it wrote it: in JSON, in a URL, in HTML, in code, also in several of them at once.

/** A string, and where each of its characters comes from in the original one. */
export type Reading = {
  readonly text: string;
  /** Undefined: it is the original. */
  readonly origin:
    | {readonly starts: readonly number[]; readonly ends: readonly number[]}
    | undefined;
};

const BYTES = String.raw`(?:%[0-9A-Fa-f]{2})+|(?:\\x[0-9A-Fa-f]{2})+|(?:\\[0-3][0-7]{2})+`;
const UNITS = String.raw`%u[0-9A-Fa-f]{4}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}`;
const SHORT = String.raw`\\["'\\/${'`'}bfnrt]`;
const ENTITY = '&#[0-9]{1,8};?|&#[xX][0-9A-Fa-f]{1,7};?|&[A-Za-z]{2,8};';
const ESCAPES = new RegExp(`${BYTES}|${UNITS}|${SHORT}|${ENTITY}`, 'g');

const LETTERS: Readonly<Record<string, string>> = {
  ...{b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'},
};

/** The names of https://html.spec.whatwg.org/multipage/named-characters.html in ASCII. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{quot: '"', QUOT: '"', amp: '&', AMP: '&', apos: "'", lt: '<', LT: '<', gt: '>', GT: '>'},
  ...{Tab: '\t', NewLine: '\n', excl: '!', num: '#', dollar: '$', percnt: '%', lpar: '('},
  ...{rpar: ')', ast: '*', midast: '*', plus: '+', comma: ',', period: '.', sol: '/', colon: ':'},
  ...{semi: ';', equals: '=', quest: '?', commat: '@', lsqb: '[', lbrack: '[', bsol: '\\'},
  ...{rsqb: ']', rbrack: ']', Hat: '^', lowbar: '_', UnderBar: '_', grave: '`', lcub: '{'},
  ...{lbrace: '{', verbar: '|', vert: '|', VerticalLine: '|', rcub: '}', rbrace: '}'},
};

const ofCode = (code: number): string | undefined =>
  code <= 0x10ffff ? String.fromCodePoint(code) : undefined;

const unitOf = (escaped: string): string | undefined => {
  if (escaped.startsWith('&#')) {
    const digits = escaped.slice(2).replace(';', '');
    return ofCode(/^x/i.test(digits) ? Number(`0${digits}`) : Number(digits));
  }
  if (escaped.startsWith('&')) return ENTITIES[escaped.slice(1, -1)];
  if (escaped.length === 2) return LETTERS[escaped.slice(1)] ?? escaped.slice(1);
  return ofCode(Number.parseInt(escaped.slice(2).replace('{', ''), 16));
};

/** The length of the UTF-8 sequence that a byte begins; 1 if it begins none. */
const lengthFrom = (byte: number): number => {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc2 ? 2 : 1;
};

const UTF_8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

const asUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** The characters of bytes with the number of bytes of each. Bytes that are not UTF-8 are Latin-1. */
const charactersOf = (bytes: Uint8Array): readonly (readonly [string, number])[] => {
  const characters: (readonly [string, number])[] = [];
  let index = 0;
  while (index < bytes.length) {
    const first = bytes[index] ?? 0;
    const length = lengthFrom(first);
    const character = length === 1 ? undefined : asUtf8(bytes.subarray(index, index + length));
    characters.push(
      character === undefined ? [String.fromCharCode(first), 1] : [character, length],
    );
    index += character === undefined ? 1 : length;
  }
  return characters;
};

/** Each escape of bytes has as many characters: `%2B` three, `\x2b` and `\053` four. */
const bytesIn = (
  escaped: string,
): {readonly bytes: Uint8Array; readonly width: number} | undefined => {
  const isPercent = /^%[0-9A-Fa-f]/.test(escaped);
  if (!isPercent && !/^\\(?:x|[0-3][0-7])/.test(escaped)) return undefined;
  const [width, skipped, base] = isPercent
    ? [3, 1, 16]
    : escaped.startsWith('\\x')
      ? [4, 2, 16]
      : [4, 1, 8];
  const bytes = Uint8Array.from({length: escaped.length / width}, (_, index) =>
    Number.parseInt(escaped.slice(index * width + skipped, (index + 1) * width), base),
  );
  return {bytes, width};
};

const openOutput = (before: Reading) => {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  return {
    /** Adds characters that come from a range of the reading before. */
    add: (text: string, start: number, end: number): void => {
      parts.push(text);
      const from = before.origin?.starts[start] ?? start;
      const to = before.origin?.ends[end - 1] ?? end;
      for (let index = 0; index < text.length; index += 1) {
        starts.push(from);
        ends.push(to);
      }
    },
    copy: (start: number, end: number): void => {
      parts.push(before.text.slice(start, end));
      for (let index = start; index < end; index += 1) {
        starts.push(before.origin?.starts[index] ?? index);
        ends.push(before.origin?.ends[index] ?? index + 1);
      }
    },
    reading: (): Reading => ({text: parts.join(''), origin: {starts, ends}}),
  };
};

/** The reading with one level of escapes resolved; undefined if it has none. */
const resolved = (before: Reading): Reading | undefined => {
  const output = openOutput(before);
  let done = 0;
  let found = false;
  for (const {0: escaped, index} of before.text.matchAll(ESCAPES)) {
    const run = bytesIn(escaped);
    const unit = run === undefined ? unitOf(escaped) : undefined;
    if (run === undefined && unit === undefined) continue;
    found = true;
    output.copy(done, index);
    done = index + escaped.length;
    if (unit !== undefined) output.add(unit, index, done);
    let at = index;
    for (const [character, count] of run === undefined ? [] : charactersOf(run.bytes)) {
      const end = at + count * (run?.width ?? 1);
      output.add(character, at, end);
      at = end;
    }
  }
  if (!found) return undefined;
  output.copy(done, before.text.length);
  return output.reading();
};

/** The reading without line breaks and the indents after them; undefined if it has none. */
const joined = (before: Reading): Reading | undefined => {
  if (!/[\r\n]/.test(before.text)) return undefined;
  const output = openOutput(before);
  let done = 0;
  for (const {0: lineBreak, index} of before.text.matchAll(/[\r\n][\r\n\t ]*/g)) {
    output.copy(done, index);
    done = index + lineBreak.length;
  }
  output.copy(done, before.text.length);
  return output.reading();
};

/** Nobody escapes more often, and a server must not make this endless. */
const MAX_LEVELS = 5;

const MAY_BE_ESCAPED = /[\\%&\r\n]/;

/** A string as it is, with each level of escapes resolved, and with its lines joined. */
export const readingsOf = (text: string): readonly Reading[] => {
  let last: Reading = {text, origin: undefined};
  const readings = [last];
  if (!MAY_BE_ESCAPED.test(text)) return readings;
  for (let level = 0; level < MAX_LEVELS; level += 1) {
    const next = resolved(last);
    if (next === undefined) break;
    readings.push(next);
    last = next;
  }
  const whole = joined(last);
  return whole === undefined ? readings : [...readings, whole];
};
