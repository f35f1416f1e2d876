// Instants, exact to any number of digits: APIs send microseconds and nanoseconds, but a Date has only milliseconds.

import {type Duration, lastDayOf, shift} from '../../duration.ts';
import {withoutZeros} from '../../json/trim.ts';
import {ZONE_HOURS} from './names.ts';

/** Whole milliseconds since 1970, and finer digits without zeros at their end. */
export type Moment = {readonly ms: number; readonly finer: string};

/** The smallest step of a notation: a unit of the calendar or clock, or the digits of a second (0: whole seconds). */
export type Tick = Exclude<keyof Duration, 'weeks' | 'seconds'> | number;

/** The years that have four digits. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const clamp = (ms: number): number => Math.min(Math.max(ms, FIRST_MS), LAST_MS);

const NANOSECONDS = 1e6;

/** @param instant epoch milliseconds; a fraction is cut to nanoseconds */
export const momentAt = (instant: number): Moment => {
  const ms = Math.floor(instant);
  const rest = Math.min(Math.floor((instant - ms) * NANOSECONDS), NANOSECONDS - 1);
  return {ms, finer: rest === 0 ? '' : withoutZeros(String(rest).padStart(6, '0'))};
};

/** Epoch milliseconds with a fraction, rounded to a double. */
export const toInstant = ({ms, finer}: Moment): number =>
  finer === '' ? ms : ms + Number(`0.${finer}`);

export const compareMoments = (a: Moment, b: Moment): number => {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.finer === b.finer) return 0;
  return a.finer < b.finer ? -1 : 1;
};

/** Ticks since 1970, of so many digits of a second; finer digits are cut off. */
export const toTicks = ({ms, finer}: Moment, digits: number): bigint => {
  if (digits >= 3) {
    const extra = digits - 3;
    return (
      BigInt(ms) * 10n ** BigInt(extra) + BigInt(`0${finer.padEnd(extra, '0').slice(0, extra)}`)
    );
  }
  return BigInt(Math.floor(ms / 10 ** (3 - digits)));
};

export const fromTicks = (ticks: bigint, digits: number): Moment => {
  if (digits <= 3) return {ms: Number(ticks) * 10 ** (3 - digits), finer: ''};
  const extra = digits - 3;
  const scale = 10n ** BigInt(extra);
  const rest = ((ticks % scale) + scale) % scale;
  return {
    ms: Number((ticks - rest) / scale),
    finer: withoutZeros(String(rest).padStart(extra, '0')),
  };
};

const DIGITS = 9;

/** Exact to the nanosecond. */
export const minusMs = (moment: Moment, ms: number): Moment => {
  const digits = Math.max(DIGITS, 3 + moment.finer.length);
  const by = BigInt(Math.ceil(ms * NANOSECONDS)) * 10n ** BigInt(digits - DIGITS);
  return fromTicks(toTicks(moment, digits) - by, digits);
};

/** By the calendar. */
export const minus = ({ms, finer}: Moment, by: Duration): Moment => {
  const earlier = shift(ms, by, -1);
  return {...momentAt(Number.isNaN(earlier) ? ms : earlier), finer};
};

export const minusTick = (moment: Moment, tick: Tick): Moment => {
  if (typeof tick !== 'number') return minus(moment, {[tick]: 1});
  const digits = Math.max(tick, 3 + moment.finer.length);
  return fromTicks(toTicks(moment, digits) - 10n ** BigInt(digits - tick), digits);
};

export type Fields = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The digits after the second, in any number. */
  readonly fraction: string;
};

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

/** The milliseconds by which a zone is ahead of UTC: `Z`, `UTC`, `EST`, `+02:00`, `-0530`, `+02` or ''. */
const offsetOf = (zone: string): number => {
  const named = /^[A-Za-z]/.test(zone) ? ZONE_HOURS[zone.toUpperCase()] : undefined;
  if (named !== undefined) return named * HOUR;
  const [, sign, hours, minutes = '0'] = /([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (hours === undefined) return 0;
  const ahead = (Number(hours) * 60 + Number(minutes)) * MINUTE;
  return sign === '-' ? -ahead : ahead;
};

/** The calendar repeats after this. Date.UTC takes the years 0 to 99 for 1900 to 1999, so it gets later years. */
const CYCLE = {years: 400, ms: 146_097 * 86_400_000};

const utc = ({year, month, day, hour, minute, second}: Fields): number =>
  Date.UTC(year + CYCLE.years, month - 1, day, hour, minute, second) - CYCLE.ms;

/** 0 is Sunday. */
export const weekdayOf = (fields: Fields): number => new Date(utc(fields)).getUTCDay();

const exists = ({year, month, day, hour, minute, second}: Fields): boolean => {
  // The name of something else than a month is NaN, which is never within a range.
  const isInRange = month >= 1 && month <= 12 && hour <= 24 && minute <= 59 && second <= 60;
  return isInRange && day >= 1 && (day <= 28 || day <= lastDayOf(year + CYCLE.years, month - 1));
};

/** Undefined for a time that does not exist, such as February 30 or MySQL's 0000-00-00. */
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

/** The fields of a moment in a zone, clamped to the years 0 to 9999. */
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
