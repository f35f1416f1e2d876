import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {ConfigError} from '../errors.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import {faultsMeant} from './choices.ts';
import {secretValues} from './secrets.ts';

const quoted = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** What the value must be, in words. */
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

/** These name their field themselves: the value they are about is the object around it. */
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

/** Keys such as `_limit` and `_page_size` are the client's own; Airbyte's tests put them in. */
export const withoutInternalKeys = (config: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('_')));

/**
 * Checks a config against the spec's JSON Schema, whose type `C` is, and fills in its defaults.
 * @param hidden values that errors must not show, besides those at places the schema marks as secrets
 * @throws ConfigError that names each wrong field, what it must be and what it is; secrets are not shown.
 */
export const validateConfig = <C extends object>(
  schema: JsonObject,
  config: unknown,
  hidden: readonly unknown[] = [],
): C => {
  if (!isObject(config)) {
    throw new ConfigError(`The config must be a JSON object, but is ${kindOf(config)}.`);
  }
  // Not strict: a spec carries annotations for Airbyte's screens, and more of them over time.
  // Nor is the schema itself checked, which `npm run generate` has done: it would take as long as all else before the first request.
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
  const faults = faultsMeant(isValid.errors ?? []).map((error) => describe(error, secrets));
  throw new ConfigError(`The config does not match the spec: ${[...new Set(faults)].join('; ')}.`);
};
