// Texts that are dates and times by their schema. Airbyte wants `2026-01-02` and RFC 3339 with a `T`:
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

/** `Z`, or hours and minutes with a colon; '' stays '', since nobody knows the zone. */
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

/** A text as its format wants it; undefined for one that is no such time at all. */
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
 * How a schema wants its times; undefined where its texts may be anything. Only the notation is changed: a space to
 * `T`, `+0000` to `+00:00`, seconds that were left out. A zone is never invented and nothing is cut off, so a
 * time without one, and a date where a time was declared (or the other way round), stay as they are.
 */
export const timeFormatOf = (format: unknown, airbyteType: unknown): TimeFormat | undefined =>
  FORMATS.get(format) ?? FORMATS.get(airbyteType);
