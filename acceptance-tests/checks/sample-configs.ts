// Makes configs that a schema accepts: the smallest, the fullest, and one for each option and each enum value.
import {listAt, objectAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';

const MAX_CONFIGS = 100;

const stringAt = (schema: JsonObject): string => {
  if (schema['format'] === 'date') return '2024-01-01';
  if (schema['format'] === 'date-time') return '2024-01-01T00:00:00Z';
  if (schema['format'] === 'uri') return 'https://example.com/';
  const least = Number(schema['minLength'] ?? 1);
  return 'a'.repeat(Math.max(least, 1));
};

const numbersOf = (schema: JsonObject): readonly number[] => {
  const [least, most] = [schema['minimum'], schema['maximum']];
  const bounds = [least, most].filter((bound) => typeof bound === 'number');
  return bounds.length > 0 ? bounds : [0, 1_000_000];
};

const plainValues = (schema: JsonObject): readonly unknown[] => {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  const nulls = types.includes('null') ? [null] : [];
  if (types.includes('boolean')) return [true, false, ...nulls];
  if (types.includes('integer') || types.includes('number')) {
    return [...numbersOf(schema), ...nulls];
  }
  if (types.includes('array')) {
    const [item] = valuesOf(objectAt(schema['items']));
    return [[], [item], [item, item], ...nulls];
  }
  return [stringAt(schema), ...nulls];
};

/** Values that a schema accepts, the most usual first. */
const valuesOf = (schema: JsonObject): readonly unknown[] => {
  if ('const' in schema) return [schema['const']];
  const {enum: values, examples, oneOf, properties} = schema;
  if (Array.isArray(values)) return values;
  if (Array.isArray(oneOf)) return oneOf.flatMap((option) => valuesOf(objectAt(option)));
  if (isObject(properties)) return objectsOf(schema, properties);
  const given = listAt(examples).filter((example) => typeof example === schema['type']);
  const usual = 'default' in schema ? [schema['default']] : [];
  // Invented values would not match a pattern.
  const known = [...usual, ...given];
  return typeof schema['pattern'] === 'string' && known.length > 0
    ? known
    : [...known, ...plainValues(schema)];
};

const objectsOf = (schema: JsonObject, properties: JsonObject): readonly JsonObject[] => {
  const required = listAt(schema['required']);
  const all = Object.entries(properties).map(([name, inside]) => ({
    name,
    values: valuesOf(objectAt(inside)),
  }));
  const first = (fields: typeof all): JsonObject =>
    Object.fromEntries(fields.map(({name, values}) => [name, values[0]]));
  const least = first(
    all.filter(({name}) => required.includes(name) || isConstant(properties, name)),
  );
  const full = first(all);
  const varied = all.flatMap(({name, values}) =>
    values.flatMap((value) => [
      {...full, [name]: value},
      {...least, [name]: value},
    ]),
  );
  return [least, full, ...varied].slice(0, MAX_CONFIGS);
};

/** The field that names the option of a oneOf is also part of the smallest config. */
const isConstant = (properties: JsonObject, name: string): boolean =>
  isObject(properties[name]) && 'const' in properties[name];

/** At most a hundred configs that a schema probably accepts, judged by its keywords. */
export const sampleConfigs = (schema: JsonObject): readonly JsonObject[] =>
  valuesOf(schema).filter(isObject).slice(0, MAX_CONFIGS);
