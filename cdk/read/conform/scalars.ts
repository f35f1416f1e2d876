// Converts values from one JSON type to another, without loss.

import {parseExact, printExact, rawDigits, rawNumber} from '../../json/exact.ts';
import {withoutZeros} from '../../json/trim.ts';

/** Returned for a value that cannot be converted without loss. */
export const LOST = Symbol('lost');

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const WHOLE = /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/;

/** `1.50` is 1.5, `10.00` is 10. */
const withoutFraction = (text: string): string => {
  const digits = withoutZeros(text);
  return digits.endsWith('.') ? digits.slice(0, -1) : digits;
};

/**
 * Converts a decimal string to an equal number. `10.00` becomes 10, because a number has no trailing zeros. Digits that
 * JavaScript's numbers cannot hold are kept. `007` is not a number: it is a code that looks like one.
 */
const numberFromString = (text: string): unknown => {
  if (!DECIMAL.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) && String(number) === text ? number : LOST;
  }
  const shortest = text.includes('.') ? withoutFraction(text) : text;
  const number = Number(text);
  return String(number) === shortest ? number : rawNumber(text);
};

/** The digits of a number that JavaScript cannot hold. */
const digitsOf = (value: unknown): string | undefined => {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? rawDigits(value) : undefined;
};

export const toNumber = (value: unknown): unknown => {
  const text = digitsOf(value) ?? value;
  return typeof text === 'string' ? numberFromString(text) : LOST;
};

export const toInteger = (value: unknown): unknown => {
  const text = digitsOf(value) ?? value;
  const whole = typeof text === 'string' ? WHOLE.exec(text)?.[1] : undefined;
  return whole === undefined ? LOST : numberFromString(whole);
};

export const toBoolean = (value: unknown): unknown => {
  if (value === 'true' || value === 1) return true;
  return value === 'false' || value === 0 ? false : LOST;
};

/** The JSON of an object or a list; LOST if it cannot be printed, as with a cycle. */
const printed = (value: unknown): unknown => {
  try {
    return printExact(value) ?? LOST;
  } catch {
    return LOST;
  }
};

/** Objects and lists become JSON. */
export const toText = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value)) return LOST;
  const digits = digitsOf(value);
  if (digits !== undefined) return digits;
  return typeof value === 'object' ? printed(value) : String(value);
};

const parseLossless = (text: string): unknown => {
  try {
    const value = parseExact<object>(text);
    return printExact(value) === text ? value : LOST;
  } catch {
    return LOST;
  }
};

export const toList = (value: unknown): unknown => {
  const list = typeof value === 'string' && value.startsWith('[') ? parseLossless(value) : LOST;
  return Array.isArray(list) ? list : LOST;
};

/** Parses an object from JSON. An empty list becomes one, too: PHP prints that for an empty object. */
export const toObject = (value: unknown): unknown => {
  if (Array.isArray(value) && value.length === 0) return {};
  return typeof value === 'string' && value.startsWith('{') ? parseLossless(value) : LOST;
};
