// Strings that the schema declares as dates and times. Airbyte wants `2026-01-02` and RFC 3339 with a `T`:
// https://docs.airbyte.com/platform/understanding-airbyte/supported-data-types

const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`\d{2}:\d{2}`;
const LOOSE_SECONDS = String.raw`(:\d{2}(?:\.\d+)?)?`;
const LOOSE_ZONE = String.raw` ?([Zz]|[+-]\d{2}(?::?\d{2})?)?`;

const DATE_ONLY = new RegExp(`^${DATE}(?: BC)?$`);
const EXACT_DATE_TIME = new RegExp(
  String.raw`^${DATE}T${TIME}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?(?: BC)?$`,
);
const LOOSE_DATE_TIME = new RegExp(`^(${DATE})[Tt ](${TIME})${LOOSE_SECONDS}${LOOSE_ZONE}( BC)?$`);
const LOOSE_TIME = new RegExp(`^(${TIME})${LOOSE_SECONDS}${LOOSE_ZONE}$`);

const isDate = (text: string): boolean => DATE_ONLY.test(text);

/** `Z`, or hours and minutes with a colon; '' stays '', because the zone is unknown. */
const zoneOf = (zone = ''): string => {
  if (zone === '' || zone === 'Z' || zone === 'z') return zone.toUpperCase();
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
};

const dateTime = (text: string): string | undefined => {
  if (EXACT_DATE_TIME.test(text) || isDate(text)) return text;
  const [, date, time, seconds = ':00', zone, era = ''] = LOOSE_DATE_TIME.exec(text) ?? [];
  return date === undefined ? undefined : `${date}T${time}${seconds}${zoneOf(zone)}${era}`;
};

const date = (text: string): string | undefined =>
  isDate(text) || LOOSE_DATE_TIME.test(text) ? text : undefined;

const time = (text: string): string | undefined => {
  const [, hour, seconds = ':00', zone] = LOOSE_TIME.exec(text) ?? [];
  return hour === undefined ? undefined : `${hour}${seconds}${zoneOf(zone)}`;
};

/** Writes a string in its format; undefined if it is not such a time. */
export type TimeFormat = (text: string) => string | undefined;

const FORMATS: ReadonlyMap<unknown, TimeFormat> = new Map([
  ['date-time', dateTime],
  ['date', date],
  ['time', time],
  ['timestamp_with_timezone', dateTime],
  ['timestamp_without_timezone', dateTime],
  ['time_with_timezone', time],
  ['time_without_timezone', time],
]);

/**
 * Undefined if the schema declares no time. Only the notation is changed: a space to `T`, `+0000` to `+00:00`, missing
 * seconds. A zone is never invented and nothing is cut off: a time without a zone stays unchanged, and so does a date that
 * is declared as a time, or a time that is declared as a date.
 */
export const timeFormatOf = (format: unknown, airbyteType: unknown): TimeFormat | undefined =>
  FORMATS.get(format) ?? FORMATS.get(airbyteType);
