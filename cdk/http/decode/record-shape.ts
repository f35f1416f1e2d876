// Makes records of what is not a list of objects: of plain values, of rows beside their columns, of objects by their keys, and
// of objects that need fields of those around them. No digit of a number is lost, and no field replaces another.
import {SystemError} from '../../errors.ts';
import {copyField} from '../../json/exact.ts';
import {isObject, type JsonObject, kindOf} from '../../json/values.ts';
import {assertRecords} from './records-in-document.ts';
import {isWild, noRecords, type WithoutRecords} from './records-path.ts';
import {below, type ChildrenOf, endsOf, partsOf, rootOf, type Spot, valueAtSpot} from './spots.ts';

/** A field of the record type; any name if the type has no known fields. */
type NameIn<R> = keyof R extends never ? string : keyof R & string;

/** @template R the record type, whose fields the names are */
export type RecordsShape<R extends object = JsonObject> = {
  /** As a string would be. Default: the body itself. */
  readonly path?: string;
  /** The items are not objects, such as strings: each becomes a record that has it in this field, null too. */
  readonly wrap?: NameIn<R>;
  /**
   * The items are lists of values in this order. A string is the path of the names in the body, `columns` or `columns.*.name`.
   */
  readonly columns?: readonly NameIn<R>[] | string;
  /** One field for each `*` of the path: it gets the key, or the index in a list. */
  readonly keyFields?: readonly NameIn<R>[];
  /** Fields from around a record, by path from the body: `{path: 'orders.*.lines', parentFields: {order_id: 'orders.*.id'}}`. */
  readonly parentFields?: {readonly [Name in NameIn<R>]?: string};
  /** If there is no such parent's field: an `error` (the default), or `null`. */
  readonly withoutField?: 'error' | 'null';
};

export type RecordsOption<R extends object = JsonObject> = string | RecordsShape<R>;

/** The path of the records, and the rest if there is more to do than to follow it. */
export const recordsOption = <R extends object>(
  records: RecordsOption<R> | undefined,
): {readonly path?: string; readonly shape?: RecordsShape} => {
  if (records === undefined) return {};
  if (typeof records === 'string') return {path: records};
  const {path} = records;
  return {...(path !== undefined && {path}), shape: records as RecordsShape};
};

/** The options for one document, or for one part of a stream. */
export type Shaping = {
  readonly where: string;
  readonly path: string | undefined;
  readonly shape: RecordsShape;
  readonly withoutRecords?: WithoutRecords | undefined;
  readonly childrenOf?: ChildrenOf | undefined;
};

/** The number of parts that a path from the body shares with the path of the records. */
export const sharedDepth = (parts: readonly string[], field: readonly string[]): number => {
  const differs = field.findIndex((part, index) => part !== parts[index]);
  return Math.min(differs < 0 ? field.length : differs, field.length - 1);
};

const namesIn = ({wrap, columns, keyFields = [], parentFields = {}}: RecordsShape) => [
  ...(wrap === undefined ? [] : [wrap]),
  ...(Array.isArray(columns) ? columns : []),
  ...keyFields,
  ...Object.keys(parentFields),
];

const assertUnique = (where: string, names: readonly string[]): void => {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return;
  throw new SystemError(
    `${where}: the options of \`records\` set the field "${twice}" twice. Give each value a name of its own.`,
  );
};

const invalid = ({path, shape, childrenOf}: Shaping): string | undefined => {
  const {wrap, columns, keyFields, parentFields = {}} = shape;
  const parts = partsOf(path);
  const stars = parts.filter((part) => part === '*').length;
  if (wrap !== undefined && columns !== undefined) return 'has both `wrap` and `columns`';
  if (keyFields !== undefined && childrenOf) return 'has `keyFields`, but XML has no keys';
  if (keyFields !== undefined && keyFields.length !== stars) {
    return `has ${keyFields.length} \`keyFields\`, but there are ${stars} "*" in its path`;
  }
  const several = Object.values(parentFields).find((field = '') => {
    const taken = partsOf(field);
    return taken.slice(sharedDepth(parts, taken)).includes('*');
  });
  return several === undefined
    ? undefined
    : `has the path "${several}" in \`parentFields\`, which leads to several values: up to its last "*" it must be the path of the records`;
};

export const assertShape = (shaping: Shaping): void => {
  const fault = invalid(shaping);
  if (fault !== undefined) throw new SystemError(`${shaping.where}: \`records\` ${fault}.`);
  assertUnique(shaping.where, namesIn(shaping.shape));
};

/** The values at one end of the path; undefined for a value that is not a list of records. */
const itemsAt = (
  end: Spot,
  {path, shape: {wrap}, childrenOf}: Shaping,
): readonly Spot[] | undefined => {
  const value = valueAtSpot(end);
  if (childrenOf) return [end];
  if (Array.isArray(value)) return Object.keys(value).map((key) => below(end, value, key, ['']));
  const isWrapped = wrap !== undefined && isWild(path);
  if (value === null && isWild(path)) return isWrapped && path?.endsWith('*') ? [end] : [];
  return isWrapped || (isObject(value) && isWild(path)) ? [end] : undefined;
};

const addField = (
  record: {[name: string]: unknown},
  name: string,
  from: {readonly holder: object; readonly key: string},
  where: string,
): void => {
  if (Object.hasOwn(record, name)) {
    throw new SystemError(
      `${where}: a record has a field "${name}" of its own, which \`records\` would replace. Choose another name there.`,
    );
  }
  copyField(record, name, from.holder, from.key);
};

