// Records that are too large for one line. Airbyte warns from 20,000,000 characters on, and its cloud takes no more:
// https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol
import {withDigitsOf} from '../../json/exact.ts';
import {isObject, type JsonObject, kindOf} from '../../json/values.ts';
import {describeValuePath, propertyOf, rootPath, type SchemaPath} from './schema-path.ts';
import type {Loss} from './types.ts';

/**
 * A line holds the stream's name and what was altered as well; the rest up to 20,000,000 is for these. (Bytes, not
 * characters: a record of so many bytes has no more characters than that.)
 */
export const DEFAULT_MAX_RECORD_BYTES = 19_800_000;

/** A character takes six bytes at most: `\u001f`. */
const BYTES_PER_CHARACTER = 6;
const BYTES_PER_SCALAR = 25;

/** A number that the bytes of a list never pass, as far as it is under the limit. */
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

// These are escaped when a line is written (cdk/program/encode.ts), which takes three or four bytes more.
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;
const BYTES_PER_ESCAPE = 4;

/** The bytes of a value in its line; more than any limit where it can't be printed at all. */
const bytesOf = (value: unknown): number => {
  try {
    const text = JSON.stringify(value) ?? '';
    return Buffer.byteLength(text) + (text.match(LINE_BREAKS)?.length ?? 0) * BYTES_PER_ESCAPE;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

type Candidate = {readonly at: SchemaPath; readonly bytes: number; readonly found: string};

/** All fields that may go; of an object with a key in it, its fields. */
const candidatesOf = (record: JsonObject, at: SchemaPath): readonly Candidate[] =>
  Object.entries(record).flatMap(([name, value]) => {
    const field = propertyOf(at, name);
    if (field.keys.includes('')) return [];
    if (field.keys.length > 0) return isObject(value) ? candidatesOf(value, field) : [];
    return [{at: field, bytes: bytesOf(value), found: kindOf(value)}];
  });

/** Names may have dots in them, so a path would not do. */
const segmentsKey = ({segments}: SchemaPath): string => JSON.stringify(segments);

/** The record with null in some places, in one pass: a record may have thousands of fields. */
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
  /** What is left fits; else it is keys alone that are too large. */
  readonly fits: boolean;
};

const NULL_BYTES = 4;

/** Nulls the largest fields, as few as it takes for the rest to fit. */
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
 * Trims a record that takes more than `limit` bytes as JSON; undefined for one that fits. A record is measured
 * only if a count of its characters says that it might not fit.
 * @param keys dot paths of the fields that stay
 */
export const trimToSize = (
  record: JsonObject,
  limit: number,
  keys: readonly string[],
): Trimmed | undefined =>
  atMost(record, limit) <= limit || bytesOf(record) <= limit
    ? undefined
    : trim(record, limit, keys);
