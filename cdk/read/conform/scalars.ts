// Values from one JSON type to another, where nothing is lost.
import {parseExact, printExact, rawDigits, rawNumber} from '../../json/exact.ts';

/** In the place of a value that can't be had without loss. */
export const LOST = Symbol('lost');

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const WHOLE = /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/;

/**
 * A decimal text as a number of the same value. `10.00` is 10, since a number has no zeros behind it. Digits
 * that JavaScript's numbers can't hold are kept one by one. `007` is no number: it is a code that looks like one.
 */
const numberFromText = (text: string): unknown => {
  if (!DECIMAL.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) && String(number) === text ? number : LOST;
  }
  const shortest = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const number = Number(text);
  return String(number) === shortest ? number : rawNumber(text);
};

/** Digits that are printed one by one are a number too, as far as they are written like one. */
const digitsOf = (value: unknown): string | undefined => {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? rawDigits(value) : undefined;
};

export const toNumber = (value: unknown): unknown => {
  const text = digitsOf(value) ?? value;
  return typeof text === 'string' ? numberFromText(text) : LOST;
};

export const toInteger = (value: unknown): unknown => {
  const text = digitsOf(value) ?? value;
  const whole = typeof text === 'string' ? WHOLE.exec(text)?.[1] : undefined;
  return whole === undefined ? LOST : numberFromText(whole);
};

export const toBoolean = (value: unknown): unknown => {
  if (value === 'true' || value === 1) return true;
  return value === 'false' || value === 0 ? false : LOST;
};

/** The JSON text of an object or a list; LOST where there is none, as of a circle. */
const printed = (value: unknown): unknown => {
  try {
    return printExact(value) ?? LOST;
  } catch {
    return LOST;
  }
};

/** Objects and lists become their JSON text. */
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

/** A list from the JSON text of one. */
export const toList = (value: unknown): unknown => {
  const list = typeof value === 'string' && value.startsWith('[') ? parseLossless(value) : LOST;
  return Array.isArray(list) ? list : LOST;
};

/** An object from the JSON text of one; an empty list is what PHP prints for an empty object. */
export const toObject = (value: unknown): unknown => {
  if (Array.isArray(value) && value.length === 0) return {};
  return typeof value === 'string' && value.startsWith('{') ? parseLossless(value) : LOST;
};
