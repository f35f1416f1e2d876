// The data types of Airbyte's protocol, as schemas may write them.
// https://docs.airbyte.com/understanding-airbyte/supported-data-types

import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {type Node, typesOf} from '../protocol/json-schema.ts';
import {shown} from '../protocol/messages.ts';

const TYPES = ['null', 'string', 'number', 'integer', 'boolean', 'object', 'array'];

/** For each airbyte_type, the type and format that it may be combined with. */
const AIRBYTE_TYPES: Readonly<Record<string, {types: readonly string[]; format?: string}>> = {
  timestamp_with_timezone: {types: ['string'], format: 'date-time'},
  timestamp_without_timezone: {types: ['string'], format: 'date-time'},
  time_with_timezone: {types: ['string'], format: 'time'},
  time_without_timezone: {types: ['string'], format: 'time'},
  integer: {types: ['number', 'integer']},
};

const FORMATS = ['date', 'date-time', 'time'];

const airbyteTypeProblem = (schema: JsonObject, types: readonly unknown[]): string | undefined => {
  const {airbyte_type: type, format} = schema;
  if (type === undefined) return undefined;
  const legal =
    typeof type === 'string' && Object.hasOwn(AIRBYTE_TYPES, type)
      ? AIRBYTE_TYPES[type]
      : undefined;
  if (legal === undefined) return `has the unknown airbyte_type ${shown(type)}`;
  const rest = types.filter((one) => one !== 'null');
  const fits = rest.every((one) => typeof one === 'string' && legal.types.includes(one));
  return fits && rest.length > 0 && format === legal.format
    ? undefined
    : `has the airbyte_type ${type} with type ${shown(rest.join(', '))} and format ${shown(format ?? 'none')}`;
};

/** True if the schema says anything about the type of its value. */
const saysType = (schema: JsonObject): boolean =>
  typesOf(schema).length > 0 ||
  ['oneOf', 'anyOf', 'allOf', 'enum', 'const', '$ref', 'properties'].some((key) => key in schema);

/** True for a part of another schema, which names the type. */
const isPart = ({pointer}: Node): boolean => /\/(allOf\/\d+|not)$/.test(pointer);

/** Describes the part of a schema that destinations do not know; undefined if they know all of it. */
export const dataTypeProblem = (node: Node): string | undefined => {
  const {schema, depth} = node;
  const types = typesOf(schema);
  const unknown = types.find((type) => typeof type !== 'string' || !TYPES.includes(type));
  if (unknown !== undefined) return `has the unknown type ${shown(unknown)}`;
  if (depth > 0 && !isPart(node) && !saysType(schema)) return 'has no type';
  const {format, contentEncoding: encoding, items} = schema;
  if (format !== undefined && types.includes('string')) {
    if (typeof format !== 'string' || !FORMATS.includes(format)) {
      return `has the format ${shown(format)}, which Airbyte does not have`;
    }
  } else if (format !== undefined) {
    return `has the format ${shown(format)}, but is not a string`;
  }
  if (encoding !== undefined && (encoding !== 'base64' || !types.includes('string'))) {
    return `has the contentEncoding ${shown(encoding)}; binary data must be a string with base64`;
  }
  if (types.includes('array') && items !== undefined && !isObject(items)) {
    return 'is an array whose items are not one schema';
  }
  return airbyteTypeProblem(schema, types);
};
