// Where in a record something is: for a person as a path, and for counting as the field of all such places.

/** In the segments of a place: any item of a list, any key of a map. */
export const ITEM = Symbol('item');
export const KEY = Symbol('key');

/** A field as a schema declares it, whatever the record. */
export type Place = {
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
export const rootPlace = (keys: readonly string[]): Place => ({segments: [], depth: 0, keys});

export const propertyOf = (place: Place, name: string): Place => ({
  segments: [...place.segments, name],
  depth: place.depth,
  keys: keysBelow(place.keys, name),
});

/** Every item of a list, or every value of a map. */
export const eachOf = (place: Place, each: typeof ITEM | typeof KEY): Place => ({
  segments: [...place.segments, each],
  depth: place.depth + 1,
  keys: place.keys.filter((key) => key === ''),
});

const join = (parts: readonly string[]): string => parts.join('').replace(/^\./, '');

/** Where a value is in its record: `lines[2].price`. */
export const pathOf = ({segments}: Place, steps: Steps): string => {
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
export const fieldOf = ({segments}: Place): string =>
  join(
    segments.map((segment) => {
      if (segment === ITEM) return '[]';
      return segment === KEY ? '.*' : `.${segment}`;
    }),
  );
