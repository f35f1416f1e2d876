// Reads the cursor of a record. A number beyond 2^53 is rounded down: a position above its own record would skip others.
import {exactOf, rawDigits} from '../../json/exact.ts';
import {fieldOf, isObject, valueAt} from '../../json/values.ts';

const WHOLE = /^-?\d+$/;

/** Beyond 2^53 neighbouring numbers differ by more than 1. */
export const numberBefore = (value: number): number =>
  value - Math.max(1, Math.abs(value) * Number.EPSILON);

/** The printed digits of a whole number, such as `1.2e+21`, which may be higher than its value. */
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

/** Parses JSON that is neither an object nor a list. */
export const scalarFrom = (text: string): unknown => {
  const value: unknown = JSON.parse(text);
  return typeof value === 'number' && !Number.isSafeInteger(value) ? notAbove(value, text) : value;
};

const exactFieldOf = (json: unknown, key: string): unknown =>
  typeof json === 'object' && json !== null ? exactOf(json, key, fieldOf(json, key)) : undefined;

export const valueIn = (record: object, field: string): unknown => {
  const value = valueAt(record, field);
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const exact = valueAt(record, field, exactFieldOf);
  const digits = isObject(exact) ? rawDigits(exact) : undefined;
  return digits === undefined ? value : notAbove(value, digits);
};
