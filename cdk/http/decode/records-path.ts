// A path to records, one step at a time: `data.items`, `data.*.items`. A list at its end holds the records. Behind
// a `*` an object at its end is one record, and what is missing or null has none.
import {SystemError} from '../../errors.ts';

/** What is left of a path; '' at its end. */
export type PathRest = string;

const headOf = (rest: PathRest): string => rest.split('.', 1)[0] ?? '';

/** Behind its first key. */
const tailOf = (rest: PathRest): PathRest => {
  const dot = rest.indexOf('.');
  return dot < 0 ? '' : rest.slice(dot + 1);
};

/** Whether it goes on in everything that a list or an object holds. */
export const beginsWild = (rest: PathRest): boolean => headOf(rest) === '*';

export const isWild = (path: string | undefined): boolean =>
  path?.split('.').includes('*') ?? false;

/** What is left at a key of an object; undefined where the path does not lead there. A key may hold dots itself. */
export const stepToKey = (rest: PathRest, key: string): PathRest | undefined => {
  if (rest === key) return '';
  return beginsWild(rest) || headOf(rest) === key ? tailOf(rest) : undefined;
};

/** The same for a place in a list. */
export const stepToIndex = (rest: PathRest, index: number): PathRest | undefined =>
  beginsWild(rest) || headOf(rest) === String(index) ? tailOf(rest) : undefined;

export type NoRecords = {
  readonly where: string;
  readonly path: string | undefined;
  /** What is there instead: `a string`. */
  readonly kind: string;
  /** The keys of the body, as far as it is an object. */
  readonly keys: readonly string[];
};

const SHOWN_KEYS = 20;

export const noRecords = ({where, path, kind, keys}: NoRecords): SystemError => {
  const place = path === undefined ? 'the body' : `"${path}" in the body`;
  const has = keys.length === 0 ? '' : ` The body has: ${keys.slice(0, SHOWN_KEYS).join(', ')}.`;
  return new SystemError(
    `${where}: ${place} should be a list of objects, but is ${kind}.${has} Set \`records\` to the path of the list.`,
  );
};
