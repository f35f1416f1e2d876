// Instants, exact to any number of digits: APIs tell times in microseconds and nanoseconds, a Date keeps milliseconds.
import {type Duration, lastDayOf, shift} from '../../duration.ts';

/** Whole milliseconds since 1970, and what lies behind them as digits, without zeros at their end. */
export type Moment = {readonly ms: number; readonly finer: string};

/**
 * The smallest step that a way of writing can tell: a unit of the calendar or of the clock, or how many digits of a
 * second it has (0: whole seconds).
 */
export type Tick = Exclude<keyof Duration, 'weeks' | 'seconds'> | number;

/** The years that four digits can tell. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const clamp = (ms: number): number => Math.min(Math.max(ms, FIRST_MS), LAST_MS);

const withoutZeros = (digits: string): string => digits.replace(/0+$/, '');

const NANOSECONDS = 1e6;

/** Of epoch milliseconds, which may have a fraction; it is cut to nanoseconds. */
export const momentAt = (instant: number): Moment => {
  const ms = Math.floor(instant);
  const rest = Math.min(Math.floor((instant - ms) * NANOSECONDS), NANOSECONDS - 1);
  return {ms, finer: rest === 0 ? '' : withoutZeros(String(rest).padStart(6, '0'))};
};

/** Epoch milliseconds with a fraction, as exact as a number can be. */
export const toInstant = ({ms, finer}: Moment): number =>
  finer === '' ? ms : ms + Number(`0.${finer}`);

export const compareMoments = (a: Moment, b: Moment): number => {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.finer === b.finer) return 0;
  return a.finer < b.finer ? -1 : 1;
};

/** How many ticks of so many digits of a second lie between 1970 and a moment; what is finer is cut off. */
export const toTicks = ({ms, finer}: Moment, digits: number): bigint => {
  if (digits >= 3) {
    const behind = digits - 3;
    return (
      BigInt(ms) * 10n ** BigInt(behind) + BigInt(`0${finer.padEnd(behind, '0').slice(0, behind)}`)
    );
  }
  return BigInt(Math.floor(ms / 10 ** (3 - digits)));
};

export const fromTicks = (ticks: bigint, digits: number): Moment => {
  if (digits <= 3) return {ms: Number(ticks) * 10 ** (3 - digits), finer: ''};
  const behind = digits - 3;
  const scale = 10n ** BigInt(behind);
  const rest = ((ticks % scale) + scale) % scale;
  return {
    ms: Number((ticks - rest) / scale),
    finer: withoutZeros(String(rest).padStart(behind, '0')),
  };
};

const DIGITS = 9;

/** So many milliseconds before, to the nanosecond. */
export const minusMs = (moment: Moment, ms: number): Moment => {
  const digits = Math.max(DIGITS, 3 + moment.finer.length);
  const by = BigInt(Math.ceil(ms * NANOSECONDS)) * 10n ** BigInt(digits - DIGITS);
  return fromTicks(toTicks(moment, digits) - by, digits);
};

/** So much before, by the calendar. */
export const minus = ({ms, finer}: Moment, by: Duration): Moment => {
  const earlier = shift(ms, by, -1);
  return {...momentAt(Number.isNaN(earlier) ? ms : earlier), finer};
};

/** One tick before. */
export const minusTick = (moment: Moment, tick: Tick): Moment => {
  if (typeof tick !== 'number') return minus(moment, {[tick]: 1});
  const digits = Math.max(tick, 3 + moment.finer.length);
  return fromTicks(toTicks(moment, digits) - 10n ** BigInt(digits - tick), digits);
};

/** A time as the calendar and the clock tell it. */
export type Fields = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Digits behind the second; any number of them. */
  readonly fraction: string;
};

const MINUTE = 60_000;

/** How far a zone is ahead of UTC, in milliseconds: of `Z`, `UTC`, `+02:00`, `-0530`, `+02`; UTC without one. */
const offsetOf = (zone: string): number => {
  const [, sign, hours, minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (hours === undefined) return 0;
  const ahead = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  return sign === '-' ? -ahead : ahead;
};

/** The calendar repeats itself after so long. Date.UTC takes the years 0 to 99 for 1900 to 1999, so it is asked for later ones. */
const CYCLE = {years: 400, ms: 146_097 * 86_400_000};

const utc = ({year, month, day, hour, minute, second}: Fields): number =>
  Date.UTC(year + CYCLE.years, month - 1, day, hour, minute, second) - CYCLE.ms;

const exists = ({year, month, day, hour, minute, second}: Fields): boolean => {
  if (month < 1 || month > 12 || hour > 24 || minute > 59 || second > 60) return false;
  return day >= 1 && (day <= 28 || day <= lastDayOf(year + CYCLE.years, month - 1));
};

/** Undefined for a time that no calendar has, such as February 30 or MySQL's 0000-00-00. */
export const momentOf = (fields: Fields, zone: string): Moment | undefined => {
  if (!exists(fields)) return undefined;
  const {fraction} = fields;
  const seconds = utc(fields) - (zone === '' ? 0 : offsetOf(zone));
  if (fraction === '') return {ms: seconds, finer: ''};
  return {
    ms: seconds + Number(fraction.slice(0, 3).padEnd(3, '0')),
    finer: withoutZeros(fraction.slice(3)),
  };
};

/** What the clocks of a zone show; before year 0 and behind year 9999, the first and the last time that can be told. */
export const fieldsAt = ({ms, finer}: Moment, zone: string): Fields => {
  const date = new Date(clamp(ms + offsetOf(zone)));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: String(date.getUTCMilliseconds()).padStart(3, '0') + finer,
  };
};
