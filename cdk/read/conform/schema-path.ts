// Where in a schema a field is declared, and where in a record its values are.

/** In the segments of a path: every item of a list, every key of a map. */
export const ITEM = Symbol('item');
export const KEY = Symbol('key');

/** A field as a schema declares it, whatever the record. */
export type SchemaPath = {
  readonly segments: readonly (string | typeof ITEM | typeof KEY)[];
  /** How many of the segments are ITEM or KEY. */
  readonly depth: number;
  /** The primary key's and the cursor's fields that lie here or below, as dot paths from here; '' is here. */
  readonly keys: readonly string[];
};

/** Which of each: an index for a list, a key for a map, from the outermost inwards. */
export type Steps = readonly (string | number)[];

/** The key fields at or below a property, as seen from there. */
export const keysBelow = (keys: readonly string[], name: string): readonly string[] =>
  keys.flatMap((key) => {
    if (key === '' || key === name) return [''];
    return key.startsWith(`${name}.`) ? [key.slice(name.length + 1)] : [];
  });

/** A whole record. */
export const rootPath = (keys: readonly string[]): SchemaPath => ({segments: [], depth: 0, keys});

export const propertyOf = (path: SchemaPath, name: string): SchemaPath => ({
  segments: [...path.segments, name],
  depth: path.depth,
  keys: keysBelow(path.keys, name),
});

/** Every item of a list, or every value of a map. */
export const eachOf = (path: SchemaPath, each: typeof ITEM | typeof KEY): SchemaPath => ({
  segments: [...path.segments, each],
  depth: path.depth + 1,
  keys: path.keys.filter((key) => key === ''),
});

const join = (parts: readonly string[]): string => parts.join('').replace(/^\./, '');

/** Where a value is in its record: `lines[2].price`. */
export const describeValuePath = ({segments}: SchemaPath, steps: Steps): string => {
  let depth = 0;
  return join(
    segments.map((segment) => {
      if (typeof segment === 'string') return `.${segment}`;
      const step = steps[depth++];
      return segment === ITEM ? `[${step}]` : `.${step}`;
    }),
  );
};

/** All the places that a schema declares at once: `lines[].price`, `rates.*`. */
export const describeSchemaPath = ({segments}: SchemaPath): string =>
  join(
    segments.map((segment) => {
      if (segment === ITEM) return '[]';
      return segment === KEY ? '.*' : `.${segment}`;
    }),
  );
