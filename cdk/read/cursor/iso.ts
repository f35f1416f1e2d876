// ISO 8601, and the similar formats of databases and languages.
import type {CursorValue} from '../../author/types.ts';
import {layoutWriter, type Notation, partsLike, readGroups, ZONE} from './layout.ts';
import type {Moment} from './moment.ts';

const ISO =
  '^(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})' +
  `(?:[T ](?<hour>\\d{2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d+))?)?(?<zone>${ZONE})?)?$`;

const FIELDS = new RegExp(ISO, 'di');
/** Without names and indices, which are slow for each record. */
const VALUES = new RegExp(ISO.replaceAll(/\?<\w+>/g, ''), 'i');

/** Fast, because it runs for each record. Only days that exist: Date.parse takes February 30 for March 2. */
const COMMON =
  /^\d{4}-(?:\d\d-(?:[01]\d|2[0-8])|(?!02)\d\d-(?:29|30)|(?:0[13578]|1[02])-31)T\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

const readCommon = (value: CursorValue): Moment | undefined => {
  const ms = typeof value === 'string' && COMMON.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : {ms, finer: ''};
};

/** `2026-01-31`, `2026-01-31T12:00:00.123Z`, `2026-01-31 12:00:00+02:00`; UTC without a zone. */
export const iso: Notation = {
  read: (value) => {
    const common = readCommon(value);
    if (common !== undefined) return common;
    const found = typeof value === 'string' ? VALUES.exec(value) : null;
    if (found === null) return undefined;
    const [, year, month, day, hour, minute, second, fraction, zone] = found;
    return readGroups({year, month, day, hour, minute, second, fraction, zone});
  },
  writerLike: (model) => layoutWriter(partsLike(FIELDS.exec(String(model)))),
};
