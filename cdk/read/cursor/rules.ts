// Compares and shifts cursor values, whatever their format.
import type {Cursor} from '../../author/cursor.ts';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import type {Duration} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {compareDecimals, digitsBefore, isDecimal} from './decimal.ts';
import {epochNotation} from './epoch.ts';
import {iso} from './iso.ts';
import type {Notation, Writer} from './layout.ts';
import {
  compareMoments,
  type Moment,
  minus,
  minusMs,
  minusTick,
  momentAt,
  toInstant,
} from './moment.ts';
import {patternNotation} from './pattern.ts';
import {rfc2822} from './rfc-2822.ts';
import {numberBefore, valueIn} from './value-in.ts';

export type CursorRules = {
  /** Undefined if the field is missing, null, an empty string, or neither a string nor a finite number. */
  readonly valueOf: (record: object) => CursorValue | undefined;
  /**
   * Below zero if `a` comes first. Times compare as instants, whatever their zone and precision; numbers and strings of
   * digits by size; other strings by their characters. Mixed values are ordered as strings, then numbers, then times, so
   * that a value that is not a time never becomes the position of a stream that has times.
   */
  readonly compare: (a: CursorValue, b: CursorValue) => number;
  /** Only values of the same kind can be compared, and those that are `unknown` cannot at all. */
  readonly kindOf: (value: CursorValue) => CursorKind;
  /** The later of two positions, or the first if they are equal; one may be missing. */
  readonly later: (
    a: CursorValue | undefined,
    b: CursorValue | undefined,
  ) => CursorValue | undefined;
  readonly isTime: (value: CursorValue) => boolean;
  /** Epoch milliseconds, with a fraction if the value has one; undefined for a value that is not a time. */
  readonly instantOf: (value: CursorValue) => number | undefined;
  /**
   * Subtracts, and writes the result like the value. A time moves by a duration, a date by at least a day; a number moves
   * by a number, which for `epoch-…` is in the same unit. Other combinations return the value unchanged.
   */
  readonly earlier: (value: CursorValue, by: Duration | number) => CursorValue;
  /**
   * Subtracts one unit of the value's own precision, for an API that returns records *after* a value: a second, a
   * millisecond or less by its digits, a day from a date, 1 from a whole number. Other strings stay unchanged.
   */
  readonly tickBefore: (value: CursorValue) => CursorValue;
  /** The value, or the instant (epoch milliseconds) written like it if that is earlier. Values that are not times pass. */
  readonly cappedAt: (value: CursorValue, instant: number) => CursorValue;
  /**
   * An instant (epoch milliseconds) written like `model`; finer digits are cut off.
   * @throws SystemError if the model is not a time
   */
  readonly atInstant: (instant: number, model: CursorValue) => CursorValue;
};

/** `characters` only if the format says so: other strings may be times in a notation that is not declared. */
export type CursorKind = 'time' | 'number' | 'characters' | 'unknown';

/** An empty string is not a value: APIs and states use it for "no value". */
export const isCursorValue = (value: unknown): value is CursorValue =>
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'number' && Number.isFinite(value));

/** Undefined for strings that are not times. */
export const notationOf = (format: CursorFormat): Notation | undefined => {
  if (format === 'characters') return undefined;
  if (format === 'rfc-2822') return rfc2822;
  return typeof format === 'string' ? epochNotation(format) : patternNotation(format.pattern);
};

/** ISO 8601 is always parsed as well: an older state may be written in it. */
const notationsOf = (format: CursorFormat | undefined): readonly Notation[] => {
  if (format === undefined) return [iso];
  const notation = notationOf(format);
  return notation === undefined ? [] : [notation, iso];
};

const order = (a: CursorValue, b: CursorValue): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const compareOthers = (a: CursorValue, b: CursorValue): number => {
  const [first, second] = [isDecimal(a), isDecimal(b)];
  if (first && second) return compareDecimals(a, b);
  if (first !== second) return first ? 1 : -1;
  return order(a, b);
};

const comparison =
  (read: Notation['read']): CursorRules['compare'] =>
  (a, b) => {
    if (a === b) return 0;
    const [first, second] = [read(a), read(b)];
    if (first === undefined && second === undefined) return compareOthers(a, b);
    if (first === undefined || second === undefined) return first === undefined ? -1 : 1;
    return compareMoments(first, second);
  };

const byCharacters: CursorRules['compare'] = (a, b) => order(String(a), String(b));

const kindWith =
  (format: CursorFormat | undefined, read: Notation['read']): CursorRules['kindOf'] =>
  (value) => {
    if (format === 'characters') return 'characters';
    if (read(value) !== undefined) return 'time';
    return format === undefined && isDecimal(value) ? 'number' : 'unknown';
  };

/** A time, and a writer of others like it. */
type Time = {readonly moment: Moment; readonly writer: Writer; readonly unit: number | undefined};

const timeIn = (notations: readonly Notation[], value: CursorValue): Time | undefined => {
  for (const {read, writerLike, unit} of notations) {
    const moment = read(value);
    if (moment !== undefined) return {moment, writer: writerLike(value), unit};
  }
  return undefined;
};

const timeEarlier = (
  {moment, writer, unit}: Time,
  by: Duration | number,
): CursorValue | undefined => {
  if (typeof by !== 'number') return writer.write(minus(moment, by));
  return unit === undefined ? undefined : writer.write(minusMs(moment, by * unit));
};

const changes = (
  timeOf: (value: CursorValue) => Time | undefined,
  field: string,
): Pick<CursorRules, 'earlier' | 'tickBefore' | 'cappedAt' | 'atInstant'> => ({
  earlier: (value, by) => {
    const time = timeOf(value);
    if (time !== undefined) return timeEarlier(time, by) ?? value;
    if (typeof by !== 'number') return value;
    return typeof value === 'number' ? value - by : digitsBefore(value, by);
  },
  tickBefore: (value) => {
    const time = timeOf(value);
    if (time !== undefined) return time.writer.write(minusTick(time.moment, time.writer.tick));
    return typeof value === 'number' ? numberBefore(value) : digitsBefore(value, 1);
  },
  cappedAt: (value, instant) => {
    const time = timeOf(value);
    const latest = momentAt(instant);
    if (time === undefined || compareMoments(time.moment, latest) <= 0) return value;
    return time.writer.write(latest);
  },
  atInstant: (instant, model) => {
    const time = timeOf(model);
    if (time !== undefined) return time.writer.write(momentAt(instant));
    throw new SystemError(
      `The cursor "${field}" should be a time, but is ${excerpt(JSON.stringify(model))}. Declare its \`format\`, or remove the options that need times.`,
    );
  },
});

/** @throws SystemError for an invalid pattern */
export const cursorRules = ({field, format}: Pick<Cursor, 'format' | 'field'>): CursorRules => {
  const notations = notationsOf(format);
  const read: Notation['read'] = (value) => {
    for (const notation of notations) {
      const moment = notation.read(value);
      if (moment !== undefined) return moment;
    }
    return undefined;
  };
  const compare = format === 'characters' ? byCharacters : comparison(read);
  return {
    valueOf: (record) => {
      const value = valueIn(record, field);
      return isCursorValue(value) ? value : undefined;
    },
    compare,
    kindOf: kindWith(format, read),
    later: (a, b) => {
      if (a === undefined || b === undefined) return a ?? b;
      return compare(a, b) >= 0 ? a : b;
    },
    isTime: (value) => read(value) !== undefined,
    instantOf: (value) => {
      const moment = read(value);
      return moment && toInstant(moment);
    },
    ...changes((value) => timeIn(notations, value), field),
  };
};
