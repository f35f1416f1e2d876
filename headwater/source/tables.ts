// Tables of records and of their fields, for a terminal.
import {listAt, objectAt} from '../../cdk/json/at.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import {harmless} from '../../process/terminal.ts';
import type {CatalogStream} from '../../sync/protocol/catalog.ts';
import {aligned} from '../../sync/report/format.ts';
import type {Row} from './compare.ts';

const WIDEST_CELL = 32;

const cellOf = (value: unknown): string => {
  if (value === undefined) return '';
  const text = harmless(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > WIDEST_CELL ? `${text.slice(0, WIDEST_CELL - 1)}…` : text;
};

export const schemaOf = ({stream}: CatalogStream): JsonObject => objectAt(stream, 'json_schema');

/** The fields of the primary key and the cursor at the top level of a record. */
export const keyFieldsOf = ({stream}: CatalogStream): readonly string[] => {
  const key = listAt(stream, 'source_defined_primary_key').flatMap((path) =>
    Array.isArray(path) ? [path[0]] : [],
  );
  const [cursor] = listAt(stream, 'default_cursor_field');
  return [...new Set([...key, cursor].filter((field) => typeof field === 'string'))];
};

/** The first columns that fit into the width, and the number of those that do not. */
const fitting = (rows: readonly (readonly string[])[], width: number) => {
  const [names = []] = rows;
  let used = 0;
  const end = names.findIndex((_, column) => {
    used += 2 + Math.max(...rows.map((row) => row[column]?.length ?? 0));
    return column > 0 && used - 2 > width;
  });
  const shown = end === -1 ? names.length : end;
  return {rows: rows.map((row) => row.slice(0, shown)), left: names.length - shown};
};

/** Records as rows: key and cursor first, then the fields in their order in the schema. */
export const recordTable = (
  records: readonly JsonObject[],
  stream: CatalogStream,
  width: number,
): readonly string[] => {
  const seen = new Set(records.flatMap((record) => Object.keys(record)));
  const declared = Object.keys(objectAt(schemaOf(stream), 'properties'));
  const names = [...new Set([...keyFieldsOf(stream), ...declared, ...seen])].filter((name) =>
    seen.has(name),
  );
  const all = [
    names.map((name) => cellOf(name)),
    ...records.map((record) => names.map((name) => cellOf(record[name]))),
  ];
  const {rows, left} = fitting(all, width);
  return [...aligned(rows, []), ...(left === 0 ? [] : [`… and ${left} more fields: see below`])];
};

/** The fields with the types that were seen, and those of the schema. */
export const fieldTable = (rows: readonly Row[]): readonly string[] =>
  aligned(
    [
      ['field', 'in the records', 'seen in', 'in the schema'],
      ...rows.map(({path, found, share, declared}) => [harmless(path), found, share, declared]),
    ],
    [],
  );
