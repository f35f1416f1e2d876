// JSON with sorted keys: equal values become equal strings, whatever the order of their fields.
import {isObject} from './values.ts';

export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(
          Object.keys(inner)
            .toSorted()
            .map((key) => [key, inner[key]]),
        )
      : inner,
  ) ?? 'undefined';

/** Compares two JSON values. Numbers that `parseAsWritten` kept are the same if they were written alike. */
export const isSame = (one: unknown, other: unknown): boolean =>
  canonical(one) === canonical(other);
