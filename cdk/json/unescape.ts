// Reads a string as those who escaped it wrote it: in JSON, in a URL, in HTML, in code, also in several of them at once.
import {isUtf8} from 'node:buffer';

/** A string, and where each of its characters comes from in the original one. */
export type Reading = {
  readonly text: string;
  /** Undefined: it is the original. */
  readonly origin:
    | {readonly starts: readonly number[]; readonly ends: readonly number[]}
    | undefined;
};

const ESCAPES = new RegExp(
  [
    '(?<percent>(?:%[0-9A-Fa-f]{2})+)',
    String.raw`(?<hex>(?:\\x[0-9A-Fa-f]{2})+)`,
    String.raw`(?<octal>(?:\\[0-3][0-7]{2})+)`,
    String.raw`(?<unit>%u[0-9A-Fa-f]{4}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8})`,
    String.raw`\\(?<short>["'\\/$\`bfnrt])`,
    '&#(?<decimal>[0-9]{1,8});?|&#[xX](?<hexadecimal>[0-9A-Fa-f]{1,7});?|&(?<entity>[A-Za-z]{2,8});',
  ].join('|'),
  'g',
);

const LINE_BREAKS = /[\r\n][\r\n\t ]*/g;

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

/** Characters, each with the length of its escape. */
type Characters = readonly (readonly [character: string, length: number])[];

const SEQUENCES = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|./gs;

/** Of bytes whose escapes have `width` characters each. Bytes that are not UTF-8 are Latin-1. */
const ofBytes = (escaped: string, width: number, skipped: number, base: number): Characters => {
  const bytes = Uint8Array.from({length: escaped.length / width}, (_, index) =>
    Number.parseInt(escaped.slice(index * width + skipped, (index + 1) * width), base),
  );
  const sequences = Buffer.from(bytes).toString('latin1').match(SEQUENCES) ?? [];
  return sequences.map((sequence) => {
    const character = Buffer.from(sequence, 'latin1');
    return [isUtf8(character) ? character.toString() : sequence, sequence.length * width];
  });
};

const unitOf = (groups: Groups): string | undefined => {
  const {unit, short, decimal, hexadecimal, entity = ''} = groups;
  if (unit !== undefined) return ofCode(Number.parseInt(unit.slice(2).replace('{', ''), 16));
  if (short !== undefined) return LETTERS[short] ?? short;
  if (decimal !== undefined) return ofCode(Number(decimal));
  return hexadecimal === undefined ? ENTITIES[entity] : ofCode(Number.parseInt(hexadecimal, 16));
};

type Groups = Readonly<Record<string, string | undefined>>;

/** Undefined for an entity or a code that does not exist. */
const charactersOf = ({0: escaped, groups = {}}: RegExpExecArray): Characters | undefined => {
  const {percent, hex, octal} = groups;
  if (percent !== undefined) return ofBytes(percent, 3, 1, 16);
  if (hex !== undefined) return ofBytes(hex, 4, 2, 16);
  if (octal !== undefined) return ofBytes(octal, 4, 1, 8);
  const unit = unitOf(groups);
  return unit === undefined ? undefined : [[unit, escaped.length]];
};

/** The reading with other characters in the place of each match; undefined if it has none. */
const rewritten = (
  before: Reading,
  pattern: RegExp,
  replace: (match: RegExpExecArray) => Characters | undefined,
): Reading | undefined => {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let done = 0;
  const add = (text: string, length: number): void => {
    parts.push(text);
    for (let index = 0; index < text.length; index += 1) {
      starts.push(before.origin?.starts[done] ?? done);
      ends.push(before.origin?.ends[done + length - 1] ?? done + length);
    }
    done += length;
  };
  const copyTo = (end: number): void => {
    parts.push(before.text.slice(done, end));
    for (; done < end; done += 1) {
      starts.push(before.origin?.starts[done] ?? done);
      ends.push(before.origin?.ends[done] ?? done + 1);
    }
  };
  for (const match of before.text.matchAll(pattern)) {
    const characters = replace(match);
    if (characters === undefined) continue;
    copyTo(match.index);
    for (const [character, length] of characters) add(character, length);
    done = match.index + match[0].length;
  }
  if (done === 0) return undefined;
  copyTo(before.text.length);
  return {text: parts.join(''), origin: {starts, ends}};
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
    const next = rewritten(last, ESCAPES, charactersOf);
    if (next === undefined) break;
    readings.push(next);
    last = next;
  }
  const whole = rewritten(last, LINE_BREAKS, () => []);
  return whole === undefined ? readings : [...readings, whole];
};
