// Finds the secrets of a config, and the forms in which they could be printed.
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

const JSON_ESCAPES = (text: string): string => JSON.stringify(text).slice(1, -1);

const percent = (text: string, kept: RegExp): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (byte < 0x80 && kept.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

const lowerCodes = (text: string): string => text.replace(/%../g, (code) => code.toLowerCase());

/**
 * The characters of a base64 string that come from the secret alone, if it follows `before` other bytes as in Basic's
 * `user:secret`: three bytes make four characters, and each character holds six bits.
 */
const base64Core = (secret: Buffer, before: number): string => {
  const encoded = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
};

/** The forms in which Node prints a string, with single or other quotes. */
const printed = (text: string): readonly string[] => {
  const lines = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return [lines, lines.replaceAll("'", "\\'")];
};

/** A secret of several lines, such as a PEM key, may also be printed line by line. */
const linesOf = (secret: string): readonly string[] => {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  return lines.length === 1
    ? []
    : lines.filter((line) => line.length >= 16 && !line.startsWith('-----'));
};

/** Every form of a secret to look for, with the name of its encoding. */
export const formsOf = (secret: string): ReadonlyMap<string, string> => {
  const bytes = Buffer.from(secret);
  const escaped = JSON_ESCAPES(secret);
  const urls = [/[A-Za-z0-9._~-]/, /[A-Za-z0-9._~!*'()-]/, /[A-Za-z0-9._~!*'()\-;,/?:@&=+$#]/].map(
    (kept) => percent(secret, kept),
  );
  const form = percent(secret, /[A-Za-z0-9._*-]/).replaceAll('%20', '+');
  const base64 = [0, 1, 2].map((before) => base64Core(bytes, before));
  const hex = bytes.toString('hex');
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['unencoded', [secret]],
    [
      'JSON-escaped',
      [escaped, JSON_ESCAPES(escaped), escaped.replaceAll('/', '\\/'), ...printed(secret)],
    ],
    ['URL-encoded', [...urls, form, ...[...urls, form].map(lowerCodes)]],
    ['in base64', base64.flatMap((text) => [text, percent(text, /[A-Za-z0-9._~-]/)])],
    ['in base64url', base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))],
    ['in hex', [hex, hex.toUpperCase()]],
    ['line by line', linesOf(secret)],
  ];
  const forms = new Map<string, string>();
  for (const [name, texts] of named) {
    for (const text of texts) {
      if (text.length >= MIN_LENGTH && !forms.has(text)) forms.set(text, name);
    }
  }
  return forms;
};

const ESCAPES = /\\u([0-9a-fA-F]{4})/g;

/** A string, and the same string with its `\\u….` escapes decoded: any character may be escaped. */
const readingsOf = (text: string): readonly string[] =>
  text.includes('\\u')
    ? [
        text,
        text.replace(ESCAPES, (_escape, code: string) => String.fromCharCode(parseInt(code, 16))),
      ]
    : [text];

/** The encoding in which a string holds a secret; undefined if it holds none. */
export const encodingIn = (
  text: string,
  forms: ReadonlyMap<string, string>,
): string | undefined => {
  for (const reading of readingsOf(text)) {
    for (const [form, encoding] of forms) if (reading.includes(form)) return encoding;
  }
  return undefined;
};

/** Returns a function that replaces each secret of a config, in any of its forms, with ****. */
export const maskerOf = (config: unknown, spec: unknown): ((text: string) => string) => {
  const all = secretsOf(config, spec).map(formsOf);
  // A longer form may begin with a shorter one.
  const texts = all.flatMap((forms) => [...forms.keys()]).sort((a, b) => b.length - a.length);
  return (text) => {
    if (all.every((forms) => encodingIn(text, forms) === undefined)) return text;
    const reading = readingsOf(text).at(-1) ?? text;
    return texts.reduce((masked, form) => masked.replaceAll(form, '****'), reading);
  };
};
