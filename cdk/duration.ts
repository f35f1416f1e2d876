/** A length of time. Months and years are those of the calendar, in UTC. */
export type Duration = {
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
  readonly weeks?: number;
  readonly months?: number;
  readonly years?: number;
};

/** @param month 0 for January */
export const lastDayOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/**
 * The instant that lies so far from another one, in epoch milliseconds. A month behind the 31st is the last day of the
 * month that follows.
 * @param sign 1 for later, -1 for earlier
 */
export const shift = (instant: number, duration: Duration, sign: 1 | -1): number => {
  const {
    years = 0,
    months = 0,
    weeks = 0,
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
  } = duration;
  const date = new Date(instant);
  const inMonths = date.getUTCMonth() + sign * (12 * years + months);
  const year = date.getUTCFullYear() + Math.floor(inMonths / 12);
  const month = ((inMonths % 12) + 12) % 12;
  date.setUTCFullYear(year, month, Math.min(date.getUTCDate(), lastDayOf(year, month)));
  const exact = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  return date.getTime() + sign * exact * 1_000;
};

/** About how long a duration is; a month has 30 days here, a year 365. */
export const millisecondsOf = ({years = 0, months = 0, ...exact}: Duration): number =>
  shift(0, exact, 1) + (365 * years + 30 * months) * 24 * 3_600_000;
