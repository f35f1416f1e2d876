// Keeps the digits of numbers that JavaScript can't hold, so that they are printed as they were received.
// TypeScript's libraries do not declare these yet: https://github.com/tc39/proposal-json-parse-with-source

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

/** `JSON.stringify` prints exactly these digits. */
export const rawNumber = (digits: string): object => JSON.rawJSON(digits);

/** The digits of a `rawNumber`; undefined for any other value. */
export const rawDigits = (value: object): string | undefined =>
  JSON.isRawJSON(value) ? String(Reflect.get(value, 'rawJSON')) : undefined;

/** Objects and lists keep the digits of their numbers here, by key. `{...record}` copies it; `Object.keys` and JSON skip it. */
const DIGITS = Symbol('digits');

type Holder = object & {[DIGITS]?: Map<string, string>};

/** Before the first such number nothing has to look for digits. */
let wereKept = false;

// 16 digits, or 15 and a point. V8 runs this seven times as fast as one class with a count.
const LONG = /[\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.][\d.]/;

/** A number of that length that is not in a string, as far as can be seen without parsing the JSON. */
const LONG_NUMBER = /[:,[]\s*(-?\d[\d.]{15}[\d.eE+-]*)/g;

/** Up to 15 digits never change, nor do 17 digits that JavaScript or a similar printer wrote. */
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

/** Like `JSON.parse`, but `printExact` prints the numbers with all their digits. `T` is the caller's claim. */
export const parseExact = <T>(text: string): T =>
  // The reviver takes six times as long, so it runs only if it may have something to keep.
  mayLose(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

const digitsIn = (holder: Holder): ReadonlyMap<string, string> | undefined =>
  wereKept ? holder[DIGITS] : undefined;

/** The holder's value at a key: a number becomes a `rawNumber` if its digits were kept and it has not been replaced since. */
export const exactOf = (holder: object, key: string | number, value: unknown): unknown => {
  if (!wereKept || typeof value !== 'number') return value;
  const digits = digitsIn(holder)?.get(String(key));
  return digits !== undefined && Number(digits) === value ? rawNumber(digits) : value;
};

/** Passes the digits on to a copy that was not made with `{...record}`. */
export const withDigitsOf = <T extends object>(holder: object, copy: T): T => {
  const digits = digitsIn(holder);
  return digits === undefined ? copy : Object.assign(copy, {[DIGITS]: digits});
};

/** Sets a field to the value at a key of another holder, with all its digits. */
export const copyField = (
  target: {[name: string]: unknown},
  name: string,
  holder: object,
  key: string,
): void => {
  const value: unknown = Reflect.get(holder, key);
  if (name === '__proto__') {
    const own = {enumerable: true, writable: true, configurable: true};
    Object.defineProperty(target, name, {value, ...own});
  } else target[name] = value;
  const digits = digitsIn(holder)?.get(key);
  // A map of its own, because `{...record}` shares the one of the record.
  if (digits !== undefined) {
    Object.assign(target, {[DIGITS]: new Map([...(digitsIn(target) ?? []), [name, digits]])});
  }
};

const keepsDigits = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (DIGITS in value || Object.values(value).some(keepsDigits));

function printDigits(this: Holder, key: string, value: unknown): unknown {
  return exactOf(this, key, value);
}

/** Like `JSON.stringify`, but with the digits that `parseExact` kept. */
export const printExact = (value: unknown): string => {
  const text = JSON.stringify(value);
  return wereKept && keepsDigits(value) ? JSON.stringify(value, printDigits) : text;
};
