// Converts values to the types that a schema declares. Compiled once for each stream, because it runs for each value.
import {exactOf, rawDigits, withDigitsOf} from '../../json/exact.ts';
import {isObject, type JsonObject, kindOf} from '../../json/values.ts';
import {LOST, toBoolean, toInteger, toList, toNumber, toObject, toText} from './scalars.ts';
import {
  describeSchemaPath,
  describeValuePath,
  eachOf,
  ITEM,
  KEY,
  propertyOf,
  type SchemaPath,
} from './schema-path.ts';
import {timeFormatOf} from './times.ts';

/** A value that could not be converted, or was too large. */
export type Loss = {
  /** In this record: `lines[2].price`. */
  readonly path: string;
  /** In all records: `lines[].price`. */
  readonly field: string;
  readonly reason: 'type' | 'size';
  /** The declared type; '' if the reason is the size. */
  readonly declared: string;
  /** The kind of the value, never the value itself. */
  readonly found: string;
  /** Left unchanged, because it is part of the primary key or the cursor. */
  readonly kept: boolean;
};

/** Belongs to one record while it is converted. */
export type Run = {
  /** The path of the current value through lists and maps, from the outermost inwards. */
  readonly steps: (string | number)[];
  readonly losses: Loss[];
};

/** Returns the same value if it fits. */
export type Convert = (value: unknown, run: Run) => unknown;

const list = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const INTEGERS = new Set<unknown>(['integer', 'big_integer']);

/** A number may be an integer by its `airbyte_type`. */
const typesOf = ({type, airbyte_type: airbyteType}: JsonObject): readonly unknown[] =>
  list(type)
    .filter((name) => name !== 'null')
    .map((name) => (name === 'number' && INTEGERS.has(airbyteType) ? 'integer' : name));

const foundOf = (value: unknown): string => (value === '' ? 'an empty string' : kindOf(value));

/** A lost value becomes null, or stays unchanged if it is a key. */
const loserOf = (schemaPath: SchemaPath, declared: string): Convert => {
  const field = describeSchemaPath(schemaPath);
  const kept = schemaPath.keys.length > 0;
  return (value, {steps, losses}) => {
    const path = describeValuePath(schemaPath, steps);
    losses.push({path, field, reason: 'type', declared, found: foundOf(value), kept});
    return kept ? value : null;
  };
};

const convertRest =
  (
    rest: Convert,
    declared: ReadonlySet<string>,
    depth: number,
  ): ((record: JsonObject, run: Run, copy: Record<string, unknown> | undefined) => JsonObject) =>
  (record, run, begun) => {
    let copy = begun;
    for (const name of Object.keys(record)) {
      if (declared.has(name)) continue;
      run.steps[depth] = name;
      const before = exactOf(record, name, record[name]);
      const after = rest(before, run);
      if (after === before) continue;
      copy ??= {...record};
      copy[name] = after;
    }
    return copy ?? record;
  };

/** Undefined if the schema declares no fields. */
const compileObject = (schema: JsonObject, path: SchemaPath): Convert | undefined => {
  const {properties, additionalProperties} = schema;
  const entries = Object.entries(isObject(properties) ? properties : {})
    .filter(([name]) => name !== '__proto__') // Not a field: every object has it.
    .flatMap(([name, child]) => {
      const convert = compileTypes(child, propertyOf(path, name));
      return convert === undefined ? [] : [{name, convert}];
    });
  const others = compileTypes(additionalProperties, eachOf(path, KEY));
  if (entries.length === 0 && others === undefined) return undefined;
  const declared = new Set(Object.keys(isObject(properties) ? properties : {}));
  const rest = others && convertRest(others, declared, path.depth);
  return (value, run) => {
    if (!isObject(value)) return value;
    let copy: Record<string, unknown> | undefined;
    for (const {name, convert} of entries) {
      const before = exactOf(value, name, value[name]);
      const after = before === undefined ? before : convert(before, run);
      if (after === before) continue;
      copy ??= {...value};
      copy[name] = after;
    }
    return rest === undefined ? (copy ?? value) : rest(value, run, copy);
  };
};

const compileList = ({items}: JsonObject, path: SchemaPath): Convert | undefined => {
  const convert = compileTypes(items, eachOf(path, ITEM));
  if (convert === undefined) return undefined;
  return (value, run) => {
    if (!Array.isArray(value)) return value;
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      run.steps[path.depth] = index;
      const before = exactOf(value, index, value[index]);
      const after = convert(before, run);
      if (after === before) continue;
      copy ??= withDigitsOf(value, [...value]);
      copy[index] = after;
    }
    return copy ?? value;
  };
};

/** The first option that fits the value unchanged, else the first without losses, else the first that keeps a part. */
const compileUnion = (options: readonly unknown[], path: SchemaPath): Convert | undefined => {
  const converts = options.flatMap((option) => compileTypes(option, path) ?? []);
  const lose = loserOf(path, 'one of its options');
  // An option without a type takes anything.
  if (converts.length < options.filter((option) => !isNull(option)).length) return undefined;
  return (value, run) => {
    const trials: {readonly after: unknown; readonly losses: readonly Loss[]}[] = [];
    for (const convert of converts) {
      const trial = {steps: run.steps, losses: []};
      const after = convert(value, trial);
      if (after === value && trial.losses.length === 0) return value;
      trials.push({after, losses: trial.losses});
    }
    const best =
      trials.find(({losses}) => losses.length === 0) ??
      trials.find(({after}) => typeof after === 'object' && after !== null);
    if (best === undefined) return lose(value, run);
    run.losses.push(...best.losses);
    return best.after;
  };
};

