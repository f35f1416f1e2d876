// Equal JSON has equal text, whatever the order of its fields.
import {isObject} from './values.ts';

/** JSON with sorted keys. */
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

/** Whether two JSON values are the same, as numbers that `parseAsWritten` kept are where they were written alike. */
export const isSame = (one: unknown, other: unknown): boolean =>
  canonical(one) === canonical(other);
