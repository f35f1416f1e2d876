// Finds the secrets of a config, and the forms in which they are printed.
import {openSecretFinder, replaceParts, type SecretFinder} from '../../cdk/json/find-secrets.ts';
import {secretValues} from '../../cdk/json/marked-secrets.ts';
import {isObject} from '../../cdk/json/values.ts';

/** Shorter values are words that logs may hold for other reasons. */
const MIN_LENGTH = 6;

/** Names of secrets, used without a spec. Airbyte's own acceptance tests have the same list. */
const SECRET_NAMES = new Set([
  'client_token',
  'access_token',
  'api_token',
  'api_key',
  'token',
  'secret',
  'client_secret',
  'password',
  'key',
  'service_account_info',
  'service_account',
  'certificate',
  'private_key',
  'jwt',
  'refresh_token',
]);

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** The values with names of secrets. */
const named = (config: unknown, name = ''): readonly string[] => {
  if (SECRET_NAMES.has(name)) return textsIn(config);
  if (Array.isArray(config)) return config.flatMap((item) => named(item));
  if (!isObject(config)) return [];
  return Object.entries(config).flatMap(([key, value]) => named(value, key));
};

/** The values of a config that a spec marks as secret; without a spec, those with names of secrets. */
export const secretsOf = (config: unknown, spec: unknown): readonly string[] => {
  const inside = isObject(spec) && isObject(spec['spec']) ? spec['spec'] : spec;
  const schema = isObject(inside) ? inside['connectionSpecification'] : undefined;
  const found = isObject(schema) ? secretValues(schema, config) : named(config);
  const values = found.map((value) => value.trim());
  return [...new Set(values)].filter((value) => value.length >= MIN_LENGTH);
};

const LIMITS = {shortest: MIN_LENGTH, shortestLine: 16};

type Searched = {readonly secret: string; readonly finder: SecretFinder};

export const searchFor = (secret: string): Searched => {
  const finder = openSecretFinder(LIMITS);
  finder.add([secret]);
  return {secret, finder};
};

const NAMES = {
  base64: 'in base64',
  base64url: 'in base64url',
  hex: 'in hex',
  bytes: 'as the numbers of its bytes',
};

const escapeIn = (part: string): string | undefined => {
  if (part.includes('%')) return 'URL-encoded';
  if (part.includes('&')) return 'as HTML';
  return part.includes('\\') ? 'JSON-escaped' : undefined;
};

/** The encoding in which a string holds a secret; undefined if it holds none. */
export const encodingIn = (text: string, {secret, finder}: Searched): string | undefined => {
  const [found] = finder.find(text);
  if (found === undefined) return undefined;
  const {name} = found.form;
  if (name !== 'text' && name !== 'line') return NAMES[name];
  const part = text.slice(found.start, found.end);
  // A secret may hold such characters itself.
  if (part === secret) return 'unencoded';
  return escapeIn(part) ?? (name === 'line' ? 'line by line' : 'in another form');
};

/** Returns a function that replaces each secret of a config, in any of its forms, with ****. */
export const maskerOf = (config: unknown, spec: unknown): ((text: string) => string) => {
  const finder = openSecretFinder(LIMITS);
  finder.add(secretsOf(config, spec));
  return (text) => replaceParts(text, finder.find(text), '****');
};