/** A field from around a record: its name, its path, and at which depth of the record's own path the two part. */
type ParentField = {
  readonly name: string;
  readonly path: string;
  readonly depth: number;
  readonly rest: readonly string[];
};

const parentsOf = ({path, shape: {parentFields = {}}}: Shaping): readonly ParentField[] =>
  Object.entries(parentFields).map(([name, field = '']) => {
    const parts = partsOf(field);
    const depth = sharedDepth(partsOf(path), parts);
    return {name, path: field, depth, rest: parts.slice(depth)};
  });

/** The value around an item; undefined for null in place of one that is not there. */
const parentOf = (item: Spot, {name, path, depth, rest}: ParentField, shaping: Shaping) => {
  const {where, shape, childrenOf} = shaping;
  const around = depth < item.above.length ? item.above[depth] : item;
  const found = around ? endsOf(around, rest, childrenOf) : [];
  if (found.length > 1) {
    throw new SystemError(
      `${where}: there are ${found.length} values at "${path}", but the field "${name}" takes one.`,
    );
  }
  if (found[0] === undefined && shape.withoutField !== 'null') {
    throw new SystemError(
      `${where}: a record has no "${path}" around it, which should become its field "${name}". Correct the path in \`parentFields\`, or set \`withoutField: 'null'\`.`,
    );
  }
  return found[0];
};

const addRow = (
  record: {[name: string]: unknown},
  row: unknown,
  columns: readonly string[],
  where: string,
): void => {
  if (!Array.isArray(row) || row.length !== columns.length) {
    const has = Array.isArray(row) ? `has ${row.length} values` : `is ${kindOf(row)}`;
    const named = columns.length === 0 ? '' : ` (${columns.slice(0, 20).join(', ')})`;
    throw new SystemError(
      `${where}: a row ${has}, but there are ${columns.length} columns${named}. Correct \`columns\` in \`records\`.`,
    );
  }
  columns.forEach((name, index) => {
    addField(record, name, {holder: row, key: String(index)}, where);
  });
};

/** Makes the record of an item. The document is for columns that it names itself. */
export const recordMaker = (shaping: Shaping, document?: unknown) => {
  const {where, path, shape} = shaping;
  const columns = columnsIn(document, shaping);
  const parents = parentsOf(shaping);
  const isMade = shape.wrap !== undefined || columns !== undefined;
  return (item: Spot): object => {
    const value = valueAtSpot(item);
    if (!isMade && !isObject(value)) {
      const found = {where, path, keys: [], item: kindOf(value)};
      throw noRecords({...found, kind: 'a list with other values'});
    }
    const record: {[name: string]: unknown} = isMade || !isObject(value) ? {} : {...value};
    if (shape.wrap !== undefined) addField(record, shape.wrap, item, where);
    if (columns !== undefined) addRow(record, value, columns, where);
    shape.keyFields?.forEach((name, index) => {
      addField(record, name, {holder: item.keys, key: String(index)}, where);
    });
    for (const parent of parents) {
      const from = parentOf(item, parent, shaping) ?? {holder: [null], key: '0'};
      addField(record, parent.name, from, where);
    }
    return record;
  };
};

/** The names of columns that a body has at this path. */
export const assertNames = (
  names: readonly unknown[],
  where: string,
  path: string,
): readonly string[] => {
  if (!names.every((name) => typeof name === 'string')) {
    throw new SystemError(
      `${where}: "${path}" in the body should have the names of the columns, but has other values. Correct \`columns\` in \`records\`.`,
    );
  }
  assertUnique(where, names);
  return names;
};

/** Names that the document has beside its rows. */
const columnsIn = (document: unknown, {where, shape: {columns}, childrenOf}: Shaping) => {
  if (typeof columns !== 'string') return columns;
  const ends = endsOf(rootOf(document), partsOf(columns), childrenOf);
  const names = ends.flatMap((end) => (end ? valueAtSpot(end) : []));
  return assertNames(names, where, columns);
};

/** The items at the ends; the value of an end that is not a list of records, if there is one. */
export const itemsOf = (ends: readonly (Spot | undefined)[], shaping: Shaping) => {
  const present = ends.filter((end) => end !== undefined);
  const lists = present.map((end) => itemsAt(end, shaping));
  const wrong = present[lists.indexOf(undefined)];
  const counts = {found: present.length, missed: ends.length - present.length};
  return {items: lists.flatMap((list) => list ?? []), wrong, ...counts};
};

/**
 * The records of a whole document.
 * @param shaping `isMissing`: the document has nothing at the path
 */
export const shapedRecords = <R extends object>(
  document: unknown,
  shaping: Shaping & {readonly isMissing?: boolean},
): readonly R[] => {
  assertShape(shaping);
  const {where, path, withoutRecords, childrenOf} = shaping;
  const {items, wrong} = itemsOf(endsOf(rootOf(document), partsOf(path), childrenOf), shaping);
  if (wrong !== undefined || shaping.isMissing) {
    return assertRecords({
      where,
      path,
      found: wrong && valueAtSpot(wrong),
      document,
      withoutRecords,
    });
  }
  const make = recordMaker(shaping, document);
  return items.map(make) as readonly object[] as readonly R[]; // the author's claim
};
