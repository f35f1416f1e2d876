// Finds the fields of a config that a URL comes from.
import type {Source} from '../author/source.ts';
import type {UrlFields} from '../http/response/wrong-url.ts';
import {secretValues} from '../json/marked-secrets.ts';
import {isObject, type JsonObject} from '../json/values.ts';

type Leaf = {readonly path: readonly string[]; readonly value: string | number};

const leavesOf = (value: unknown, path: readonly string[] = []): readonly Leaf[] => {
  if (typeof value === 'string' || typeof value === 'number') return [{path, value}];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
};

/** The schemas of a field, in all branches. */
const schemasAt = (schema: JsonObject, path: readonly string[]): readonly JsonObject[] => {
  const branches = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => schema[key] ?? []).filter(isObject);
  const [key, ...rest] = path;
  if (key === undefined) return [schema, ...branches];
  const {properties, items} = schema;
  const below = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : items;
  return [
    ...branches.flatMap((branch) => schemasAt(branch, path)),
    ...(isObject(below) ? schemasAt(below, rest) : []),
  ];
};

/** The author chose the value, by a default or a list of choices. */
const isGiven = (schema: JsonObject, {path, value}: Leaf): boolean =>
  schemasAt(schema, path).some(
    (field) => 'enum' in field || 'const' in field || field['default'] === value,
  );

const changed = ({value}: Leaf): string | number =>
  typeof value === 'number' ? value + 1 : `${value}x`;

const withLeaf = (config: object, leaf: Leaf): unknown => {
  const copy: unknown = structuredClone(config);
  const holder = leaf.path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at === undefined ? at : Reflect.get(Object(at), key)), copy);
  const key = leaf.path.at(-1);
  if (key !== undefined) Reflect.set(Object(holder), key, changed(leaf));
  return copy;
};

/** The host of a URL, or of an address without a scheme. */
const hostIn = ({value}: Leaf): string | undefined =>
  typeof value === 'string'
    ? URL.parse(value.trim())?.hostname || URL.parse(`http://${value.trim()}`)?.hostname
    : undefined;

const decoded = (path: string): string => {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
};

/** Values of a single sign are in any path by chance. */
const isPartOf = ({pathname}: URL, {value}: Leaf): boolean => {
  const part = String(value).replaceAll(/^\/+|\/+$/g, '');
  return part.length > 1 && `${decoded(pathname)}/`.includes(`/${part}/`);
};

type Base = {readonly origin: string; readonly href: string};

const NO_URL: Base = {origin: '', href: ''};

/** The base URL for a config; undefined if `connect` does not take it, or gives none. */
const baseOf = <C extends object>({connect}: Source<C>, config: unknown): Base | undefined => {
  try {
    // A changed config has the same shape.
    const {baseUrl} = connect?.(config as C) ?? {};
    return baseUrl === undefined ? undefined : (URL.parse(baseUrl.trim()) ?? NO_URL);
  } catch {
    return undefined;
  }
};

/** Finds the fields that decide the base URL: `connect` is called with each one changed. */
const fieldsOfBase = <C extends object>(
  source: Source<C>,
  config: C,
  leaves: readonly Leaf[],
  base: Base,
) => {
  const bases = leaves.map((leaf) => ({leaf, other: baseOf(source, withLeaf(config, leaf))}));
  const differing = (part: keyof Base): readonly Leaf[] =>
    bases.filter(({other}) => other && other[part] !== base[part]).map(({leaf}) => leaf);
  return {origin: differing('origin'), path: differing('href')};
};

const named = (leaves: readonly Leaf[]): readonly string[] => [
  ...new Set(leaves.map(({path}) => path.join('.'))),
];

/**
 * Returns a function that names the fields of a URL. A field whose value is its default, or one of an `enum`, is not among
 * them, because then the author chose it.
 */
export const urlFieldsOf = <C extends object>(source: Source<C>, config: C): UrlFields => {
  const schema = source.spec.connectionSpecification;
  const secrets = new Set(secretValues(schema, config));
  const leaves = leavesOf(config).filter((leaf) => !isGiven(schema, leaf));
  const base = baseOf(source, config);
  let known: ReturnType<typeof fieldsOfBase> | undefined;
  return (url) => {
    if (base?.origin === url.origin) known ??= fieldsOfBase(source, config, leaves, base);
    const ofBase = base?.origin === url.origin ? known : undefined;
    const origin = [
      ...leaves.filter((leaf) => hostIn(leaf) === url.hostname),
      ...(ofBase?.origin ?? []),
    ];
    const inPath = leaves.filter((leaf) => !secrets.has(String(leaf.value)) && isPartOf(url, leaf));
    return {origin: named(origin), path: named([...origin, ...(ofBase?.path ?? []), ...inPath])};
  };
};
