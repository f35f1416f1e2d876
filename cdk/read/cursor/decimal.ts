// Compares numbers, and strings of digits, which APIs send for ids beyond 2^53.
import type {CursorValue} from '../../author/types.ts';

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

export const isDecimal = (value: CursorValue): boolean =>
  typeof value === 'number' || DECIMAL.test(value);

const digitsOf = (value: CursorValue): string => {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(BigInt(value)) : value.toFixed(100);
};

const lexical = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** Of digits without a sign. Linear in their length. */
const compareDigits = (a: string, b: string): number => {
  const [whole = '', rest = ''] = a.replace(/^0+/, '').split('.');
  const [otherWhole = '', otherRest = ''] = b.replace(/^0+/, '').split('.');
  if (whole.length !== otherWhole.length) return whole.length < otherWhole.length ? -1 : 1;
  const length = Math.max(rest.length, otherRest.length);
  return (
    lexical(whole, otherWhole) || lexical(rest.padEnd(length, '0'), otherRest.padEnd(length, '0'))
  );
};

const isZero = (digits: string): boolean => !/[1-9]/.test(digits);

/** Both must be `isDecimal`. Exact, whatever the number of digits. */
export const compareDecimals = (a: CursorValue, b: CursorValue): number => {
  if (typeof a === 'number' && typeof b === 'number') return Math.sign(a - b) || 0;
  const [first, second] = [digitsOf(a), digitsOf(b)];
  const [isBelow, isOtherBelow] = [first, second].map(
    (digits) => digits.startsWith('-') && !isZero(digits),
  );
  if (isBelow !== isOtherBelow) return isBelow ? -1 : 1;
  const order = compareDigits(first.replace('-', ''), second.replace('-', ''));
  return isBelow ? 0 - order : order;
};

const WHOLE = /^\d{1,40}$/;

/** Subtracts from a whole number in a string, and keeps the zeros before it. Other strings, and results below zero, stay unchanged. */
export const digitsBefore = (value: string, by: number): string => {
  if (!WHOLE.test(value) || !Number.isInteger(by)) return value;
  const result = BigInt(value) - BigInt(by);
  if (result < 0n) return value;
  return value.startsWith('0') ? String(result).padStart(value.length, '0') : String(result);
};