const isNull = (option: unknown): boolean => isObject(option) && option['type'] === 'null';

/** Conversions by their target type, the narrowest first. */
const CONVERSIONS: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['integer', toInteger],
  ['number', toNumber],
  ['boolean', toBoolean],
  ['object', toObject],
  ['array', toList],
  ['string', toText],
];

/** Nothing is converted to a string that is declared as a time: the unit of an epoch is unknown. */
const conversionsOf = (types: readonly unknown[], isTime: boolean) =>
  CONVERSIONS.filter(([type]) => types.includes(type) && !(type === 'string' && isTime)).map(
    ([, convert]) => convert,
  );

const asIs: Convert = (value) => value;

/** Converts the inside of values that already have a declared type; undefined for other types. */
const fittersOf = (schema: JsonObject, types: readonly unknown[], path: SchemaPath) => {
  const time = timeFormatOf(schema['format'], schema['airbyte_type']);
  const has = (type: string): boolean => types.includes(type);
  const text = (value: unknown) => (typeof value === 'string' ? (time?.(value) ?? LOST) : LOST);
  return {
    isTime: time !== undefined,
    string: has('string') ? (time === undefined ? asIs : text) : undefined,
    number: has('number'),
    integer: has('integer'),
    boolean: has('boolean'),
    object: has('object') ? (compileObject(schema, path) ?? asIs) : undefined,
    array: has('array') ? (compileList(schema, path) ?? asIs) : undefined,
  };
};

type Fitters = ReturnType<typeof fittersOf>;

const fitNumber = (value: number, {number, integer}: Fitters): unknown =>
  (number && Number.isFinite(value)) || (integer && Number.isInteger(value)) ? value : LOST;

const INTEGER_DIGITS = /^-?\d+$/;

/** LOST if it has none of the types; exact digits count as numbers. */
const fitObject = (value: object, fitters: Fitters, run: Run): unknown => {
  if (Array.isArray(value)) return fitters.array?.(value, run) ?? LOST;
  const digits = rawDigits(value);
  if (digits === undefined) return fitters.object?.(value, run) ?? LOST;
  return fitters.number || (fitters.integer && INTEGER_DIGITS.test(digits)) ? value : LOST;
};

const fitAny = (value: unknown, fitters: Fitters, run: Run): unknown => {
  switch (typeof value) {
    case 'string':
      return fitters.string === undefined ? LOST : fitters.string(value, run);
    case 'number':
      return fitNumber(value, fitters);
    case 'boolean':
      return fitters.boolean ? value : LOST;
    case 'object':
      return value === null ? value : fitObject(value, fitters, run);
    case 'bigint':
      return LOST;
    default:
      return value; // undefined, functions and symbols are not printed
  }
};

/** Fast path: nearly every value has the one declared type, or is null. */
const quicken = (fitters: Fitters, slowly: Convert): Convert => {
  if (fitters.string === asIs) {
    return (value, run) =>
      typeof value === 'string' || value === null ? value : slowly(value, run);
  }
  if (fitters.integer) {
    return (value, run) => (Number.isInteger(value) || value === null ? value : slowly(value, run));
  }
  if (fitters.number) {
    return (value, run) => (Number.isFinite(value) || value === null ? value : slowly(value, run));
  }
  if (fitters.boolean) {
    return (value, run) =>
      typeof value === 'boolean' || value === null ? value : slowly(value, run);
  }
  return slowly;
};

/** Dates and other objects with `toJSON`. */
const printsAs = (value: unknown): unknown =>
  typeof value === 'object' &&
  value !== null &&
  'toJSON' in value &&
  typeof value.toJSON === 'function'
    ? value.toJSON()
    : value;

/** Undefined if the schema declares no types. Every value may be null. */
export const compileTypes = (schema: unknown, path: SchemaPath): Convert | undefined => {
  if (!isObject(schema)) return undefined;
  const options = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(options)) return compileUnion(options, path);
  const types = typesOf(schema);
  if (types.length === 0) return undefined;
  const fitters = fittersOf(schema, types, path);
  const conversions = conversionsOf(types, fitters.isTime);
  const declared = types
    .map((type) => (type === 'string' && fitters.isTime ? timeName(schema) : String(type)))
    .join(' or ');
  const lose = loserOf(path, declared);
  const slowly: Convert = (given, run) => {
    const value = printsAs(given);
    const fitting = fitAny(value, fitters, run);
    if (fitting !== LOST) return fitting;
    for (const conversion of conversions) {
      const converted = conversion(value);
      // An object that was parsed from a string has fields to convert.
      if (converted !== LOST) return fitAny(converted, fitters, run);
    }
    return lose(value, run);
  };
  return types.length === 1 ? quicken(fitters, slowly) : slowly;
};

const timeName = ({format, airbyte_type: airbyteType}: JsonObject): string =>
  String(format ?? airbyteType);
