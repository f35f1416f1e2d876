/** A JSON object whose fields are not known. */
export type JsonObject = {readonly [key: string]: unknown};

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

declare global {
  interface JSON {
    /** A value that `stringify` prints as this text. */
    rawJSON(text: string): object;
    parse<T>(
      text: string,
      reviver: (key: string, value: unknown, context: {readonly source?: string}) => unknown,
    ): T;
  }
}

// JavaScript would print these otherwise than they came: 16 characters and more may exceed its precision,
// and it drops the zeros of 1.50, the exponent of 1e5 and the sign of -0.
const FRAGILE_NUMBER = /[:,[]\s*-?(?:\d[\d.eE+-]{15}|\d+\.\d*0\b|\d+(?:\.\d+)?[eE]|0\b)/;

const keepText = (_key: string, value: unknown, {source}: {readonly source?: string}): unknown =>
  typeof value === 'number' && source !== undefined && source !== String(value)
    ? JSON.rawJSON(source)
    : value;

/** `JSON.parse`, but a number that JavaScript can't hold stays the text it was when it is printed again. */
export const parseExact = (text: string): unknown =>
  // The reviver is slow, so it runs only where it may have something to keep.
  FRAGILE_NUMBER.test(text) ? JSON.parse(text, keepText) : JSON.parse(text);

/** The same text for the same JSON, whatever the order of its fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .toSorted()
            .map((key) => [key, inner[key]]),
        )
      : inner,
  ) ?? '';

/** Whether two JSON values are the same. */
export const isSame = (one: unknown, other: unknown): boolean =>
  canonical(one) === canonical(other);
