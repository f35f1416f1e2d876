// Paths to a field in a schema, and to its values in a record.

/** Segments of a path that stand for every item of a list, and for every key of a map. */
export const ITEM = Symbol('item');
export const KEY = Symbol('key');

export type SchemaPath = {
  readonly segments: readonly (string | typeof ITEM | typeof KEY)[];
  /** The number of segments that are ITEM or KEY. */
  readonly depth: number;
  /** Fields of the primary key and the cursor at or below this path, as dot paths from here; '' is this path itself. */
  readonly keys: readonly string[];
};

/** The index of each list and the key of each map on a path, from the outermost inwards. */
export type Steps = readonly (string | number)[];

/** The key fields at or below a property, as paths from there. */
export const keysBelow = (keys: readonly string[], name: string): readonly string[] =>
  keys.flatMap((key) => {
    if (key === '' || key === name) return [''];
    return key.startsWith(`${name}.`) ? [key.slice(name.length + 1)] : [];
  });

export const rootPath = (keys: readonly string[]): SchemaPath => ({segments: [], depth: 0, keys});

export const propertyOf = (path: SchemaPath, name: string): SchemaPath => ({
  segments: [...path.segments, name],
  depth: path.depth,
  keys: keysBelow(path.keys, name),
});

export const eachOf = (path: SchemaPath, each: typeof ITEM | typeof KEY): SchemaPath => ({
  segments: [...path.segments, each],
  depth: path.depth + 1,
  keys: path.keys.filter((key) => key === ''),
});

const join = (parts: readonly string[]): string => parts.join('').replace(/^\./, '');

/** The path of one value: `lines[2].price`. */
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

/** The path of all values of a field: `lines[].price`, `rates.*`. */
export const describeSchemaPath = ({segments}: SchemaPath): string =>
  join(
    segments.map((segment) => {
      if (segment === ITEM) return '[]';
      return segment === KEY ? '.*' : `.${segment}`;
    }),
  );
