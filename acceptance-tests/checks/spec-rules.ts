// Rules of a connectionSpecification, each a function of one schema in it.
// https://docs.airbyte.com/connector-development/connector-specification-reference

import {listAt, objectAt} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Fault} from '../check-kit/check.ts';
import {type Node, typesOf} from '../protocol/json-schema.ts';
import {shown} from '../protocol/messages.ts';

export type Rule = (node: Node) => readonly Fault[];

const fault = ({schema, location}: Node, what: string, advice: string): Fault => ({
  reason: `${location === '' ? 'the root of the spec' : location} ${what}`,
  offending: shown(schema),
  advice,
});

export const enumUsage: Rule = (node) => {
  const values = listAt(node.schema['enum']).map(canonical);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  return twice === undefined
    ? []
    : [fault(node, `lists ${twice} twice in its enum`, 'List each value of an enum once.')];
};

const ONE_OF_ADVICE =
  'Give each option `type: object` and properties, among them one property with a different `const` in each option.';

/** The names of the properties that have a `const` in every option. */
const constsOf = (options: readonly JsonObject[]): readonly string[] => {
  const [first, ...others] = options.map((option) =>
    Object.entries(objectAt(option['properties']))
      .filter(([, schema]) => objectAt(schema)['const'] !== undefined)
      .map(([name]) => name),
  );
  return (first ?? []).filter((name) => others.every((names) => names.includes(name)));
};

const constProblem = (options: readonly JsonObject[], name: string): string | undefined => {
  const schemas = options.map((option) => objectAt(objectAt(option['properties'])[name]));
  const values = schemas.map((schema) => canonical(schema['const']));
  if (new Set(values).size < values.length)
    return `has the same \`const\` of ${name} in two options`;
  const agrees = (schema: JsonObject): boolean =>
    (schema['default'] === undefined ||
      canonical(schema['default']) === canonical(schema['const'])) &&
    (schema['enum'] === undefined || canonical(schema['enum']) === canonical([schema['const']]));
  return schemas.every(agrees)
    ? undefined
    : `has a default or enum of ${name} that is not the option's \`const\``;
};

const oneOfProblem = (schema: JsonObject, options: readonly JsonObject[]): string | undefined => {
  if (schema['type'] !== 'object') return 'has options, but not `type: object`';
  if (options.some((option) => !isObject(option['properties']))) {
    return 'has an option without properties';
  }
  const names = constsOf(options);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    return `has ${names.length === 0 ? 'no property' : `several properties (${names.join(', ')})`} with a \`const\` in each option`;
  }
  return constProblem(options, name);
};

export const oneOfUsage: Rule = (node) => {
  const options = [...listAt(node.schema['oneOf']), ...listAt(node.schema['anyOf'])];
  if (options.length === 0) return [];
  const problem = oneOfProblem(
    node.schema,
    options.map((option) => objectAt(option)),
  );
  return problem === undefined ? [] : [fault(node, problem, ONE_OF_ADVICE)];
};

/** The list of Airbyte's own acceptance tests. */
const SECRET_NAMES = new Set([
  ...['client_token', 'access_token', 'api_token', 'token', 'secret', 'client_secret', 'password'],
  ...['key', 'service_account_info', 'service_account', 'tenant_id', 'certificate', 'jwt'],
  ...['credentials', 'app_id', 'appid', 'refresh_token'],
]);

export const secretMarking: Rule = (node) => {
  const {schema, property} = node;
  const holdsSecret =
    schema['const'] === undefined &&
    typesOf(schema).some((type) => type === 'string' || type === 'number' || type === 'integer');
  const marked = schema['airbyte_secret'] === true;
  if (marked && !holdsSecret) {
    return [
      fault(
        node,
        'is marked airbyte_secret, but cannot hold a secret',
        'Mark strings and numbers, not the objects or arrays that hold them, and no `const`.',
      ),
    ];
  }
  if (marked || !holdsSecret || property === undefined || !SECRET_NAMES.has(property)) return [];
  return [
    fault(
      node,
      'is named like a secret, but is not marked as one',
      'Add `airbyte_secret: true`: without it, the value is stored and shown as plain text.',
    ),
  ];
};

export const typeIsNotArray: Rule = (node) => {
  const {type} = node.schema;
  if (!Array.isArray(type)) return [];
  const fine = type.length === 1 || (type.length === 2 && type[0] !== 'null' && type[1] === 'null');
  return fine
    ? []
    : [
        fault(
          node,
          `has the types ${type.join(', ')}`,
          'Give it one type, or that type and "null", in this order: forms show nothing else.',
        ),
      ];
};

