// Fields that come and that the schema does not know: they pass, and are reported once each.
import {isObject, kindOf} from '../../json/values.ts';
import {type Shape, shapeOf} from './shape.ts';

/** All records of a run's beginning are looked at, then one in a hundred: the schema does not change in between. */
const FIRST_RECORDS = 1_000;
const THEN_EVERY = 100;

const MAX_FIELDS = 100;

export type Drift = {
  /** Whether the next record is one to look at: the others need not be parsed for this. Counts the record. */
  readonly isDue: () => boolean;
  /** Looks for unknown fields in a record. */
  readonly look: (record: object) => void;
  /** What was found since the last call, in words; undefined where that is nothing new. */
  readonly news: () => string | undefined;
};

/** Told of each unknown field: `address[].zip`, with where it was, `address[2].zip`. */
type Tell = (field: string, path: string, value: unknown) => void;

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

type At = readonly [field: string, path: string];

const walkList = (
  list: readonly unknown[],
  {items}: Shape,
  [field, path]: At,
  tell: Tell,
): void => {
  if (items === undefined || !hasFields(items)) return;
  for (const [index, item] of list.entries()) {
    walk(item, items, [`${field}[]`, `${path}[${index}]`], tell);
  }
};

const walkField = (name: string, value: unknown, shape: Shape, at: At, tell: Tell): void => {
  const [field, path] = at;
  const declared = shape.fields?.get(name);
  const known = declared ?? shape.rest;
  if (known === undefined) tell(below(field, name), below(path, name), value);
  else if (hasFields(known)) {
    walk(value, known, [below(field, declared ? name : '*'), below(path, name)], tell);
  }
};

const walk = (value: unknown, shape: Shape, at: At, tell: Tell): void => {
  if (Array.isArray(value)) walkList(value, shape, at, tell);
  else if (isObject(value) && (shape.fields ?? shape.rest) !== undefined) {
    for (const name of Object.keys(value)) walkField(name, value[name], shape, at, tell);
  }
};

const hasFields = ({fields, rest, items}: Shape): boolean =>
  (fields ?? rest ?? items) !== undefined;

const describe = (field: string, path: string, value: unknown): string =>
  `"${field}" (${kindOf(value)}${field === path ? '' : `, first at ${path}`})`;

/**
 * Collects the fields of a stream's records that its schema does not declare, at any depth. Where a schema names no
 * fields, or gives one for all other fields (`additionalProperties: {…}`), none is unknown.
 */
export const watchDrift = (schema: unknown): Drift => {
  const shape = shapeOf(schema);
  const watches = hasFields(shape);
  const seen = new Set<string>();
  let fresh: string[] = [];
  let records = 0;
  let isFull = false;

  const tell: Tell = (field, path, value) => {
    if (isFull || seen.has(field)) return;
    if (seen.size === MAX_FIELDS) {
      isFull = true;
      fresh.push(`and more, which are not listed: ${MAX_FIELDS} fields are the most`);
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
    look: (record) => walk(record, shape, ['', ''], tell),
    news: () => {
      if (fresh.length === 0) return undefined;
      const text = `Records have fields that the schema does not declare; they are passed on: ${fresh.join(', ')}.`;
      fresh = [];
      return text;
    },
  };
};
