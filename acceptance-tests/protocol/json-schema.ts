// Walks JSON Schemas, and validates values against them.

import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {listAt, objectAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';

/** A schema within another one. */
export interface Node {
  readonly schema: JsonObject;
  /** The path of the values that it describes, for messages: `credentials.token`, `repositories[]`. */
  readonly location: string;
  /** Like a JSON pointer, without escapes: `/properties/credentials`. */
  readonly pointer: string;
  /** The name of the property, if it is a property's schema. */
  readonly property: string | undefined;
  readonly depth: number;
}

const childrenOf = ({schema, location, pointer, depth}: Node): readonly Node[] => {
  const child = (key: string, value: unknown, inner: string, property?: string) =>
    isObject(value)
      ? [{schema: value, location: inner, pointer: `${pointer}/${key}`, property, depth: depth + 1}]
      : [];
  const dot = location === '' ? '' : `${location}.`;
  const properties = Object.entries(objectAt(schema['properties'])).flatMap(([name, value]) =>
    child(`properties/${name}`, value, `${dot}${name}`, name),
  );
  const {items} = schema;
  const inItems = Array.isArray(items)
    ? items.flatMap((value, index) => child(`items/${index}`, value, `${location}[${index}]`))
    : child('items', items, `${location}[]`);
  const options = ['oneOf', 'anyOf', 'allOf'].flatMap((key) =>
    listAt(schema[key]).flatMap((value, index) => child(`${key}/${index}`, value, location)),
  );
  return [
    ...properties,
    ...inItems,
    ...options,
    ...child('additionalProperties', schema['additionalProperties'], `${dot}*`),
    ...child('not', schema['not'], location),
  ];
};

const below = (node: Node): readonly Node[] => [node, ...childrenOf(node).flatMap(below)];

/** A schema and all schemas in it, outer ones first. A property that is named like a keyword is not one. */
export const nodesOf = (schema: JsonObject): readonly Node[] =>
  below({schema, location: '', pointer: '', property: undefined, depth: 0});

export const typesOf = ({type}: JsonObject): readonly unknown[] =>
  type === undefined ? [] : Array.isArray(type) ? type : [type];

/** Each `$ref` in a schema, with its path. A property that is named `$ref` does not count. */
export const refsIn = (schema: JsonObject): readonly string[] =>
  nodesOf(schema).flatMap(({schema: {$ref}, location}) =>
    typeof $ref === 'string' ? [`${location || 'the root'}: ${$ref}`] : [],
  );

const OPTIONS = {strict: false, allErrors: true, verbose: true, logger: false} as const;

/** A new instance for each schema: ajv remembers a schema's `$id`, which may occur twice. */
const openAjv = (): Ajv => {
  const ajv = new Ajv(OPTIONS);
  addFormats.default(ajv);
  return ajv;
};

/**
 * The formats of records as Airbyte's own acceptance tests accept them: a time with or without a zone, after a T or a
 * space.
 */
const DATE = String.raw`-?\d{4,}-\d{2}-\d{2}`;
const TIME = String.raw`\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?\s*(Z|z|[+-]\d{2}:?(\d{2})?)?`;
const FORMATS = {
  date: new RegExp(`^${DATE}( BC)?$`),
  time: new RegExp(`^${TIME}$`),
  'date-time': new RegExp(`^${DATE}[T ]${TIME}( BC)?$`),
};
const DAY_ENDS = 10;

/** True for a day of the calendar, unlike the 30th of February. */
const isDay = (text: string): boolean => {
  const day = text.slice(0, DAY_ENDS);
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};

const openRecordAjv = (): Ajv => {
  const ajv = new Ajv(OPTIONS);
  for (const [name, pattern] of Object.entries(FORMATS)) {
    const isDated = name !== 'time';
    ajv.addFormat(
      name,
      (text: string) => pattern.test(text) && (!isDated || !/^\d{4}-/.test(text) || isDay(text)),
    );
  }
  return ajv;
};

/** Describes why a schema is not valid by draft-07; undefined if it is. */
export const schemaProblem = (schema: JsonObject): string | undefined => {
  const ajv = openAjv();
  try {
    if (ajv.validateSchema(schema) === false)
      return ajv.errorsText(ajv.errors, {dataVar: 'schema'});
    ajv.compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** `/a/0/b` as `a[0].b` */
const locationOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');

const describe = ({instancePath, keyword, message, params, data}: ErrorObject): string => {
  const location = locationOf(instancePath);
  const about = location === '' ? 'it' : location;
  const what = keyword === 'additionalProperties' ? `: ${params['additionalProperty']}` : '';
  const plain = !isObject(data) && !Array.isArray(data) && typeof data !== 'number';
  const value = plain ? `, but is ${JSON.stringify(data)}` : '';
  return `${about} ${message ?? 'is wrong'}${what}${value}`;
};

/** Returns a function that describes why a value is invalid; undefined if it is valid. */
type Validator = (value: unknown) => string | undefined;

const validatorBy = (ajv: Ajv, schema: JsonObject): Validator => {
  const validate = ajv.compile(schema);
  return (value) =>
    validate(value) ? undefined : (validate.errors ?? []).slice(0, 3).map(describe).join('; ');
};

export const validatorOf = (schema: JsonObject): Validator => validatorBy(openAjv(), schema);

/** The same for the data of records. */
export const recordValidatorOf = (schema: JsonObject): Validator =>
  validatorBy(openRecordAjv(), schema);
