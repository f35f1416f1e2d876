// Counts which types and formats the values of records have, field by field.
import {rawDigits} from '../../cdk/json/exact.ts';
import {isObject} from '../../cdk/json/values.ts';

export type Kind = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';

/** With a time zone, without one, and a day. */
export type Format = 'date-time' | 'local date-time' | 'date';

/** The values of one field, in all records. */
export type Seen = {
  /** The number of values, nulls included. */
  count: number;
  nulls: number;
  /** The number of values of each kind. */
  readonly kinds: Map<Kind, number>;
  /** The number of strings in each format. */
  readonly formats: Map<Format, number>;
  /** The first value of each kind, as JSON. */
  readonly examples: Map<Kind, string>;
  /** A string without a format. */
  plain: string | undefined;
  /** The fields of the objects. */
  readonly fields: Map<string, Seen>;
  /** The items of the arrays. */
  items: Seen | undefined;
};

const nothingSeen = (): Seen => ({
  count: 0,
  nulls: 0,
  kinds: new Map(),
  formats: new Map(),
  examples: new Map(),
  plain: undefined,
  fields: new Map(),
  items: undefined,
});

const DAY = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?`;

/** The formats that a destination makes columns of: https://docs.airbyte.com/understanding-airbyte/supported-data-types */
const FORMATS: readonly (readonly [Format, RegExp])[] = [
  ['date-time', new RegExp(`^${DAY}T${TIME}(?:Z|[+-]\\d{2}:\\d{2})$`)],
  ['local date-time', new RegExp(`^${DAY}T${TIME}$`)],
  ['date', new RegExp(`^${DAY}$`)],
];

/** The format of a string; undefined if it has none of them. */
const formatOf = (text: string): Format | undefined =>
  text.length > 40 ? undefined : FORMATS.find(([, pattern]) => pattern.test(text))?.[0];

const kindOf = (value: unknown): Kind => {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return 'array';
  // A number that JavaScript would print differently, such as 1.0.
  const digits = isObject(value) ? rawDigits(value) : undefined;
  if (digits === undefined) return 'object';
  return /^-?\d+$/.test(digits) ? 'integer' : 'number';
};

const add = <K>(counts: Map<K, number>, key: K): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const observeString = (seen: Seen, text: string): void => {
  const format = formatOf(text);
  if (format === undefined) seen.plain ??= text;
  else add(seen.formats, format);
};

/** Adds a value. */
const observe = (seen: Seen, value: unknown): void => {
  seen.count += 1;
  if (value === null) {
    seen.nulls += 1;
    return;
  }
  const kind = kindOf(value);
  add(seen.kinds, kind);
  if (!seen.examples.has(kind)) seen.examples.set(kind, JSON.stringify(value));
  if (typeof value === 'string') observeString(seen, value);
  if (Array.isArray(value)) {
    seen.items ??= nothingSeen();
    for (const item of value) observe(seen.items, item);
  }
  if (kind !== 'object') return;
  for (const [name, inner] of Object.entries(Object(value))) {
    const field = seen.fields.get(name) ?? nothingSeen();
    seen.fields.set(name, field);
    observe(field, inner);
  }
};

export const observeAll = (records: readonly object[]): Seen => {
  const seen = nothingSeen();
  for (const record of records) observe(seen, record);
  return seen;
};

/** The one format of all strings; undefined if some have another or none. */
export const formatIn = ({kinds, formats}: Seen): Format | undefined => {
  const [first] = formats;
  return first !== undefined && first[1] === kinds.get('string') ? first[0] : undefined;
};

/** Integers are numbers too, if there are others. */
export const kindsIn = ({kinds}: Seen): readonly Kind[] =>
  [...kinds.keys()].filter((kind) => kind !== 'integer' || !kinds.has('number'));
