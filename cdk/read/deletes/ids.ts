// Ids of records: the values of their primary key, and a string to compare them by.
import {SystemError} from '../../errors.ts';
import {exactOf, rawDigits} from '../../json/exact.ts';
import {excerpt} from '../../json/trim.ts';
import {isObject} from '../../json/values.ts';

type Scalar = string | number | boolean;

/** The value of a primary key, or the values of one with several fields. */
export type Id = Scalar | readonly Scalar[];

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export const isId = (value: unknown): value is Id =>
  isScalar(value) || (Array.isArray(value) && value.every(isScalar));

/** The same for 7 and "7": a list of ids may have strings, and the records numbers. */
export const comparableId = (id: Id): string =>
  Array.isArray(id) ? JSON.stringify(id.map(String)) : String(id);

/** A number beyond 2^53 as a string of its digits: JavaScript may round it to the id of another record. */
const exactField = (record: object, field: string): unknown => {
  const value = exactOf(record, field, Reflect.get(record, field));
  return isObject(value) ? (rawDigits(value) ?? value) : value;
};

/** Undefined for a record without a complete primary key. */
export const idOf = (record: object, primaryKey: readonly string[]): Id | undefined => {
  const values = primaryKey.map((field) => exactField(record, field));
  if (!values.every(isScalar)) return undefined;
  const [first] = values;
  return values.length === 1 ? first : values;
};

export const fieldsOf = (id: Id, primaryKey: readonly string[]): Readonly<Record<string, Scalar>> =>
  Object.fromEntries(
    (isScalar(id) ? [id] : id).flatMap((value, index) => {
      const field = primaryKey[index];
      return field === undefined ? [] : [[field, value]];
    }),
  );

/** @throws SystemError if the item has no id: such a list does not prove that an id is missing */
export const idIn = (item: object, primaryKey: readonly string[], where: string): Id => {
  const id = isObject(item) ? idOf(item, primaryKey) : undefined;
  if (id === undefined) {
    throw new SystemError(
      `An item of \`${where}\` has no ${primaryKey.join(', ')}; it has ${excerpt(Object.keys(item).join(', ')) || 'no fields'}. Set \`${where}.record\` to make a record of it.`,
    );
  }
  return id;
};
