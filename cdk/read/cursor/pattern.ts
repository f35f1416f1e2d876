// Times in a custom format of the API, such as `dd.MM.yyyy HH:mm`.
import type {CursorValue} from '../../author/types.ts';
import {SystemError} from '../../errors.ts';
import {
  FIELDS,
  type Groups,
  layoutWriter,
  type Notation,
  type Part,
  readGroups,
  ZONE,
} from './layout.ts';

const FIELD_OF = {
  yyyy: 'year',
  MM: 'month',
  dd: 'day',
  HH: 'hour',
  mm: 'minute',
  ss: 'second',
} as const;

const isField = (letters: string): letters is keyof typeof FIELD_OF =>
  Object.hasOwn(FIELD_OF, letters);

const KNOWN = 'yyyy MM dd HH mm ss S (one for each digit) Z XXX';

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
  if (letters === 'T') return {text: letters};
  if (letters === 'Z' || letters === 'XXX') return {zone: ''};
  if (/^S+$/.test(letters)) return {field: 'fraction', digits: letters.length};
  if (isField(letters)) return {field: FIELD_OF[letters], digits: letters.length};
  throw fault(pattern, `has the unknown letters "${letters}"`);
};

const namesOf = (parts: readonly Part[]): readonly string[] =>
  parts.flatMap((part) => {
    if ('zone' in part) return ['zone'];
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
};

const expressionOf = (part: Part): string => {
  if ('text' in part) return part.text.replace(/\W/g, '\\$&');
  return 'zone' in part ? `(${ZONE})` : `(\\d{${part.digits}})`;
};

const matcher = (parts: readonly Part[]): ((value: CursorValue) => Groups | undefined) => {
  const expression = new RegExp(`^${parts.map(expressionOf).join('')}$`);
  const names = namesOf(parts);
  const [year, month, day, hour, minute, second, fraction, zone] = [...FIELDS, 'zone'].map(
    (name) => names.indexOf(name) + 1,
  );
  return (value) => {
    const found = expression.exec(String(value));
    if (found === null) return undefined;
    const at = (index: number | undefined) => (index ? found[index] : undefined);
    return {
      year: at(year),
      month: at(month),
      day: at(day),
      hour: at(hour),
      minute: at(minute),
      second: at(second),
      fraction: at(fraction),
      zone: at(zone),
    };
  };
};

/**
 * Times in a pattern: `yyyyMMddHHmmss`, `dd/MM/yyyy`, `yyyy-MM-dd HH:mm:ss.SSSSSS XXX`; UTC without a zone.
 * A time that is only digits may also be a number.
 * @throws SystemError if the pattern is invalid
 */
export const patternNotation = (pattern: string): Notation => {
  const parts = [...pattern.matchAll(TOKENS)].map(({groups}) => partOf(groups ?? {}, pattern));
  validate(parts, pattern);
  const match = matcher(parts);
  return {
    read: (value) => {
      const groups = match(value);
      return groups && readGroups(groups);
    },
    writerLike: (model) => {
      const {zone = ''} = match(model) ?? {};
      const {tick, write} = layoutWriter(parts.map((part) => ('zone' in part ? {zone} : part)));
      return {tick, write: typeof model === 'number' ? (moment) => Number(write(moment)) : write};
    },
  };
};
