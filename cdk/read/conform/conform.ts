// What happens to a record between the API and its line: fields selected, types as declared, size in bounds.
import {isObject, type JsonObject} from '../../json/values.ts';
import type {RecordChange} from '../../protocol/messages.ts';
import {rootPath} from './schema-path.ts';
import {compileSelection} from './select.ts';
import {shapeOf} from './shape.ts';
import {DEFAULT_MAX_RECORD_BYTES, trimToSize} from './size.ts';
import {compileTypes, type Loss, type Run} from './types.ts';

export type ConformOptions = {
  /** `as-declared`: values are brought to the types of the schema. Default `as-they-come`. */
  readonly types?: 'as-declared' | 'as-they-come';
  /** The schema as the user configured it: fields that are missing in it are left out. Default: nothing is. */
  readonly selected?: JsonObject | undefined;
  /** Dot paths of the primary key and the cursor: never left out, never nulled. */
  readonly keys?: readonly string[];
  /** The most bytes that a record may take as JSON. Default 19,800,000, so that its line stays under 20,000,000. */
  readonly maxRecordBytes?: number;
};

export type Conformed = {
  /** The very same object where nothing had to change. */
  readonly record: object;
  /** What was nulled, for `meta.changes`. */
  readonly changes?: readonly RecordChange[];
  /** What could not be kept as it should be, with what was left as it came because it is a key. */
  readonly losses?: readonly Loss[];
  /** The keys alone are over the limit: the record goes out as large as it is. */
  readonly oversize?: true;
};

export type Conform = {
  /** Never changes the record it is given, and never throws. */
  readonly apply: (record: object) => Conformed;
};

const REASONS = {
  type: 'SOURCE_SERIALIZATION_ERROR',
  size: 'SOURCE_RECORD_SIZE_LIMITATION',
} as const;

/** A record with more losses than this names each field once, not each place: a list may have 100,000 items. */
const MAX_PATHS = 100;
const MAX_CHANGES = 1_000;

const changesOf = (losses: readonly Loss[]): readonly RecordChange[] => {
  const nulled = losses.filter(({kept}) => !kept);
  const named = new Map(
    nulled.map(({path, field, reason}) => {
      const name = nulled.length > MAX_PATHS ? field : path;
      return [name, {field: name, change: 'NULLED', reason: REASONS[reason]} as const];
    }),
  );
  return [...named.values()].slice(0, MAX_CHANGES);
};

const reportOf = (record: object, losses: readonly Loss[]): Conformed => {
  if (losses.length === 0) return {record};
  const changes = changesOf(losses);
  return changes.length === 0 ? {record, losses} : {record, changes, losses};
};

/**
 * Compiles what must be done with each record of a stream.
 * @param schema the stream's own JSON Schema (draft-07): `type`, `format`, `airbyte_type`, `properties`, `items`,
 *   `additionalProperties`, `oneOf`, `anyOf`. Where it declares nothing anything may stand.
 */
export const compileConform = (
  schema: JsonObject,
  {types, selected, keys = [], maxRecordBytes = DEFAULT_MAX_RECORD_BYTES}: ConformOptions = {},
): Conform => {
  const convert =
    types === 'as-declared' ? compileTypes({...schema, type: 'object'}, rootPath(keys)) : undefined;
  const select = selected && compileSelection(shapeOf(schema), shapeOf(selected), keys);

  const convertRecord = (record: JsonObject, run: Run): JsonObject => {
    const converted = convert?.(record, run) ?? record;
    return isObject(converted) ? converted : record;
  };
  let run: Run = {steps: [], losses: []};
  return {
    apply: (given) => {
      if (!isObject(given)) return {record: given};
      if (run.losses.length > 0) run = {steps: [], losses: []}; // the last record has kept its own
      const record = convertRecord(select === undefined ? given : select(given), run);
      const trimmed = trimToSize(record, maxRecordBytes, keys);
      if (trimmed === undefined) return reportOf(record, run.losses);
      const report = reportOf(trimmed.record, [...run.losses, ...trimmed.losses]);
      return trimmed.fits ? report : {...report, oversize: true};
    },
  };
};
