// Follows a path through a document, and keeps the way there: the values that a record lies in, and their keys.
import {fieldOf} from '../../json/values.ts';

/** Lists the children of an element with a name, in formats where one of them is not a list. */
export type ChildrenOf = (element: unknown, name: string) => readonly unknown[];

/** A place in a document, and those that lead to it: one for each part of the path. */
export type Spot = {
  readonly holder: object;
  readonly key: string;
  readonly above: readonly (Spot | undefined)[];
  /** The keys at each `*`. */
  readonly keys: readonly string[];
};

export const valueAtSpot = ({holder, key}: Spot): unknown => fieldOf(holder, key);

export const below = (spot: Spot, holder: object, key: string, parts: readonly string[]): Spot => ({
  holder,
  key,
  // A key with dots is several parts of the path.
  above: [...spot.above, spot, ...parts.slice(1).map(() => undefined)],
  keys: parts[0] === '*' ? [...spot.keys, key] : spot.keys,
});

export const partsOf = (path: string | undefined): readonly string[] => path?.split('.') ?? [];

/** All ends of a path; undefined for each branch that leads nowhere. */
export const endsOf = (
  spot: Spot,
  parts: readonly string[],
  children?: ChildrenOf,
): readonly (Spot | undefined)[] => {
  const [part, ...rest] = parts;
  if (part === undefined) return [spot];
  const value = valueAtSpot(spot);
  const next = (holder: object, key: string, taken = [part]) =>
    endsOf(below(spot, holder, key, taken), parts.slice(taken.length), children);
  if (children) return children(value, part).flatMap((child) => next([child], '0'));
  if (typeof value !== 'object' || value === null) return [undefined];
  if (part === '*') return Object.keys(value).flatMap((key) => next(value, key));
  if (rest.length > 0 && fieldOf(value, parts.join('.')) !== undefined) {
    return next(value, parts.join('.'), [...parts]);
  }
  return fieldOf(value, part) === undefined ? [undefined] : next(value, part);
};

export const rootOf = (document: unknown): Spot => ({
  holder: [document],
  key: '0',
  above: [],
  keys: [],
});
