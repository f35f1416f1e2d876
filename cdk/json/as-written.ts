// Keeps numbers as they were written, for programs that pass JSON through and compute nothing with it. exact.ts is for
// code that computes: there a number stays a number, and 1.50 is printed as 1.5.
import {rawNumber} from './exact.ts';

// JavaScript would print these differently: 16 characters and more, and the zeros of 1.50, the exponent of 1e5, the sign of -0.
const FRAGILE_NUMBER = /[:,[]\s*-?(?:\d[\d.eE+-]{15}|\d+\.\d*0\b|\d+(?:\.\d+)?[eE]|0\b)/;

const keepAsWritten = (
  _key: string,
  value: unknown,
  {source}: {readonly source?: string},
): unknown =>
  typeof value === 'number' && source !== undefined && source !== String(value)
    ? rawNumber(source)
    : value;

/** Like `JSON.parse`, but a number that JavaScript would print differently is an object that prints as it was written. */
export const parseAsWritten = (text: string): unknown =>
  // The reviver is slow, so it runs only if it may have something to keep.
  FRAGILE_NUMBER.test(text) ? JSON.parse(text, keepAsWritten) : JSON.parse(text);
