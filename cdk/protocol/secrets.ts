// Keeps the user's secrets out of everything the kit says. Records are not touched.
import {isObject, type JsonObject} from '../json.ts';

/** Shorter ones would blot out half of every log. */
const SHORTEST = 3;
/** The same for one line of many. */
const SHORTEST_LINE = 8;
const MASK = '****';

const schemasIn = (schema: JsonObject): readonly JsonObject[] =>
  ['oneOf', 'anyOf', 'allOf'].flatMap((key) => {
    const options = schema[key];
    return Array.isArray(options) ? options.filter(isObject) : [];
  });

const leaves = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isObject(value) ? Object.values(value).flatMap(leaves) : [];
};

/** A secret may have been put where the object around it belongs: `"credentials": "ghp_…"`. */
const isMisplaced = (schema: JsonObject, value: unknown): boolean =>
  typeof value !== 'object' && JSON.stringify(schema).includes('"airbyte_secret":true');

/** Every value of the config at a place the spec marks `airbyte_secret`, inside lists and oneOf too. */
export const secretValues = (schema: JsonObject, value: unknown): readonly string[] => {
  if (schema['airbyte_secret'] === true || isMisplaced(schema, value)) return leaves(value);
  const {properties, items, additionalProperties} = schema;
  const declared = isObject(properties) ? properties : {};
  return [
    ...schemasIn(schema).flatMap((option) => secretValues(option, value)),
    ...(isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => {
          const place = Object.hasOwn(declared, key) ? declared[key] : additionalProperties;
          return isObject(place) ? secretValues(place, inner) : [];
        })
      : []),
    ...(isObject(items) && Array.isArray(value)
      ? value.flatMap((item) => secretValues(items, item))
      : []),
  ];
};

const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');

/**
 * What every longer text with the secret in it has in common in base64, as `user:secret` in Basic auth has: three
 * bytes make four characters, so there are three ways in, and the characters at both ends depend on the neighbours.
 */
const base64Cores = (secret: string): readonly string[] =>
  [0, 1, 2].map((before) => {
    const encoded = base64('\0'.repeat(before) + secret);
    const partial = encoded.length % 4 === 0 ? 0 : 1;
    return encoded.slice(before && before + 1, encoded.length - partial);
  });

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** The forms in which a secret turns up: as it is, inside JSON (PHP escapes slashes), in a URL or a form, in base64. */
const forms = (secret: string): readonly string[] => {
  const json = JSON.stringify(secret).slice(1, -1);
  const encoded = [base64(secret), ...base64Cores(secret)];
  return [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    encodeURI(secret.toWellFormed()),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    ...encoded,
    ...encoded.map(urlSafe),
  ];
};

/** A secret of many lines, such as a private key, and each line by itself: logs are cut at line ends. */
const withLines = (secret: string): readonly string[] => {
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  return [
    secret,
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ];
};

export type Redactor = {
  readonly add: (secrets: readonly string[]) => void;
  readonly redact: (text: string) => string;
};

/** Collects secrets and replaces them in texts, the longest first, so that none hides inside another. */
export const createRedactor = (): Redactor => {
  const known = new Set<string>();
  let ordered: readonly string[] = [];
  return {
    add: (secrets) => {
      for (const form of secrets.flatMap(withLines).flatMap(forms)) {
        if (form.length >= SHORTEST) known.add(form);
      }
      ordered = [...known].sort((a, b) => b.length - a.length);
    },
    redact: (text) => ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
  };
};
