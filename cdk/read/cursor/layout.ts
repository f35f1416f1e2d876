// The layout of a written time, part by part, for ISO 8601 and for an author's own pattern.
import type {CursorValue} from '../../author/types.ts';
import {type Fields, fieldsAt, type Moment, momentOf, type Tick, weekdayOf} from './moment.ts';
import {type Length, lengthOf, MONTHS, monthNumber, nameOf, WEEKDAYS} from './names.ts';

/** Writes instants like one value. Finer digits are cut off, so the result is never later. */
export type Writer = {
  readonly write: (moment: Moment) => CursorValue;
  readonly tick: Tick;
};

export type Notation = {
  /** Undefined for a value in another notation. */
  readonly read: (value: CursorValue) => Moment | undefined;
  /** For a value that `read` can parse. */
  readonly writerLike: (model: CursorValue) => Writer;
  /** For values that are counts, the milliseconds of the value 1. */
  readonly unit?: number;
};

/** From the coarsest to the finest; `fraction` is the digits after the second. */
export const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'fraction'] as const;

type FieldName = (typeof FIELDS)[number];

type FieldPart = {
  readonly field: FieldName;
  /** The least number of digits; a year has exactly that many. */
  readonly digits: number;
  /** A month is written by its name. */
  readonly name?: Length;
  /** An hour of 1 to 12. */
  readonly isHalfDay?: boolean;
};

/** A literal string, a field, AM or PM, a weekday, or a zone as one value writes it. */
export type Part =
  | {readonly text: string}
  | FieldPart
  | {readonly half: 'AM'}
  | {readonly weekday: Length}
  | {readonly zone: string};

const writeField = (
  {field, digits, name, isHalfDay}: FieldPart,
  fields: Fields,
): string | undefined => {
  if (field === 'fraction') return fields.fraction.slice(0, digits).padEnd(digits, '0');
  if (name !== undefined) return nameOf(MONTHS, fields.month - 1, name);
  const value = isHalfDay ? ((fields.hour + 11) % 12) + 1 : fields[field];
  const written = String(value).padStart(digits, '0');
  return field === 'year' ? written.slice(-digits) : written;
};

const writePart = (part: Part, fields: Fields): string | undefined => {
  if ('text' in part) return part.text;
  if ('zone' in part) return part.zone;
  if ('half' in part) return fields.hour < 12 ? 'AM' : 'PM';
  if ('weekday' in part) return nameOf(WEEKDAYS, weekdayOf(fields), part.weekday);
  return writeField(part, fields);
};

const TICKS = {
  year: 'years',
  month: 'months',
  day: 'days',
  hour: 'hours',
  minute: 'minutes',
} as const;

/** The unit of the finest field. */
const tickOf = (parts: readonly Part[]): Tick => {
  const fields = parts.flatMap((part) => ('field' in part ? [part] : []));
  const finest = FIELDS.findLast((name) => fields.some(({field}) => field === name));
  if (finest === 'fraction') return fields.find(({field}) => field === finest)?.digits ?? 0;
  return finest === undefined || finest === 'second' ? 0 : TICKS[finest];
};

/** Writes times in the zone that is among the parts, or in UTC. */
export const layoutWriter = (
  parts: readonly Part[],
): {readonly tick: Tick; readonly write: (moment: Moment) => string} => {
  const zone = parts.map((part) => ('zone' in part ? part.zone : '')).join('');
  return {
    tick: tickOf(parts),
    write: (moment) => {
      const fields = fieldsAt(moment, zone);
      return parts.map((part) => writePart(part, fields)).join('');
    },
  };
};

const partLike = (name: string, written: string): Part => {
  if (name === 'zone') return {zone: written};
  if (name === 'weekday') return {weekday: lengthOf(written)};
  const field = FIELDS.find((one) => one === name);
  if (field === undefined) return {text: written};
  return /^\d/.test(written)
    ? {field, digits: written.length}
    : {field, digits: 0, name: lengthOf(written)};
};

/** The parts of a written time: the named groups of a match with indices, and the strings between them. */
export const partsLike = (found: RegExpExecArray | null | undefined): readonly Part[] => {
  const {input, indices} = found ?? {input: '', indices: undefined};
  let end = 0;
  return Object.entries(indices?.groups ?? {}).flatMap(([name, range]) => {
    if (range === undefined) return [];
    const between = input.slice(end, range[0]).replace(/\s+/g, ' ');
    end = range[1];
    return [{text: between}, partLike(name, input.slice(...range))];
  });
};

/** The fields of a time as strings. A missing one has its first value; without a zone it is UTC. */
export type Groups = {readonly [name in FieldName | 'zone']?: string | undefined};

export const readGroups = (groups: Groups): Moment | undefined =>
  momentOf(
    {
      year: Number(groups.year),
      month: monthNumber(groups.month ?? '1'),
      day: Number(groups.day ?? 1),
      hour: Number(groups.hour ?? 0),
      minute: Number(groups.minute ?? 0),
      second: Number(groups.second ?? 0),
      fraction: groups.fraction ?? '',
    },
    groups.zone ?? '',
  );

/** `Z`, `+02:00`, or ` +0000` as in Ruby. */
export const ZONE = ' ?(?:Z|UTC|[+-]\\d{2}(?::?\\d{2})?)';
