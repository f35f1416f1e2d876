// What can be done with cursor values without knowing how they are written down.

import type {Cursor} from '../../author/cursor.ts';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import type {Duration} from '../../duration.ts';
import {SystemError} from '../../errors.ts';
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
import {numberBefore, valueIn} from './value-in.ts';

export type CursorRules = {
  /**
   * The cursor of a record, by the field's name or its dot path. Undefined where there is none: the field is missing,
   * null, an empty text, or something else than a text or a finite number.
   */
  readonly valueOf: (record: object) => CursorValue | undefined;
  /**
   * Which value comes first: below zero, `a` does. Times compare as instants, whatever their zone and precision;
   * numbers by size; other texts by their characters. Among values of several kinds, texts come first, then numbers, then
   * times: what is no time never becomes the position of a stream that has times.
   */
  readonly compare: (a: CursorValue, b: CursorValue) => number;
  /** The later of two positions, the first where they are equal; one may be missing. */
  readonly later: (
    a: CursorValue | undefined,
    b: CursorValue | undefined,
  ) => CursorValue | undefined;
  readonly isTime: (value: CursorValue) => boolean;
  /** Epoch milliseconds, with a fraction where there is one; undefined for what is no time. */
  readonly instantOf: (value: CursorValue) => number | undefined;
  /**
   * The value so much before another one, written like it. A time moves by a duration, and a date by whole days at least;
   * a number by a number, which for `epoch-…` is in the same unit. Anything else stays as it is: a text that is no time,
   * and a value that the length does not fit.
   */
  readonly earlier: (value: CursorValue, by: Duration | number) => CursorValue;
  /**
   * The value one unit of its own precision before another one, to ask an API that reads what comes *after* a value:
   * a second, a millisecond or finer by its digits, a day of a date, 1 of a whole number. Other texts stay as they are.
   */
  readonly tickBefore: (value: CursorValue) => CursorValue;
  /** A time, but not later than an instant (epoch milliseconds), written like it. Other values pass. */
  readonly cappedAt: (value: CursorValue, instant: number) => CursorValue;
  /**
   * An instant (epoch milliseconds) written like `model`; what is finer than that is cut off.
   * @throws SystemError where the model is no time
   */
  readonly atInstant: (instant: number, model: CursorValue) => CursorValue;
};

/** Not an empty string: APIs and states say "none" by it. */
export const isCursorValue = (value: unknown): value is CursorValue =>
  (typeof value === 'string' && value !== '') ||
  (typeof value === 'number' && Number.isFinite(value));

/** ISO 8601 is understood beside any other format: `start` may be written so, or a state from before. */
const notationsOf = (format: CursorFormat | undefined): readonly Notation[] => {
  if (format === undefined) return [iso];
  return [
    typeof format === 'string' ? epochNotation(format) : patternNotation(format.pattern),
    iso,
  ];
};

const order = <T extends string | number>(a: T, b: T): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

const compareOthers = (a: CursorValue, b: CursorValue): number => {
  if (typeof a === typeof b) return order(a, b);
  return typeof a === 'string' ? -1 : 1;
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

/** A time, and what is needed to write another one like it. */
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

/** What changes values, each in the way it is written. */
const changes = (
  timeOf: (value: CursorValue) => Time | undefined,
  field: string,
): Pick<CursorRules, 'earlier' | 'tickBefore' | 'cappedAt' | 'atInstant'> => ({
  earlier: (value, by) => {
    const time = timeOf(value);
    if (time !== undefined) return timeEarlier(time, by) ?? value;
    return typeof value === 'number' && typeof by === 'number' ? value - by : value;
  },
  tickBefore: (value) => {
    const time = timeOf(value);
    if (time !== undefined) return time.writer.write(minusTick(time.moment, time.writer.tick));
    return typeof value === 'number' ? numberBefore(value) : value;
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
      `The cursor "${field}" should be a time, but is ${JSON.stringify(model)}. Say in its \`format\` how it is written, or do without what needs times.`,
    );
  },
});

/**
 * The rules of a stream's cursor.
 * @throws SystemError for a pattern that can't tell a time
 */
export const cursorRules = ({field, format}: Pick<Cursor, 'format' | 'field'>): CursorRules => {
  const notations = notationsOf(format);
  const read: Notation['read'] = (value) => {
    for (const notation of notations) {
      const moment = notation.read(value);
      if (moment !== undefined) return moment;
    }
    return undefined;
  };
  const compare = comparison(read);
  return {
    valueOf: (record) => {
      const value = valueIn(record, field);
      return isCursorValue(value) ? value : undefined;
    },
    compare,
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
