// The fields that a schema names, without their types, to find selected and unknown ones.
import {isObject} from '../../json/values.ts';

export type Shape = {
  /** Undefined: the schema names no fields, so any may come. */
  readonly fields: ReadonlyMap<string, Shape> | undefined;
  /** The schema of all other fields: with one they are known, whatever their names. */
  readonly rest: Shape | undefined;
  /** `additionalProperties: false`. */
  readonly closed: boolean;
  readonly items: Shape | undefined;
};

const either = (a: Shape | undefined, b: Shape | undefined): Shape | undefined =>
  a === undefined || b === undefined ? (a ?? b) : merge(a, b);

const mergeFields = (a: Shape['fields'], b: Shape['fields']): Shape['fields'] => {
  if (a === undefined || b === undefined) return a ?? b;
  const merged = new Map(a);
  for (const [name, shape] of b) merged.set(name, either(merged.get(name), shape) ?? shape);
  return merged;
};

/** The union of two shapes. */
const merge = (a: Shape, b: Shape): Shape => ({
  fields: mergeFields(a.fields, b.fields),
  rest: either(a.rest, b.rest),
  closed: (a.closed || a.fields === undefined) && (b.closed || b.fields === undefined),
  items: either(a.items, b.items),
});

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The shape of a draft-07 schema; the options of `oneOf`, `anyOf` and `allOf` are merged. */
export const shapeOf = (schema: unknown): Shape => {
  if (!isObject(schema)) {
    return {fields: undefined, rest: undefined, closed: false, items: undefined};
  }
  const {properties, additionalProperties, items} = schema;
  const own: Shape = {
    fields: isObject(properties)
      ? new Map(Object.entries(properties).map(([name, child]) => [name, shapeOf(child)]))
      : undefined,
    rest: isObject(additionalProperties) ? shapeOf(additionalProperties) : undefined,
    closed: additionalProperties === false,
    items: isObject(items) ? shapeOf(items) : undefined,
  };
  return ['oneOf', 'anyOf', 'allOf']
    .flatMap((keyword) => listOf(schema[keyword]))
    .map(shapeOf)
    .reduce(merge, own);
};
