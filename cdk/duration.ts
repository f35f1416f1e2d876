import {SystemError} from './errors.ts';

/** A length of time without months and years, which vary: `{seconds: 30}`, `{minutes: 1, seconds: 30}`. */
export type ExactDuration = {
  readonly milliseconds?: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
  readonly weeks?: number;
};

/** A length of time: `{days: 30}`, `{months: 1}`. Months and years are those of the calendar, in UTC. */
export type Duration = ExactDuration & {
  readonly months?: number;
  readonly years?: number;
};

/** @param month 0 for January */
export const lastDayOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

const DAY = 24 * 3_600_000;

/** In milliseconds. */
const UNITS = [
  ['milliseconds', 1],
  ['seconds', 1_000],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['days', DAY],
  ['weeks', 7 * DAY],
] as const;

const exactMilliseconds = (duration: ExactDuration): number =>
  UNITS.reduce((sum, [unit, length]) => sum + (duration[unit] ?? 0) * length, 0);

/**
 * Moves an instant, in epoch milliseconds. A month after the 31st is the last day of the next month.
 * @param sign 1 for later, -1 for earlier
 */
export const shift = (instant: number, duration: Duration, sign: 1 | -1): number => {
  const {years = 0, months = 0, ...exact} = duration;
  const date = new Date(instant);
  const inMonths = date.getUTCMonth() + sign * (12 * years + months);
  const year = date.getUTCFullYear() + Math.floor(inMonths / 12);
  const month = ((inMonths % 12) + 12) % 12;
  date.setUTCFullYear(year, month, Math.min(date.getUTCDate(), lastDayOf(year, month)));
  return date.getTime() + sign * exactMilliseconds(exact);
};

/** The approximate length in milliseconds: a month counts 30 days, a year 365. */
export const millisecondsOf = ({years = 0, months = 0, ...exact}: Duration): number =>
  exactMilliseconds(exact) + (365 * years + 30 * months) * DAY;

const isUnit = (name: string): boolean => UNITS.some(([unit]) => unit === name);

/**
 * Converts the value of an option to milliseconds. Sources may be JavaScript, and options may come from configs, so it
 * throws a SystemError if the value is not a duration.
 * @param option its name, for the error: `timeouts.total`
 */
export const toMilliseconds = (option: string, duration: ExactDuration): number => {
  const value: unknown = duration;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isValid =
    entries.length > 0 &&
    entries.every(([name, amount]) => isUnit(name) && typeof amount === 'number' && amount >= 0);
  if (isValid) return exactMilliseconds(duration);
  throw new SystemError(
    `\`${option}\` is ${JSON.stringify(value)}, which is not a length of time. Write it as {seconds: 30}; the units are ${UNITS.map(([unit]) => unit).join(', ')}.`,
  );
};
