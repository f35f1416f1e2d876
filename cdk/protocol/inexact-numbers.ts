// Finds whole numbers in a config that JavaScript cannot hold. Used in a path or a query they would name something else,
// such as another account.
import {exactOf, rawDigits} from '../json/exact.ts';
import {isObject, type JsonObject} from '../json/values.ts';

export type InexactNumber = {
  readonly path: readonly string[];
  /** As the user wrote it. */
  readonly digits: string;
  /** As JavaScript rounds it. */
  readonly value: number;
};

/** From here on a number is printed with an exponent. */
const FIRST_WITH_EXPONENT = 1e21;

const inexactIn = (
  holder: object,
  key: string,
  value: number,
  path: readonly string[],
): readonly InexactNumber[] => {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return [];
  const exact = exactOf(holder, key, value);
  const digits = typeof exact === 'object' && exact !== null ? rawDigits(exact) : undefined;
  if (digits === undefined && Math.abs(value) < FIRST_WITH_EXPONENT) return [];
  return [{path, digits: digits ?? String(value), value}];
};

export const inexactNumbers = (
  config: object,
  path: readonly string[] = [],
): readonly InexactNumber[] =>
  Object.entries(config).flatMap(([key, value]) => {
    const below = [...path, key];
    if (typeof value === 'number') return inexactIn(config, key, value, below);
    return typeof value === 'object' && value !== null ? inexactNumbers(value, below) : [];
  });

/** False if the schema takes no string at the path, as far as its `properties` and `items` say. */
export const takesString = (schema: JsonObject, [key, ...rest]: readonly string[]): boolean => {
  if (key === undefined) {
    const {type} = schema;
    return type === undefined || [type].flat().includes('string');
  }
  const {properties, items} = schema;
  const below = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : items;
  return isObject(below) ? takesString(below, rest) : true;
};
