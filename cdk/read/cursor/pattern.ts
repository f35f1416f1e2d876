// Times in a custom format of the API, such as `dd.MM.yyyy HH:mm`.
import type {CursorValue} from '../../author/types.ts';
import {SystemError} from '../../errors.ts';
import {FIELDS, layoutWriter, type Notation, type Part, readGroups, ZONE} from './layout.ts';
import {anyOf, MONTHS, WEEKDAYS} from './names.ts';

const PARTS: Readonly<Record<string, Part>> = {
  yyyy: {field: 'year', digits: 4},
  MM: {field: 'month', digits: 2},
  M: {field: 'month', digits: 1},
  MMM: {field: 'month', digits: 0, name: 'short'},
  MMMM: {field: 'month', digits: 0, name: 'long'},
  dd: {field: 'day', digits: 2},
  d: {field: 'day', digits: 1},
  EEE: {weekday: 'short'},
  EEEE: {weekday: 'long'},
  HH: {field: 'hour', digits: 2},
  H: {field: 'hour', digits: 1},
  hh: {field: 'hour', digits: 2, isHalfDay: true},
  h: {field: 'hour', digits: 1, isHalfDay: true},
  a: {half: 'AM'},
  mm: {field: 'minute', digits: 2},
  ss: {field: 'second', digits: 2},
  T: {text: 'T'},
  // UTC, if no value shows how the API writes zones.
  Z: {zone: '+0000'},
  XXX: {zone: 'Z'},
};

const KNOWN = 'yyyy MM M MMM MMMM dd d EEE EEEE HH H hh h a mm ss S (one for each digit) Z XXX';

/** A run of one letter, a quoted string (two quotes are one), or characters that are not letters. */
const TOKENS = /'(?<quoted>(?:[^']|'')*)'|(?<letters>([A-Za-z])\3*)|(?<plain>[^A-Za-z']+)|'/g;

type Token = {readonly quoted?: string; readonly letters?: string; readonly plain?: string};

const fault = (pattern: string, what: string): SystemError =>
  new SystemError(
    `The cursor's pattern "${pattern}" ${what}. A pattern is made of ${KNOWN}; put other letters in quotes, as in yyyy-MM-dd'T'HH:mm.`,
  );

const partOf = ({quoted, letters, plain}: Token, pattern: string): Part => {
  if (plain !== undefined) return {text: plain};
  if (quoted !== undefined) return {text: quoted === '' ? "'" : quoted.replaceAll("''", "'")};
  if (letters === undefined) throw fault(pattern, 'has a quote that is not closed');
  if (/^S+$/.test(letters)) return {field: 'fraction', digits: letters.length};
  const part = Object.hasOwn(PARTS, letters) ? PARTS[letters] : undefined;
  if (part !== undefined) return part;
  throw fault(pattern, `has the unknown letters "${letters}"`);
};

const namesOf = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => {
    if ('zone' in part) return ['zone'];
    if ('half' in part) return ['half'];
    return 'field' in part ? [part.field] : [];
  });

/** Each field must occur once, and with all coarser ones: a day means nothing without its month. */
const validate = (parts: readonly Part[], pattern: string): void => {
  const names = namesOf(parts);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw fault(pattern, `has the ${twice} twice`);
  const finest = FIELDS.findLastIndex((name) => names.includes(name));
  const missing = FIELDS.slice(0, finest + 1).find((name) => !names.includes(name));
  if (finest < 0 || missing !== undefined) {
    throw fault(pattern, `does not have the ${missing ?? 'year'}`);
  }
  const isHalfDay = parts.some((part) => 'field' in part && part.isHalfDay === true);
  if (isHalfDay !== names.includes('half')) {
    throw fault(pattern, isHalfDay ? 'has an hour of 1 to 12 without a' : 'has a without hh or h');
  }
};

const expressionOf = (part: Part): string => {
  if ('text' in part) return part.text.replace(/\W/g, '\\$&');
  if ('zone' in part) return `(?<zone>${ZONE})`;
  if ('half' in part) return '(?<half>[AaPp]\\.?[Mm]\\.?)';
  if ('weekday' in part) return `(?:${anyOf(WEEKDAYS, part.weekday)})`;
  const {field, digits, name} = part;
  if (name !== undefined) return `(?<${field}>${anyOf(MONTHS, name)})`;
  return `(?<${field}>\\d{${digits === 1 && field !== 'fraction' ? '1,2' : digits}})`;
};

/** Hour 1 to 12 with AM or PM as an hour of the day; NaN for others. */
const wholeDayHour = (hour: string, half: string): string => {
  const number = Number(hour);
  if (number < 1 || number > 12) return 'NaN';
  return String((number % 12) + (/^p/i.test(half) ? 12 : 0));
};

/**
 * Times in a pattern: `yyyyMMddHHmmss`, `dd/MM/yyyy`, `MMM d, yyyy h:mm a`, `yyyy-MM-dd HH:mm:ss.SSSSSS XXX`; UTC without a zone.
 * A time that is only digits may also be a number.
 * @throws SystemError if the pattern is invalid
 */
export const patternNotation = (pattern: string): Notation => {
  const parts = [...pattern.matchAll(TOKENS)].map(({groups}) => partOf(groups ?? {}, pattern));
  validate(parts, pattern);
  const expression = new RegExp(`^${parts.map(expressionOf).join('')}$`);
  const match = (value: CursorValue) => expression.exec(String(value))?.groups;
  return {
    read: (value) => {
      const groups = match(value);
      if (groups === undefined) return undefined;
      const {half, hour = ''} = groups;
      return readGroups(half === undefined ? groups : {...groups, hour: wholeDayHour(hour, half)});
    },
    writerLike: (model) => {
      const {zone} = match(model) ?? {};
      const like = (part: Part): Part => ('zone' in part && zone !== undefined ? {zone} : part);
      const {tick, write} = layoutWriter(parts.map(like));
      return {tick, write: typeof model === 'number' ? (moment) => Number(write(moment)) : write};
    },
  };
};
