// What a source changed in its config, carried over into a config that the user has edited since.
import {isObject} from '../landing/json.ts';

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

const fieldsOf = (...objects: readonly object[]): readonly string[] => [
  ...new Set(objects.flatMap((object) => Object.keys(object))),
];

type Carried = {readonly value: unknown};

/**
 * `mine` with all that differs between `from` and `to`. Undefined where `mine` was changed in one of these places: whose
 * of the two is right nobody could say, and a mixture of both could belong to two accounts.
 */
export const carryOver = (mine: unknown, from: unknown, to: unknown): Carried | undefined => {
  if (isSame(from, to)) return {value: mine};
  if (isSame(mine, from)) return {value: to};
  if (Array.isArray(mine) && Array.isArray(from) && Array.isArray(to)) {
    if (mine.length !== from.length || from.length !== to.length) return undefined;
    const items = mine.map((item, index) => carryOver(item, from[index], to[index]));
    return items.includes(undefined) ? undefined : {value: items.map((item) => item?.value)};
  }
  if (!isObject(mine) || !isObject(from) || !isObject(to)) return undefined;
  const fields = fieldsOf(mine, from, to).map((key) => ({
    key,
    carried: carryOver(mine[key], from[key], to[key]),
  }));
  if (fields.some(({carried}) => carried === undefined)) return undefined;
  const kept = fields.filter(({carried}) => carried?.value !== undefined);
  return {value: Object.fromEntries(kept.map(({key, carried}) => [key, carried?.value]))};
};