export const objectNotEmpty: Rule = (node) => {
  const {schema, depth} = node;
  if (depth === 0 || !typesOf(schema).includes('object')) return [];
  const has = Object.keys(objectAt(schema['properties'])).length > 0;
  return has || schema['oneOf'] !== undefined || schema['anyOf'] !== undefined
    ? []
    : [
        fault(
          node,
          'is an object without properties',
          'List its properties, or make it a string: an empty object shows an empty form.',
        ),
      ];
};

const ITEM_TYPES = ['object', 'string', 'number', 'integer'];

export const arrayType: Rule = (node) => {
  const {schema} = node;
  if (!typesOf(schema).includes('array')) return [];
  const {items} = schema;
  const inner = objectAt(items);
  const fine =
    isObject(items) &&
    (inner['enum'] !== undefined ||
      typesOf(inner).some((type) => typeof type === 'string' && ITEM_TYPES.includes(type)));
  return fine
    ? []
    : [
        fault(
          node,
          'is an array whose items are not objects, strings, numbers, integers or an enum',
          'Give `items` one schema of one of these types.',
        ),
      ];
};

const FORBIDDEN = [
  ...['not', 'anyOf', 'patternProperties', 'prefixItems', 'allOf', 'if', 'then', 'else'],
  ...['dependentSchemas', 'dependentRequired'],
];

export const forbiddenKeywords: Rule = (node) =>
  FORBIDDEN.filter((keyword) => node.schema[keyword] !== undefined).map((keyword) =>
    fault(
      node,
      `uses ${keyword}`,
      `Write it without ${keyword}: Airbyte's forms do not support it. Use oneOf for a choice.`,
    ),
  );

const DATE = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
const DATE_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  date: [DATE, '^[0-9]{2}-[0-9]{2}-[0-9]{4}$', '^\\d{4}-\\d{2}-\\d{2}$'],
  'date-time': [
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?$',
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
    '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$',
  ],
};

/** Finds a format without its pattern. */
export const datePattern: Rule = (node) => {
  const {format, pattern} = node.schema;
  const patterns = typeof format === 'string' ? DATE_PATTERNS[format] : undefined;
  return patterns === undefined || pattern !== undefined
    ? []
    : [
        fault(
          node,
          `has the format ${format}, but no pattern`,
          `Add a pattern, such as "${patterns[0]}": forms check nothing else.`,
        ),
      ];
};

/** Finds a pattern without its format. */
export const dateFormat: Rule = (node) => {
  const {format, pattern} = node.schema;
  const expected = Object.entries(DATE_PATTERNS).find(
    ([, patterns]) => typeof pattern === 'string' && patterns.includes(pattern),
  );
  return expected === undefined || format === expected[0]
    ? []
    : [
        fault(
          node,
          `has the pattern of a ${expected[0]}, but not its format`,
          `Add \`format: ${expected[0]}\`: with it, the form shows a date picker.`,
        ),
      ];
};

export const duplicateOrder: Rule = (node) => {
  const seen = new Map<string, string>();
  return Object.entries(objectAt(node.schema['properties'])).flatMap(([name, value]) => {
    const {order, group} = objectAt(value);
    if (order === undefined) return [];
    const key = canonical([order, group]);
    const other = seen.get(key);
    seen.set(key, name);
    return other === undefined
      ? []
      : [
          fault(
            node,
            `has ${other} and ${name} with the same order, ${shown(order)}`,
            'Give each property of an object (or group) a different order.',
          ),
        ];
  });
};

/** Properties at the root have depth 1. */
export const nestedGroup: Rule = (node) =>
  node.schema['group'] === undefined || (node.depth === 1 && node.property !== undefined)
    ? []
    : [fault(node, 'has a group', 'Use `group` only on properties at the root.')];

export const displayType: Rule = (node) => {
  const {display_type: type, oneOf} = node.schema;
  if (type === undefined) return [];
  if (oneOf === undefined) {
    return [
      fault(node, 'has a display_type, but no oneOf', 'Use display_type only beside a oneOf.'),
    ];
  }
  return type === 'dropdown' || type === 'radio'
    ? []
    : [fault(node, `has the display_type ${shown(type)}`, 'Use dropdown or radio.')];
};

export const additionalProperties: Rule = (node) => {
  const {additionalProperties: value} = node.schema;
  return value === undefined || value === true
    ? []
    : [
        fault(
          node,
          `has additionalProperties: ${shown(value)}`,
          'Remove it or set it to true: the next version may have properties that this one does not know.',
        ),
      ];
};
