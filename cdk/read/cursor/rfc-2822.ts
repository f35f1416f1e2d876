// The times of mail, feeds and HTTP headers: `Wed, 01 Jan 2025 00:00:00 +0000` (RFC 2822 and RFC 5322), those of RFC 850 in
// older servers, and those of C's asctime, in which the year is last.
import type {CursorValue} from '../../author/types.ts';
import {layoutWriter, type Notation, type Part, readGroups} from './layout.ts';
import type {Moment} from './moment.ts';
import {anyOf, MONTHS, monthNumber, WEEKDAYS, ZONE_HOURS} from './names.ts';

/** Longer strings are not times, however they begin. */
const LONGEST = 80;

const WEEKDAY = `(?:(?<weekday>${anyOf(WEEKDAYS)})(?<comma>\\.?,?\\s+|,))?`;
const MONTH = `(?<month>${anyOf(MONTHS)})\\.?`;
const TIME = '(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}))?';
const ZONE = `(?:\\s+(?<zone>[+-]\\d{2}:?\\d{2}|${Object.keys(ZONE_HOURS).join('|')}))?`;
const COMMENT = '(?:\\s*\\([^()]*\\))?';

const DAY_FIRST = new RegExp(
  `^${WEEKDAY}(?<day>\\d{1,2})(?<dash>[ -])${MONTH}[ -](?<year>\\d{4}|\\d{2})\\s+${TIME}${ZONE}${COMMENT}$`,
  'i',
);

const YEAR_LAST = new RegExp(
  `^${WEEKDAY}${MONTH}\\s+(?<day>\\d{1,2})\\s+${TIME}${ZONE}\\s+(?<year>\\d{4})$`,
  'i',
);

type Match = {
  readonly [name in
    | 'weekday'
    | 'comma'
    | 'day'
    | 'dash'
    | 'month'
    | 'year'
    | 'hour'
    | 'minute'
    | 'second'
    | 'zone']?: string | undefined;
};

const match = (value: CursorValue): Match | undefined => {
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  const text = value.trim();
  return (DAY_FIRST.exec(text) ?? YEAR_LAST.exec(text))?.groups;
};

/** RFC 5322 §4.3: two digits mean 1950 to 2049. */
const fullYear = (year = ''): string => {
  if (year.length > 2) return year;
  return Number(year) < 50 ? `20${year}` : `19${year}`;
};

const read = (value: CursorValue): Moment | undefined => {
  const found = match(value);
  if (found === undefined) return undefined;
  const {month = '', year, zone, ...rest} = found;
  return readGroups({
    ...rest,
    year: fullYear(year),
    month: String(monthNumber(month)),
    zone: zone?.toUpperCase(),
  });
};

const text = (text: string): Part => ({text});

const lengthOf = (name: string): 'short' | 'long' => (name.length > 3 ? 'long' : 'short');

const partsOf = ({weekday, comma = ' ', dash, ...found}: Match): readonly Part[] => {
  const {day = '', month = '', year = '', hour = '', second, zone} = found;
  const weekdayParts: readonly Part[] =
    weekday === undefined ? [] : [{weekday: lengthOf(weekday)}, text(comma)];
  const dayPart: Part = {field: 'day', digits: day.length};
  const monthPart: Part = {field: 'month', digits: 0, name: lengthOf(month)};
  const yearPart: Part = {field: 'year', digits: year.length};
  const time: readonly Part[] = [
    {field: 'hour', digits: hour.length},
    text(':'),
    {field: 'minute', digits: 2},
    ...(second === undefined ? [] : ([text(':'), {field: 'second', digits: 2}] as const)),
  ];
  const zoneParts: readonly Part[] = zone === undefined ? [] : [text(' '), {zone}];
  return dash === undefined
    ? [
        ...weekdayParts,
        monthPart,
        text(' '),
        dayPart,
        text(' '),
        ...time,
        ...zoneParts,
        text(' '),
        yearPart,
      ]
    : [
        ...weekdayParts,
        dayPart,
        text(dash),
        monthPart,
        text(dash),
        yearPart,
        text(' '),
        ...time,
        ...zoneParts,
      ];
};

/** UTC without a zone. A comment such as `(CET)` is ignored. */
export const rfc2822: Notation = {
  read,
  writerLike: (model) => layoutWriter(partsOf(match(model) ?? {})),
};
