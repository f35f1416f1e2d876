// Trims records that are too large for one line. Airbyte warns from 20,000,000 characters on, and its cloud accepts no more:
// https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
import {withDigitsOf} from '../../json/exact.ts';
import {isObject, type JsonObject, kindOf} from '../../json/values.ts';
import {describeValuePath, propertyOf, rootPath, type SchemaPath} from './schema-path.ts';
import type {Loss} from './types.ts';

/** Leaves room in the line for the stream's name and `meta.changes`. A record never has more characters than bytes. */
export const DEFAULT_MAX_RECORD_BYTES = 19_800_000;

/** A character takes six bytes at most: `\u001f`. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_SCALAR = 25;

/** An upper bound of a list's bytes; above the limit it stops counting. */
const atMostOfList = (list: readonly unknown[], limit: number): number => {
  let bytes = 2;
  for (const item of list) {
    bytes += atMost(item, limit - bytes) + 1;
    if (bytes > limit) break;
  }
  return bytes;
};

const atMostOfObject = (object: JsonObject, limit: number): number => {
  let bytes = 2;
  for (const name of Object.keys(object)) {
    bytes += name.length * BYTES_PER_CHARACTER + 4 + atMost(object[name], limit - bytes);
    if (bytes > limit) break;
  }
  return bytes;
};

const atMost = (value: unknown, limit: number): number => {
  if (typeof value === 'string') return value.length * BYTES_PER_CHARACTER + 2;
  if (Array.isArray(value)) return atMostOfList(value, limit);
  return isObject(value) ? atMostOfObject(value, limit) : BYTES_PER_SCALAR;
};

// cdk/program/encode.ts escapes these, which takes three or four bytes more.
const LINE_BREAKS = ['\u0085', '\u2028', '\u2029'];
const BYTES_PER_ESCAPE = 4;

/** One by one: a list of all of them could be larger than the memory, which ends the process. */
const countLineBreaks = (text: string): number => {
  let count = 0;
  for (const sign of LINE_BREAKS) {
    for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) count += 1;
  }
  return count;
};

/** The bytes of a value in its line; infinite if it cannot be printed. */
const bytesOf = (value: unknown): number => {
  try {
    const text = JSON.stringify(value) ?? '';
    return Buffer.byteLength(text) + countLineBreaks(text) * BYTES_PER_ESCAPE;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

type Candidate = {readonly at: SchemaPath; readonly bytes: number; readonly found: string};

/** All fields that may be nulled; of an object with a key in it, its other fields. */
const candidatesOf = (record: JsonObject, at: SchemaPath): readonly Candidate[] =>
  Object.entries(record).flatMap(([name, value]) => {
    const field = propertyOf(at, name);
    if (field.keys.includes('')) return [];
    if (field.keys.length > 0) return isObject(value) ? candidatesOf(value, field) : [];
    return [{at: field, bytes: bytesOf(value), found: kindOf(value)}];
  });

/** Names may have dots, so a dot path could be ambiguous. */
const segmentsKey = ({segments}: SchemaPath): string => JSON.stringify(segments);

/** Nulls all fields in one pass: a record may have thousands. */
const withNulls = (record: JsonObject, at: SchemaPath, gone: ReadonlySet<string>): JsonObject =>
  withDigitsOf(
    record,
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => {
        const field = propertyOf(at, name);
        if (gone.has(segmentsKey(field))) return [name, null];
        return [
          name,
          field.keys.length > 0 && isObject(value) ? withNulls(value, field, gone) : value,
        ];
      }),
    ),
  );

export type Trimmed = {
  readonly record: JsonObject;
  readonly losses: readonly Loss[];
  /** False if the keys alone are too large. */
  readonly fits: boolean;
};

const NULL_BYTES = 4;

/** Nulls as few fields as possible, the largest first. */
const trim = (record: JsonObject, limit: number, keys: readonly string[]): Trimmed => {
  const root = rootPath(keys);
  const candidates = candidatesOf(record, root).toSorted((a, b) => a.bytes - b.bytes);
  const nulled = (fields: readonly Candidate[]): JsonObject =>
    withNulls(record, root, new Set(fields.map(({at}) => segmentsKey(at))));
  let bytes = bytesOf(nulled(candidates));
  const fits = bytes <= limit;
  let kept = 0;
  for (const candidate of candidates) {
    bytes += candidate.bytes - NULL_BYTES;
    if (bytes > limit) break;
    kept += 1;
  }
  const large = candidates.slice(kept).filter(({bytes}) => bytes > NULL_BYTES);
  const losses = large.map(({at, found}): Loss => {
    const path = describeValuePath(at, []);
    return {path, field: path, reason: 'size', declared: '', found, kept: false};
  });
  return {record: nulled(large), losses, fits};
};

/**
 * Undefined for a record that fits into `limit` bytes of JSON. It is measured only if an upper bound says that it might not.
 * @param keys dot paths of fields that always stay
 */
export const trimToSize = (
  record: JsonObject,
  limit: number,
  keys: readonly string[],
): Trimmed | undefined =>
  atMost(record, limit) <= limit || bytesOf(record) <= limit
    ? undefined
    : trim(record, limit, keys);
