import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {ConfigError} from '../errors.ts';
import {withDigitsOf} from '../json/exact.ts';
import {secretValues} from '../json/marked-secrets.ts';
import {fieldOf, isObject, type JsonObject, kindOf} from '../json/values.ts';
import {relevantFaults} from './choices.ts';
import {inexactNumbers, takesString} from './inexact-numbers.ts';

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);

const demand = ({keyword, params, message = 'is not valid'}: ErrorObject): string => {
  switch (keyword) {
    case 'required':
      return 'is required, but missing';
    case 'additionalProperties':
      return 'is not a known field';
    case 'oneOf':
      return 'must fit exactly one of its options';
    case 'anyOf':
      return 'must fit one of its options';
    case 'type':
      return `must be of type ${[params['type']].flat().join(' or ')}`;
    case 'enum':
      return `must be one of ${params['allowedValues'].map(quoted).join(', ')}`;
    case 'const':
      return `must be ${quoted(params['allowedValue'])}`;
    case 'pattern':
      return `must match the pattern ${params['pattern']}`;
    case 'format':
      return `must be a valid ${params['format']}`;
    default:
      return message;
  }
};

const MAX_SHOWN = 80;

const excerpt = (text: string): string =>
  text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;

const shown = (value: unknown, secrets: ReadonlySet<string>): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'object') return kindOf(value);
  if (secrets.has(String(value))) return `${kindOf(value)} that is a secret`;
  return excerpt(quoted(value));
};

/** Errors with these keywords are about the object around the field that they name. */
const namedField = ({keyword, params}: ErrorObject): string | undefined => {
  if (keyword === 'required') return params['missingProperty'];
  return keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
};

/** The steps to the field that an error names. Those of a JSON pointer are escaped: https://www.rfc-editor.org/rfc/rfc6901 */
const pathOf = (error: ErrorObject): readonly string[] => {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const named = namedField(error);
  return named === undefined ? steps : [...steps, named];
};

const keyOf = (error: ErrorObject): string => JSON.stringify(pathOf(error));

const describe = (error: ErrorObject, secrets: ReadonlySet<string>): string => {
  const {keyword, data, parentSchema} = error;
  const path = pathOf(error).join('.') || 'the config itself';
  const hint = isObject(parentSchema) && parentSchema['pattern_descriptor'];
  const found = namedField(error) === undefined ? `, but is ${shown(data, secrets)}` : '';
  return `${path} ${demand(error)}${hint && keyword === 'pattern' ? ` (${hint})` : ''}${found}`;
};

/** Forms of platforms send null or '' for a field that the user left empty. */
const isUnset = ({data}: ErrorObject): boolean => data === null || data === '';

/** Removes a property, and returns whether it did. An item of a list stays, because its place may mean something. */
const remove = (value: unknown, [step, ...rest]: readonly string[]): boolean => {
  if (step === undefined) return false;
  if (rest.length > 0) return remove(fieldOf(value, step), rest);
  return isObject(value) && Reflect.deleteProperty(value, step);
};

/** Removes keys of the client, such as `_limit` and `_page_size`, which Airbyte's tests add. */
export const withoutInternalKeys = (config: JsonObject): JsonObject =>
  withDigitsOf(
    config,
    Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('_'))),
  );

const ASK_AUTHOR =
  ', which this source does not take there yet: ask its author to declare the field as a string';

/** @throws ConfigError for whole numbers that JavaScript changes: they would ask the API for something else */
const assertExact = (
  schema: JsonObject,
  config: JsonObject,
  secrets: () => ReadonlySet<string>,
): void => {
  const numbers = inexactNumbers(config);
  if (numbers.length === 0) return;
  const hidden = secrets();
  const faults = numbers.map(({path, digits, value}) => {
    const isHidden = hidden.has(digits) || hidden.has(String(value));
    const found = isHidden ? 'a number' : `the number ${excerpt(digits)}`;
    const quotes = isHidden ? 'in quotes' : `in quotes, as ${excerpt(`"${digits}"`)}`;
    const hint = takesString(schema, path) ? '' : ASK_AUTHOR;
    return `${path.join('.')} is ${found}, which is beyond 2^53, where JSON numbers are not exact in JavaScript: write it ${quotes}${hint}`;
  });
  throw new ConfigError(`The config has numbers that cannot be used: ${faults.join('; ')}.`);
};

/**
 * Checks a config against the spec's JSON Schema, and fills in its defaults. An optional field that is null or '' and may not
 * be so is taken for absent.
 * @template C the type that the schema describes
 * @param hidden values that errors must not show, in addition to fields that the schema marks as secret
 * @throws ConfigError that names each wrong field, the allowed values and the actual one, unless it is secret
 */
export const validateConfig = <C extends object>(
  schema: JsonObject,
  config: unknown,
  hidden: readonly unknown[] = [],
): C => {
  if (!isObject(config)) {
    throw new ConfigError(`The config must be a JSON object, but is ${kindOf(config)}.`);
  }
  const known = withoutInternalKeys(config);
  const secretsOf = () => new Set([...secretValues(schema, config), ...hidden.map(String)]);
  assertExact(schema, known, secretsOf);
  // Not strict, because specs have annotations for Airbyte's UI. `npm run generate` has checked the schema itself; to check it
  // here would double the time before the first request.
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    useDefaults: true,
    strict: false,
    meta: false,
    validateSchema: false,
  });
  addFormats.default(ajv);
  const isValid = ajv.compile<C>(schema);
  const given: unknown = structuredClone(known);
  if (isValid(given)) return given;
  const errors = isValid.errors ?? [];
  const candidate: unknown = structuredClone(known);
  const unset = new Set(
    errors.filter((error) => isUnset(error) && remove(candidate, pathOf(error))).map(keyOf),
  );
  if (unset.size > 0 && isValid(candidate)) return candidate;
  const left = unset.size > 0 ? (isValid.errors ?? []) : errors;
  const secrets = secretsOf();
  const faults = relevantFaults([
    ...left.filter((error) => !unset.has(keyOf(error))),
    // Without its value a required field is missing, but the user should read what is wrong with the value.
    ...errors.filter(
      (fault) =>
        namedField(fault) === undefined &&
        left.some((error) => error.keyword === 'required' && keyOf(error) === keyOf(fault)),
    ),
  ]).map((error) => describe(error, secrets));
  throw new ConfigError(`The config does not match the spec: ${[...new Set(faults)].join('; ')}.`);
};
