// Numbers that JavaScript can't hold, kept as their digits: what passes through is printed as it came.
// TypeScript's libraries do not know these yet: https://github.com/tc39/proposal-json-parse-with-source

declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse<T>(
      text: string,
      reviver: (
        this: Holder,
        key: string,
        value: unknown,
        context: {readonly source?: string},
      ) => unknown,
    ): T;
  }
}

/** A number with exactly these digits. */
export const rawNumber = (digits: string): object => JSON.rawJSON(digits);

/** The digits of a number that was kept as such; undefined for any other value. */
export const rawDigits = (value: object): string | undefined =>
  JSON.isRawJSON(value) ? String(Reflect.get(value, 'rawJSON')) : undefined;

/**
 * Where an object or a list keeps the digits of its numbers, by their keys. Enumerable: a copy with `{...record}` has
 * them too. Whoever reads the record finds plain numbers, and neither `Object.keys` nor `JSON.stringify` sees a symbol.
 */
const DIGITS = Symbol('digits');

type Holder = object & {[DIGITS]?: Map<string, string>};

/** Whether there ever was such a number; as long as there was none, nobody has to look for them. */
let wereKept = false;

// 16 digits, or 15 and a point. Written out, V8 looks for them seven times as fast as with a count behind one class.
const LONG = /[\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.]/;

/** A whole number of that kind, and not the text of one, as far as that can be told without reading all of it. */
const LONG_NUMBER = /[:,[]\s*(-?\d[\d.]{15}[\d.eE+-]*)/g;

/** Up to 15 digits all come back as they were, and so do 17 that were printed by the likes of JavaScript. */
const mayLose = (text: string): boolean => {
  if (!LONG.test(text)) return false;
  for (const [, number] of text.matchAll(LONG_NUMBER)) {
    if (number !== String(Number(number))) return true;
  }
  return false;
};

const isOtherNumber = (value: unknown, source: string | undefined): source is string =>
  typeof value === 'number' &&
  source !== undefined &&
  source.length > 15 &&
  source !== String(value);

function keepDigits(
  this: Holder,
  key: string,
  value: unknown,
  {source}: {readonly source?: string},
): unknown {
  if (isOtherNumber(value, source)) {
    wereKept = true;
    this[DIGITS] ??= new Map();
    this[DIGITS].set(key, source);
  }
  return value;
}

/**
 * `JSON.parse`, but `printExact` prints the numbers in it with all the digits that they had. What it holds is the
 * caller's claim.
 */
export const parseExact = <T>(text: string): T =>
  // The reviver takes six times as long, so it runs only where it may have something to keep.
  mayLose(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

const digitsIn = (holder: Holder): ReadonlyMap<string, string> | undefined =>
  wereKept ? holder[DIGITS] : undefined;

/**
 * A value as exact as it came: a number whose digits are kept as `rawNumber` has it, unless it is another one by now.
 * @param value what the object or the list has at that key
 */
export const exactOf = (holder: object, key: string | number, value: unknown): unknown => {
  if (!wereKept || typeof value !== 'number') return value;
  const digits = digitsIn(holder)?.get(String(key));
  return digits !== undefined && Number(digits) === value ? rawNumber(digits) : value;
};

/** Hands on what an object or a list keeps to a copy that was not made with `{...record}`. */
export const withDigitsOf = <T extends object>(holder: object, copy: T): T => {
  const digits = digitsIn(holder);
  return digits === undefined ? copy : Object.assign(copy, {[DIGITS]: digits});
};

const keepsDigits = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (DIGITS in value || Object.values(value).some(keepsDigits));

function printDigits(this: Holder, key: string, value: unknown): unknown {
  return exactOf(this, key, value);
}

/** `JSON.stringify`, but with the digits that `parseExact` kept. */
export const printExact = (value: unknown): string => {
  const text = JSON.stringify(value);
  return wereKept && keepsDigits(value) ? JSON.stringify(value, printDigits) : text;
};
