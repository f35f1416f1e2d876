import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {ConfigError} from '../errors.ts';
import {secretValues} from '../json/marked-secrets.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import {relevantFaults} from './choices.ts';

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

const shown = (value: unknown, secrets: ReadonlySet<string>): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'object') return kindOf(value);
  if (secrets.has(String(value))) return `${kindOf(value)} that is a secret`;
  const text = quoted(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};

/** Errors with these keywords are about the object around the field that they name. */
const namedField = ({keyword, params}: ErrorObject): string | undefined => {
  if (keyword === 'required') return params['missingProperty'];
  return keyword === 'additionalProperties' ? params['additionalProperty'] : undefined;
};

const describe = (error: ErrorObject, secrets: ReadonlySet<string>): string => {
  const {keyword, instancePath, data, parentSchema} = error;
  const named = namedField(error);
  const path =
    [...instancePath.split('/').slice(1), ...(named === undefined ? [] : [named])].join('.') ||
    'the config itself';
  const hint = isObject(parentSchema) && parentSchema['pattern_descriptor'];
  const found = named === undefined ? `, but is ${shown(data, secrets)}` : '';
  return `${path} ${demand(error)}${hint && keyword === 'pattern' ? ` (${hint})` : ''}${found}`;
};

/** Removes keys of the client, such as `_limit` and `_page_size`, which Airbyte's tests add. */
export const withoutInternalKeys = (config: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('_')));

/**
 * Checks a config against the spec's JSON Schema, and fills in its defaults.
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
  const candidate: unknown = structuredClone(withoutInternalKeys(config));
  const isValid = ajv.compile<C>(schema);
  if (isValid(candidate)) return candidate;
  const secrets = new Set([...secretValues(schema, config), ...hidden.map(String)]);
  const faults = relevantFaults(isValid.errors ?? []).map((error) => describe(error, secrets));
  throw new ConfigError(`The config does not match the spec: ${[...new Set(faults)].join('; ')}.`);
};
