// Keeps the user's secrets out of everything the kit says. Records are not touched.
import {isObject, type JsonObject} from '../json.ts';

/** Shorter ones would blot out half of every log. */
const SHORTEST = 3;
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

/** Every value of the config at a place the spec marks `airbyte_secret`, inside lists and oneOf too. */
export const secretValues = (schema: JsonObject, value: unknown): readonly string[] => {
  if (schema['airbyte_secret'] === true) return leaves(value);
  const {properties, items} = schema;
  return [
    ...schemasIn(schema).flatMap((option) => secretValues(option, value)),
    ...(isObject(properties) && isObject(value)
      ? Object.entries(properties).flatMap(([key, inner]) =>
          isObject(inner) ? secretValues(inner, value[key]) : [],
        )
      : []),
    ...(isObject(items) && Array.isArray(value)
      ? value.flatMap((item) => secretValues(items, item))
      : []),
  ];
};

/** The forms in which a secret turns up: as it is, inside JSON, in a URL, in base64 (of which Basic auth is one). */
const forms = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
];

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
      for (const secret of secrets) {
        if (secret.length >= SHORTEST) for (const form of forms(secret)) known.add(form);
      }
      ordered = [...known].sort((a, b) => b.length - a.length);
    },
    redact: (text) => ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
  };
};
