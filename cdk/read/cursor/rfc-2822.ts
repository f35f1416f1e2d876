// The times of mail, feeds and HTTP headers: `Wed, 01 Jan 2025 00:00:00 +0000` (RFC 2822 and RFC 5322), those of RFC 850 in
// older servers, and those of C's asctime, in which the year is last.
import type {CursorValue} from '../../author/types.ts';
import {layoutWriter, type Notation, partsLike, readGroups} from './layout.ts';
import {anyOf, MONTHS, WEEKDAYS, ZONE_HOURS} from './names.ts';

/** Longer strings are not times, however they begin. */
const LONGEST = 80;

const WEEKDAY = `(?:(?<weekday>${anyOf(WEEKDAYS)})(?:\\.?,?\\s+|,))?`;
const MONTH = `(?<month>${anyOf(MONTHS)})\\.?`;
const TIME = '(?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2}))?';
const ZONE = `(?:\\s+(?<zone>[+-]\\d{2}:?\\d{2}|${Object.keys(ZONE_HOURS).join('|')}))?`;
const COMMENT = '(?:\\s*\\([^()]*\\))?';

const DAY_FIRST = new RegExp(
  `^${WEEKDAY}(?<day>\\d{1,2})[ -]${MONTH}[ -](?<year>\\d{4}|\\d{2})\\s+${TIME}${ZONE}${COMMENT}$`,
  'di',
);

const YEAR_LAST = new RegExp(
  `^${WEEKDAY}${MONTH}\\s+(?<day>\\d{1,2})\\s+${TIME}${ZONE}\\s+(?<year>\\d{4})$`,
  'di',
);

const match = (value: CursorValue): RegExpExecArray | undefined => {
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  const text = value.trim();
  return DAY_FIRST.exec(text) ?? YEAR_LAST.exec(text) ?? undefined;
};

/** RFC 5322 §4.3: two digits mean 1950 to 2049. */
const fullYear = (year = ''): string => {
  if (year.length > 2) return year;
  return Number(year) < 50 ? `20${year}` : `19${year}`;
};

/** UTC without a zone. A comment such as `(CET)` is ignored. */
export const rfc2822: Notation = {
  read: (value) => {
    const groups = match(value)?.groups;
    return groups && readGroups({...groups, year: fullYear(groups['year'])});
  },
  writerLike: (model) => layoutWriter(partsLike(match(model))),
};
