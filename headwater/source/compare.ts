// Compares a declared schema with what was seen in records.
import {excerpt} from '../../cdk/json/trim.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {count} from '../../sync/report/format.ts';
import {formatIn, type Kind, kindsIn, type Seen} from './observe.ts';
import {declaredTypes, lacksType, otherFormats, proposedType, takes} from './schema-of.ts';

/** `error`: a record contradicts the schema. `warning`: it is incomplete. `note`: it may be. */
type Finding = {readonly level: 'error' | 'warning' | 'note'; readonly text: string};

/** One field, also of an object or an array in it: `owner.id`, `labels[].name`. */
export type Row = {
  readonly path: string;
  /** The types of its values: `string | null`, `date-time`. */
  readonly found: string;
  /** `98 of 100, 2 null` */
  readonly share: string;
  readonly declared: string;
};

export type Comparison = {readonly rows: readonly Row[]; readonly findings: readonly Finding[]};

/** Keywords by which a schema says more than `type` does. */
const BRANCHES = ['$ref', 'oneOf', 'anyOf', 'allOf'];

const isComparable = (schema: JsonObject): boolean => !BRANCHES.some((key) => key in schema);

const describeSeen = (seen: Seen): string => {
  const format = formatIn(seen);
  const kinds = kindsIn(seen).map((kind) => (kind === 'string' && format ? format : kind));
  return [...kinds, ...(seen.nulls > 0 ? ['null'] : [])].join(' | ') || 'nothing';
};

const describeDeclared = (schema: unknown): string => {
  if (!isObject(schema)) return 'not declared';
  if (!isComparable(schema)) return 'branches, not compared';
  if (lacksType(schema)) return 'no type';
  const {format, airbyte_type: airbyte} = schema;
  const name = airbyte === 'timestamp_without_timezone' ? 'local date-time' : format;
  const types = declaredTypes(schema).map((type) =>
    type === 'string' && typeof name === 'string' ? name : type,
  );
  const ordered = [
    ...types.filter((type) => type !== 'null'),
    ...types.filter((type) => type === 'null'),
  ];
  return ordered.join(' | ') || 'any type';
};

const MAX_EXAMPLE = 40;

const example = (text: string | undefined): string =>
  text === undefined ? '' : `, such as ${excerpt(text, MAX_EXAMPLE)}`;

const ARTICLE: Readonly<Record<Kind, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
  object: 'an object',
  array: 'an array',
};

const contradictions = (path: string, seen: Seen, schema: JsonObject): readonly Finding[] => {
  const types = declaredTypes(schema);
  const declared = `${path} is declared as ${describeDeclared(schema)}`;
  const error = (text: string): Finding => ({level: 'error', text: `${declared}, but ${text}.`});
  const values = (number: number): string => `${number} of ${count(seen.count, 'value')}`;
  const others = otherFormats(seen, schema);
  return [
    ...[...seen.kinds]
      .filter(([kind]) => !takes(types, kind))
      .map(([kind, number]) =>
        error(
          `${values(number)} ${number === 1 ? 'is' : 'are'} ${ARTICLE[kind]}${example(seen.examples.get(kind))}`,
        ),
      ),
    ...(seen.nulls > 0 && !takes(types, 'null')
      ? [error(`${values(seen.nulls)} ${seen.nulls === 1 ? 'is' : 'are'} null`)]
      : []),
    ...(others > 0 && takes(types, 'string')
      ? [
          error(
            `${values(others)} ${others === 1 ? 'has' : 'have'} another format${example(seen.plain === undefined ? undefined : JSON.stringify(seen.plain))}`,
          ),
        ]
      : []),
  ];
};

const hint = (path: string, seen: Seen, schema: JsonObject): readonly Finding[] => {
  const format = formatIn(seen);
  const isPlain = declaredTypes(schema).includes('string') && schema['format'] === undefined;
  if (format === undefined || !isPlain) return [];
  const number = seen.kinds.get('string') ?? 0;
  return [
    {
      level: 'note',
      text: `${path} is declared as ${describeDeclared(schema)}, and ${number === 1 ? 'its only value is' : `all of its ${number} strings are`} of the format ${format}.`,
    },
  ];
};

const propertiesOf = (schema: unknown): JsonObject | undefined => {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties) ? properties : undefined;
};

