// English names of months, weekdays and zones in written times.

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

export const WEEKDAYS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

export type Length = 'short' | 'long';

export const nameOf = (
  names: readonly string[],
  index: number,
  length: Length,
): string | undefined => (length === 'long' ? names[index] : names[index]?.slice(0, 3));

/** For regular expressions that ignore case. The long names come first, because they begin like the short ones. */
export const anyOf = (names: readonly string[], length?: Length): string =>
  [
    ...(length === 'short' ? [] : names),
    ...(length === 'long' ? [] : names.map((name) => name.slice(0, 3))),
  ].join('|');

export const lengthOf = (name: string): Length => (name.length > 3 ? 'long' : 'short');

/** 1 to 12 for a name. */
export const monthNumber = (name: string): number => {
  if (/^\d/.test(name)) return Number(name);
  const index = MONTHS.findIndex((month) =>
    month.toLowerCase().startsWith(name.slice(0, 3).toLowerCase()),
  );
  return index < 0 ? Number.NaN : index + 1;
};

/** Hours ahead of UTC: RFC 5322 §4.3. Other names differ between countries, so they are not read. */
export const ZONE_HOURS: Readonly<Record<string, number>> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};
