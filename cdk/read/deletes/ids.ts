// Ids of records: their primary key's values, as they stand in a state, and as text to compare them by.
import {SystemError} from '../../errors.ts';
import {exactOf, rawDigits} from '../../json/exact.ts';
import {isObject} from '../../json/values.ts';

type Scalar = string | number | boolean;

/** The value of a primary key, or the values of one with several fields. */
export type Id = Scalar | readonly Scalar[];

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export const isId = (value: unknown): value is Id =>
  isScalar(value) || (Array.isArray(value) && value.every(isScalar));

/** The same for 7 and "7": a list of ids may have them as texts where the records have numbers. */
export const comparableId = (id: Id): string =>
  Array.isArray(id) ? JSON.stringify(id.map(String)) : String(id);

/** A number beyond 2^53 as the text of its digits: another record may have the number that JavaScript makes of it. */
const exactField = (record: object, field: string): unknown => {
  const value = exactOf(record, field, Reflect.get(record, field));
  return isObject(value) ? (rawDigits(value) ?? value) : value;
};

/** Undefined for a record that its primary key does not name. */
export const idOf = (record: object, primaryKey: readonly string[]): Id | undefined => {
  const values = primaryKey.map((field) => exactField(record, field));
  if (!values.every(isScalar)) return undefined;
  const [first] = values;
  return values.length === 1 ? first : values;
};

/** The fields of a record that name it. */
export const fieldsOf = (id: Id, primaryKey: readonly string[]): Readonly<Record<string, Scalar>> =>
  Object.fromEntries(
    (isScalar(id) ? [id] : id).flatMap((value, index) => {
      const field = primaryKey[index];
      return field === undefined ? [] : [[field, value]];
    }),
  );

/** The id of an item that must have one: a list with others says nothing about what is missing in it. */
export const idIn = (item: object, primaryKey: readonly string[], where: string): Id => {
  const id = isObject(item) ? idOf(item, primaryKey) : undefined;
  if (id === undefined) {
    throw new SystemError(
      `An item of \`${where}\` has no ${primaryKey.join(', ')}, only ${Object.keys(item).join(', ') || 'nothing'}: give with \`${where}.record\` what it tells of the record.`,
    );
  }
  return id;
};