const shareOf = (seen: Seen | undefined, holders: number): string => {
  if (seen === undefined) return `0 of ${holders}`;
  const nulls = seen.nulls > 0 ? `, ${seen.nulls} null` : '';
  return `${seen.count - seen.nulls} of ${holders}${nulls}`;
};

const unknownField = (path: string, seen: Seen): Finding => ({
  level: 'warning',
  text:
    seen.kinds.size === 0
      ? `${path} is not declared. It was only null in ${count(seen.count, 'record')}, so its type is not known.`
      : `${path} is not declared, but ${count(seen.count, 'record')} ${seen.count === 1 ? 'has' : 'have'} it.`,
});

const findingsOf = (path: string, seen: Seen | undefined, schema: unknown): readonly Finding[] => {
  if (seen === undefined) {
    return [{level: 'note', text: `${path} is declared, but no record has it.`}];
  }
  if (schema === undefined) return [unknownField(path, seen)];
  if (!isObject(schema) || !isComparable(schema)) return [];
  return [...contradictions(path, seen, schema), ...hint(path, seen, schema)];
};

const EXAMPLE_TYPE = '{"type":["null","string"]}';

/** A finding for each declared field without a type, also for those that no record has. */
const untyped = (path: string, seen: Seen | undefined, schema: unknown): readonly Finding[] => {
  if (!isObject(schema)) return [];
  const proposed = seen && proposedType(seen);
  const what =
    proposed === undefined
      ? `No record shows one: declare what the documentation says, such as ${EXAMPLE_TYPE}`
      : `Declare ${JSON.stringify(proposed)}`;
  const text = `${path} has no type in the schema, so destinations cannot make a column of it. ${what}.`;
  return [
    ...(lacksType(schema) ? [{level: 'warning' as const, text}] : []),
    ...Object.entries(propertiesOf(schema) ?? {}).flatMap(([name, inner]) =>
      untyped(`${path}.${name}`, seen?.fields.get(name), inner),
    ),
    ...untyped(`${path}[]`, seen?.items, schema['items']),
  ];
};

const compareField = (
  path: string,
  seen: Seen | undefined,
  schema: unknown,
  holders: number,
): Comparison => {
  const row = {
    path,
    found: seen === undefined ? '' : describeSeen(seen),
    share: shareOf(seen, holders),
    declared: describeDeclared(schema),
  };
  const below = [
    seen && compareFields(`${path}.`, seen, schema),
    seen?.items && compareItems(`${path}[]`, seen.items, schema),
  ].filter((comparison) => comparison !== undefined);
  return {
    rows: [row, ...below.flatMap(({rows}) => rows)],
    findings: [...findingsOf(path, seen, schema), ...below.flatMap(({findings}) => findings)],
  };
};

const compareItems = (path: string, seen: Seen, schema: unknown): Comparison | undefined => {
  const items = isObject(schema) ? schema['items'] : undefined;
  return isObject(items) && seen.count > 0
    ? compareField(path, seen, items, seen.count)
    : undefined;
};

/** An object whose properties are not declared may have any. */
const compareFields = (prefix: string, seen: Seen, schema: unknown): Comparison | undefined => {
  const declared = propertiesOf(schema);
  const holders = seen.kinds.get('object') ?? 0;
  if (declared === undefined || holders === 0) return undefined;
  const names = new Set([...Object.keys(declared), ...seen.fields.keys()]);
  const fields = [...names].map((name) =>
    compareField(
      `${prefix}${name}`,
      seen.fields.get(name),
      Object.hasOwn(declared, name) ? declared[name] : undefined,
      holders,
    ),
  );
  return {
    rows: fields.flatMap(({rows}) => rows),
    findings: fields.flatMap(({findings}) => findings),
  };
};

/** Compares all fields, those of the schema first. */
export const compare = (seen: Seen, schema: JsonObject): Comparison => {
  const {rows, findings} = compareFields('', seen, {properties: {}, ...schema}) ?? {
    rows: [],
    findings: [],
  };
  const withoutType = Object.entries(propertiesOf(schema) ?? {}).flatMap(([name, inner]) =>
    untyped(name, seen.fields.get(name), inner),
  );
  return {rows, findings: [...findings, ...withoutType]};
};
