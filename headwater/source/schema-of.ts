// Makes JSON Schemas of what was seen in records, and completes declared ones.
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {type Format, formatIn, type Kind, kindsIn, type Seen} from './observe.ts';

const FORMAT: Readonly<Record<Format, JsonObject>> = {
  'date-time': {format: 'date-time'},
  'local date-time': {format: 'date-time', airbyte_type: 'timestamp_without_timezone'},
  date: {format: 'date'},
};

const onlyOf = <T>(list: readonly T[]): T | readonly T[] =>
  list.length === 1 ? (list[0] ?? list) : list;

/** A field may be null or missing in a record that was not seen, so every one but the key and the cursor may be null. */
const typesOf = (seen: Seen, isRequired: boolean): unknown => {
  const kinds = kindsIn(seen);
  return onlyOf(isRequired && seen.nulls === 0 ? kinds : ['null', ...kinds]);
};

/** Fields that were only ever null have no type, so they are left out. */
const isTyped = ({kinds}: Seen): boolean => kinds.size > 0;

const propertiesOf = (fields: Seen['fields'], required: readonly string[]): JsonObject =>
  Object.fromEntries(
    [...fields]
      .filter(([, seen]) => isTyped(seen))
      .map(([name, seen]) => [name, schemaOf(seen, required.includes(name))]),
  );

/** Keywords that say something about a type, as `test_catalog_has_supported_data_types` has them. */
const TYPED = ['type', 'oneOf', 'anyOf', 'allOf', 'enum', 'const', '$ref', 'properties'];

/** True for a field of which destinations cannot make a column. */
export const lacksType = (schema: unknown): schema is JsonObject =>
  isObject(schema) && !TYPED.some((key) => key in schema);

/** The type to declare for a field, without its own fields; undefined if no record shows its type. */
export const proposedType = (seen: Seen): JsonObject | undefined => {
  const format = formatIn(seen);
  return isTyped(seen) ? {type: typesOf(seen, false), ...(format && FORMAT[format])} : undefined;
};

/** The schema of a field. */
const schemaOf = (seen: Seen, isRequired = false): JsonObject => {
  const format = formatIn(seen);
  return {
    type: typesOf(seen, isRequired),
    ...(format && FORMAT[format]),
    ...(seen.kinds.has('object') && {
      additionalProperties: true,
      properties: propertiesOf(seen.fields, []),
    }),
    ...(seen.items && isTyped(seen.items) && {items: schemaOf(seen.items)}),
  };
};

export const declaredTypes = ({type}: JsonObject): readonly string[] =>
  type === undefined ? [] : [type].flat().map(String);

export const takes = (types: readonly string[], kind: Kind | 'null'): boolean =>
  types.length === 0 || types.includes(kind) || (kind === 'integer' && types.includes('number'));

const FORMATS_OF: Readonly<Record<string, readonly Format[]>> = {
  'date-time': ['date-time', 'local date-time'],
  date: ['date'],
};

/** The number of strings that do not have the declared format, if it is one that is known here. */
export const otherFormats = (seen: Seen, {format}: JsonObject): number => {
  const allowed = FORMATS_OF[String(format)];
  if (allowed === undefined) return 0;
  const matching = allowed.reduce((sum, name) => sum + (seen.formats.get(name) ?? 0), 0);
  return (seen.kinds.get('string') ?? 0) - matching;
};

const widenedType = (seen: Seen, declared: JsonObject): JsonObject => {
  const types = declaredTypes(declared);
  const missing = [...(seen.nulls > 0 ? (['null'] as const) : []), ...kindsIn(seen)].filter(
    (kind) => !takes(types, kind),
  );
  if (missing.length === 0) return {};
  const wide = [...types, ...missing];
  return {type: onlyOf(wide.filter((type) => type !== 'integer' || !wide.includes('number')))};
};

const completedField = (seen: Seen, declared: unknown): unknown => {
  if (lacksType(declared) && isTyped(seen)) return {...declared, ...schemaOf(seen)};
  if (!isObject(declared) || declared['type'] === undefined) return declared;
  const {format, airbyte_type: _type, ...rest} = declared;
  const kept = otherFormats(seen, declared) > 0 ? rest : declared;
  const {properties, items} = declared;
  return {
    ...kept,
    ...widenedType(seen, declared),
    ...(isObject(properties) && {properties: completed(seen.fields, properties)}),
    ...(seen.items && isObject(items) && {items: completedField(seen.items, items)}),
  };
};

/** Fields that are missing are added, and types are widened; nothing is removed or narrowed. */
const completed = (fields: Seen['fields'], properties: JsonObject): JsonObject => ({
  ...Object.fromEntries(
    Object.entries(properties).map(([name, declared]) => {
      const seen = fields.get(name);
      return [name, seen === undefined ? declared : completedField(seen, declared)];
    }),
  ),
  ...propertiesOf(new Map([...fields].filter(([name]) => !Object.hasOwn(properties, name))), []),
});

/** `issue_comments` → `IssueComments` */
const titleOf = (stream: string): string =>
  stream
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

/** The schema of a stream that has none. */
export const newSchema = (stream: string, seen: Seen, required: readonly string[]): JsonObject => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: titleOf(stream),
  type: 'object',
  additionalProperties: true,
  ...(required.length > 0 && {required}),
  properties: propertiesOf(seen.fields, required),
});

export const completedSchema = (declared: JsonObject, seen: Seen): JsonObject => ({
  ...declared,
  properties: completed(
    seen.fields,
    isObject(declared['properties']) ? declared['properties'] : {},
  ),
});
