// JSON with sorted keys: equal values become equal strings, whatever the order of their fields.
import {exactOf, withDigitsOf} from './exact.ts';
import {isObject} from './values.ts';

const sorted = (object: object): object =>
  withDigitsOf(
    object,
    Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  );

export const canonical = (value: unknown): string =>
  JSON.stringify(value, function (this: object, key: string, inner: unknown) {
    return isObject(inner) ? sorted(inner) : exactOf(this, key, inner);
  }) ?? 'undefined';

/** Compares two JSON values. Numbers with kept digits are the same if they were written alike. */
export const isSame = (one: unknown, other: unknown): boolean =>
  canonical(one) === canonical(other);
