// The cursor in a record. A number beyond 2^53 is taken for one that is not higher than it: a position above the record
// that it comes from would pass over others.
import {exactOf, rawDigits} from '../../json/exact.ts';
import {fieldOf, isObject, valueAt} from '../../json/values.ts';

const WHOLE = /^-?\d+$/;

/** Beyond 2^53 numbers lie more than 1 apart. */
export const numberBefore = (value: number): number =>
  value - Math.max(1, Math.abs(value) * Number.EPSILON);

/** What a whole number says where it is printed, which may be above what it is: in `1.2e+21`, too. */
const printed = (value: number): bigint => {
  const [digits = '', exponent = '0'] = String(value).split('e+');
  const [whole = '', rest = ''] = digits.split('.');
  return BigInt(whole + rest.padEnd(Number(exponent), '0'));
};

const notAbove = (value: number, digits: string): number => {
  if (!Number.isFinite(value) || !WHOLE.test(digits)) return value;
  let lower = value;
  while (printed(lower) > BigInt(digits)) lower = numberBefore(lower);
  return lower;
};

/** Of JSON that is no object and no list. */
export const scalarFrom = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'number' && !Number.isSafeInteger(value) ? notAbove(value, text) : value;
};

const exactFieldOf = (json: unknown, key: string): unknown =>
  typeof json === 'object' && json !== null ? exactOf(json, key, fieldOf(json, key)) : undefined;

/** What stands at the field's name or dot path. */
export const valueIn = (record: object, field: string): unknown => {
  const value = valueAt(record, field);
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const exact = valueAt(record, field, exactFieldOf);
  const digits = isObject(exact) ? rawDigits(exact) : undefined;
  return digits === undefined ? value : notAbove(value, digits);
};
