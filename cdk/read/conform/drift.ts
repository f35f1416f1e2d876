// Reports each field once that records have and the schema does not declare. Such fields are emitted.
import {isObject, kindOf} from '../../json/values.ts';
import {type Shape, shapeOf} from './shape.ts';

/** Looks at all of the first records, then at one in a hundred. */
const FIRST_RECORDS = 1_000;
const THEN_EVERY = 100;

const MAX_FIELDS = 100;

export type Drift = {
  /** Counts the record, and says if it should be looked at: others need not be parsed for this. */
  readonly isDue: () => boolean;
  readonly look: (record: object) => void;
  /** A warning of the fields found since the last call. */
  readonly news: () => string | undefined;
};

/** Gets each unknown field, such as `address[].zip`, and its path in the record, `address[2].zip`. */
type Report = (field: string, path: string, value: unknown) => void;

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

type At = readonly [field: string, path: string];

const walkList = (
  list: readonly unknown[],
  {items}: Shape,
  [field, path]: At,
  report: Report,
): void => {
  if (items === undefined || !hasFields(items)) return;
  for (const [index, item] of list.entries()) {
    walk(item, items, [`${field}[]`, `${path}[${index}]`], report);
  }
};

const walkField = (name: string, value: unknown, shape: Shape, at: At, report: Report): void => {
  const [field, path] = at;
  const declared = shape.fields?.get(name);
  const known = declared ?? shape.rest;
  if (known === undefined) report(below(field, name), below(path, name), value);
  else if (hasFields(known)) {
    walk(value, known, [below(field, declared ? name : '*'), below(path, name)], report);
  }
};

const walk = (value: unknown, shape: Shape, at: At, report: Report): void => {
  if (Array.isArray(value)) walkList(value, shape, at, report);
  else if (isObject(value) && (shape.fields ?? shape.rest) !== undefined) {
    for (const name of Object.keys(value)) walkField(name, value[name], shape, at, report);
  }
};

const hasFields = ({fields, rest, items}: Shape): boolean =>
  (fields ?? rest ?? items) !== undefined;

const describe = (field: string, path: string, value: unknown): string =>
  `"${field}" (${kindOf(value)}${field === path ? '' : `, first at ${path}`})`;

/** An object whose schema names no fields, or declares all others (`additionalProperties: {…}`), has no unknown ones. */
export const watchDrift = (schema: unknown): Drift => {
  const shape = shapeOf(schema);
  const watches = hasFields(shape);
  const seen = new Set<string>();
  let fresh: string[] = [];
  let records = 0;
  let isFull = false;

  const report: Report = (field, path, value) => {
    if (isFull || seen.has(field)) return;
    if (seen.size === MAX_FIELDS) {
      isFull = true;
      fresh.push(`and more, which are not listed (at most ${MAX_FIELDS} are)`);
      return;
    }
    seen.add(field);
    fresh.push(describe(field, path, value));
  };
  return {
    isDue: () => {
      records += 1;
      return watches && !isFull && (records <= FIRST_RECORDS || records % THEN_EVERY === 0);
    },
    look: (record) => walk(record, shape, ['', ''], report),
    news: () => {
      if (fresh.length === 0) return undefined;
      const text = `Records have fields that the schema does not declare; they are emitted: ${fresh.join(', ')}.`;
      fresh = [];
      return text;
    },
  };
};
