// Brings values to the types that a schema declares. Compiled once for each stream, since it runs for each value.
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

/** A value that could not be kept as it should be. */
export type Loss = {
  /** Of this record: `lines[2].price`. */
  readonly path: string;
  /** Of all records: `lines[].price`. */
  readonly field: string;
  readonly reason: 'type' | 'size';
  /** The declared type, in words; '' where the size was the reason. */
  readonly declared: string;
  /** What the value was, in words. */
  readonly found: string;
  /** It is part of the primary key or the cursor: it was left as it came. */
  readonly kept: boolean;
};

/** What goes along with one record while it is converted. */
export type Run = {
  /** Where in lists and maps the current value is, from the outermost inwards. */
  readonly steps: (string | number)[];
  readonly losses: Loss[];
};

/** Hands back the very same value where it fits. */
export type Convert = (value: unknown, run: Run) => unknown;

const list = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const INTEGERS = new Set<unknown>(['integer', 'big_integer']);

/** A number may be an integer only by its `airbyte_type`. */
const typesOf = ({type, airbyte_type: airbyteType}: JsonObject): readonly unknown[] =>
  list(type)
    .filter((name) => name !== 'null')
    .map((name) => (name === 'number' && INTEGERS.has(airbyteType) ? 'integer' : name));

const foundOf = (value: unknown): string => (value === '' ? 'an empty string' : kindOf(value));

/** A value is lost: it becomes null, or stays as it came if a key needs it. */
const loserOf = (schemaPath: SchemaPath, declared: string): Convert => {
  const field = describeSchemaPath(schemaPath);
  const kept = schemaPath.keys.length > 0;
  return (value, {steps, losses}) => {
    const path = describeValuePath(schemaPath, steps);
    losses.push({path, field, reason: 'type', declared, found: foundOf(value), kept});
    return kept ? value : null;
  };
};

const convertRest = (
  rest: Convert,
  declared: ReadonlySet<string>,
  depth: number,
): ((record: JsonObject, run: Run, copy: Record<string, unknown> | undefined) => JsonObject) => {
  return (record, run, begun) => {
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
};

/** The fields of an object; undefined where any will do. */
const compileObject = (schema: JsonObject, path: SchemaPath): Convert | undefined => {
  const {properties, additionalProperties} = schema;
  const entries = Object.entries(isObject(properties) ? properties : {})
    .filter(([name]) => name !== '__proto__') // no field: reading it finds what every object has
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

/** The first option that takes the value as it is, else the first that takes all of it, else the first that takes some. */
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

/** Conversions by the type they lead to, the narrowest first. */
const CONVERSIONS: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['integer', toInteger],
  ['number', toNumber],
  ['boolean', toBoolean],
  ['object', toObject],
  ['array', toList],
  ['string', toText],
];

/** A text that is a time by its schema never comes from another type: nobody knows what an epoch counts. */
const conversionsOf = (types: readonly unknown[], isTime: boolean) =>
  CONVERSIONS.filter(([type]) => types.includes(type) && !(type === 'string' && isTime)).map(
    ([, convert]) => convert,
  );

const asIs: Convert = (value) => value;

/** What to do with a value that has one of the declared types already; undefined for the types that are not declared. */
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

/** LOST where it has none of the types; digits are numbers, and a Date is the text it prints as. */
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

/** Nearly every value has the one type that is declared, or is null: this is seen first. */
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

/** A Date, or anything else that says itself how it is printed. */
const printsAs = (value: unknown): unknown =>
  typeof value === 'object' &&
  value !== null &&
  'toJSON' in value &&
  typeof value.toJSON === 'function'
    ? value.toJSON()
    : value;

/** What brings values to the types of a schema; undefined where it declares none. Everything may be null. */
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
      // An object that was a text has fields of its own to look at.
      if (converted !== LOST) return fitAny(converted, fitters, run);
    }
    return lose(value, run);
  };
  return types.length === 1 ? quicken(fitters, slowly) : slowly;
};

const timeName = ({format, airbyte_type: airbyteType}: JsonObject): string =>
  String(format ?? airbyteType);
