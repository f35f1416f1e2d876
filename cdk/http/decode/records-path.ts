// Follows a path to records one step at a time: `data.items`, `data.*.items`. A list at its end holds the records. After
// a `*` an object at its end is one record, and a missing or null value has no records.
import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';

/** The rest of a path; '' at its end. */
export type PathRest = string;

const headOf = (rest: PathRest): string => rest.split('.', 1)[0] ?? '';

const tailOf = (rest: PathRest): PathRest => {
  const dot = rest.indexOf('.');
  return dot < 0 ? '' : rest.slice(dot + 1);
};

export const beginsWild = (rest: PathRest): boolean => headOf(rest) === '*';

export const isWild = (path: string | undefined): boolean =>
  path?.split('.').includes('*') ?? false;

/** The rest of the path at a key; undefined if the path does not lead there. A key may contain dots itself. */
export const stepToKey = (rest: PathRest, key: string): PathRest | undefined => {
  if (rest === key) return '';
  return beginsWild(rest) || headOf(rest) === key ? tailOf(rest) : undefined;
};

export const stepToIndex = (rest: PathRest, index: number): PathRest | undefined =>
  beginsWild(rest) || headOf(rest) === String(index) ? tailOf(rest) : undefined;

/** Says if a body that has nothing at the path of the records is an `error`, or an `empty` list. */
export type WithoutRecords = 'error' | 'empty';

export type NoRecords = {
  readonly where: string;
  readonly path: string | undefined;
  readonly kind: string;
  readonly keys: readonly string[];
  /** The type of the first value in a list that is not an object. */
  readonly item?: string | undefined;
  /** The words of an error that the body reports. */
  readonly error?: string | undefined;
};

const SHOWN_KEYS = 20;

/** Says which option reads values that are not lists of objects. */
const adviceFor = ({path, kind, item, error}: NoRecords): string => {
  if (error !== undefined) return '';
  const at = path === undefined ? '' : `path: '${path}', `;
  if (kind === 'an object' && path !== undefined) {
    return ` If its values are the records, set it to '${path}.*'.`;
  }
  if (kind === 'undefined' && path !== undefined) {
    return " If a missing list is an empty one, set `withoutRecords: 'empty'`.";
  }
  if (item === undefined || item === 'null') return '';
  return item === 'an array'
    ? ` If its rows are lists of values, name these: \`records: {${at}columns: ['id', …]}\`.`
    : ` If its values are to become records, name them: \`records: {${at}wrap: 'value'}\`.`;
};

export const noRecords = (found: NoRecords): SystemError => {
  const {where, path, kind, keys, error} = found;
  const location = path === undefined ? 'the body' : `"${path}" in the body`;
  const has =
    keys.length === 0 ? '' : ` The body has: ${excerpt(keys.slice(0, SHOWN_KEYS).join(', '))}.`;
  const reason = error === undefined ? '' : ` It reports an error: ${error}.`;
  return new SystemError(
    `${where}: ${location} should be a list of objects, but is ${kind}.${has}${reason} Set \`records\` to the path of the list.${adviceFor(found)}`,
  );
};
