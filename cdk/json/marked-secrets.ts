// Finds the values of a config that its JSON Schema marks `airbyte_secret`.
import {percentDecoded} from './percent.ts';
import {isObject, type JsonObject} from './values.ts';

/** All strings and numbers in a value. A switch hides nothing. */
const leaves = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isObject(value) ? Object.values(value).flatMap(leaves) : [];
};

const isMarked = ({airbyte_secret: mark}: JsonObject): boolean => mark === true || mark === 'true';

/** Keywords whose schemas apply to the same value. */
const SAME_LISTS = ['oneOf', 'anyOf', 'allOf'];
const SAME = ['if', 'then', 'else', 'not'];
const SAME_BY_KEY = ['dependentSchemas', 'dependencies'];
/** Keywords whose schema applies to values under any other name, and to any other item. */
const OTHER_NAMES = ['additionalProperties', 'unevaluatedProperties'];
const ITEMS = ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'];

const schemasAt = (schema: JsonObject, key: string): readonly JsonObject[] => {
  const value = schema[key];
  return (Array.isArray(value) ? value : [value]).filter(isObject);
};

const schemasUnder = (schema: JsonObject, key: string): readonly JsonObject[] =>
  schemasAt(schema, key).flatMap((inner) => Object.values(inner).filter(isObject));

/** Each schema in another one, at any depth. */
const allIn = (root: unknown, found = new Set<JsonObject>()): ReadonlySet<JsonObject> => {
  if (Array.isArray(root)) for (const inner of root) allIn(inner, found);
  if (!isObject(root) || found.has(root)) return found;
  found.add(root);
  for (const inner of Object.values(root)) allIn(inner, found);
  return found;
};

/** `#/definitions/key`, by https://www.rfc-editor.org/rfc/rfc6901 */
const byPointer = (root: unknown, pointer: string): unknown => {
  let here = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = percentDecoded(token).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = here[Number(key)];
    else here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  }
  return here;
};

/** Finds the schema that a `$ref` leads to: a pointer, an anchor, or an `$id`, each within this schema. */
const referencesIn = (root: JsonObject): ((ref: string) => JsonObject | undefined) => {
  const named = new Map<string, JsonObject>();
  for (const schema of allIn(root)) {
    for (const key of ['$id', 'id', '$anchor', '$dynamicAnchor']) {
      const name = schema[key];
      if (typeof name === 'string') named.set(name.replace(/^#|#$/g, ''), schema);
    }
  }
  return (ref) => {
    const cut = ref.indexOf('#');
    const [id, fragment] = cut < 0 ? [ref, ''] : [ref.slice(0, cut), ref.slice(cut + 1)];
    const base = id === '' ? root : named.get(id);
    if (fragment === '') return base;
    const target = fragment.startsWith('/') ? byPointer(base, fragment) : named.get(fragment);
    return isObject(target) ? target : undefined;
  };
};

const patternOf = (text: string): RegExp | undefined => {
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
};

/** The schemas of a key. A pattern that can't be compiled matches every key. */
const schemasOfKey = (schema: JsonObject, key: string): readonly JsonObject[] => {
  const {properties, patternProperties} = schema;
  const own = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  const patterns = Object.entries(isObject(patternProperties) ? patternProperties : {})
    .filter(([pattern]) => patternOf(pattern)?.test(key) ?? true)
    .map(([, inner]) => inner);
  const declared = [own, ...patterns].filter(isObject);
  if (declared.length > 0 || own !== undefined) return declared;
  return OTHER_NAMES.flatMap((name) => schemasAt(schema, name));
};

/** The schemas of an item. Those of a list by place also count for other places: the user may have shifted them. */
const schemasOfItem = (schema: JsonObject): readonly JsonObject[] =>
  ITEMS.flatMap((key) => schemasAt(schema, key));

type Finder = (schema: JsonObject, value: unknown) => readonly string[];

const openFinder = (root: JsonObject): Finder => {
  const refer = referencesIn(root);
  const referred = (schema: JsonObject): readonly JsonObject[] =>
    ['$ref', '$dynamicRef', '$recursiveRef'].flatMap((key) => {
      const ref = schema[key];
      const target = typeof ref === 'string' ? refer(ref) : undefined;
      return target === undefined ? [] : [target];
    });
  const alike = (schema: JsonObject): readonly JsonObject[] => [
    ...referred(schema),
    ...SAME_LISTS.flatMap((key) => schemasAt(schema, key)),
    ...SAME.flatMap((key) => schemasAt(schema, key)),
    ...SAME_BY_KEY.flatMap((key) => schemasUnder(schema, key)),
  ];
  const marking = new Map<JsonObject, boolean>();
  /** True if a schema marks anything at any depth, also by a reference. */
  const marks = (schema: JsonObject): boolean => {
    const known = marking.get(schema);
    if (known !== undefined) return known;
    // A schema may lead back to itself.
    marking.set(schema, false);
    const found = [...allIn(schema)].some(
      (inner) => isMarked(inner) || referred(inner).some(marks),
    );
    marking.set(schema, found);
    return found;
  };

  /** Pairs that were looked at: a schema may lead back to itself, and branches to the same one. */
  const seen = new Map<object, Set<JsonObject>>();
  const isNew = (schema: JsonObject, value: object): boolean => {
    const schemas = seen.get(value) ?? new Set();
    seen.set(value, schemas);
    const isFirst = !schemas.has(schema);
    schemas.add(schema);
    return isFirst;
  };

  const find: Finder = (schema, value) => {
    // The user may have written a secret in place of the object that should hold it: `"credentials": "ghp_…"`.
    if (typeof value !== 'object') return marks(schema) ? leaves(value) : [];
    if (value === null || !isNew(schema, value)) return [];
    if (isMarked(schema)) return leaves(value);
    return [...alike(schema).flatMap((inner) => find(inner, value)), ...inside(schema, value)];
  };
  const inside: Finder = (schema, value) => {
    const items = schemasOfItem(schema);
    if (Array.isArray(value)) {
      // Or a list in place of an object.
      const wanted = items.length > 0 ? items : [schema];
      return value.flatMap((item) => wanted.flatMap((inner) => find(inner, item)));
    }
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      // Or an object in place of a list.
      [...schemasOfKey(schema, key), ...items].flatMap((field) => find(field, inner)),
    );
  };
  return find;
};

/**
 * All values of a config that its schema marks `airbyte_secret`: under properties, patterns and references, in items, in
 * every branch, whether the value matches it or not. A value may come more than once.
 */
export const secretValues = (schema: JsonObject, value: unknown): readonly string[] =>
  openFinder(schema)(schema, value);
