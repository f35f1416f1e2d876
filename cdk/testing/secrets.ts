// The tests' side of the secret scan (test/secret-scan): secrets are told to it, and all that a test's subject says.
import {createHash} from 'node:crypto';
import {relative} from 'node:path';
import {expect} from '@jest/globals';
import {recordSaid, registerSecret} from './recording.ts';

const ROOT = `${import.meta.dirname}/../..`;

const thisTest = (): string => {
  const {testPath = '', currentTestName = 'set-up'} = expect.getState();
  return `${relative(ROOT, testPath)}, "${currentTestName}"`;
};

/**
 * A secret for a test: always the same for a name, unlike any other text, and with characters that every encoding
 * writes in its own way. It may be a token in a header.
 */
export const secret = (name: string): string => {
  const digits = createHash('sha256').update(name).digest('hex');
  const value = `s3/${digits.slice(0, 12)}+"\\<&=%${digits.slice(12, 24)}~`;
  registerSecret(`${name} of ${thisTest()}`, value);
  return value;
};

/** From here on nothing may say this value, such as a token that was obtained at run time. */
export const isSecret = (name: string, value: string): void =>
  registerSecret(`${name} of ${thisTest()}`, value);

/** Notes what a test's subject said. */
export const said = (text: string): void => recordSaid(thisTest(), text);

const isObject = (value: unknown): value is {readonly [key: string]: unknown} =>
  typeof value === 'object' && value !== null;

/** The names of all properties that a spec marks as secret, wherever they are. */
const secretNames = (schema: unknown): readonly string[] => {
  if (!isObject(schema)) return [];
  const {properties} = schema;
  const marked = isObject(properties)
    ? Object.entries(properties).flatMap(([name, property]) =>
        isObject(property) && property['airbyte_secret'] === true ? [name] : [],
      )
    : [];
  return [...marked, ...Object.values(schema).flatMap(secretNames)];
};

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** Names where a secret is kept, and is none itself. */
const isReference = (text: string): boolean => /^(env|file|aws-sm|gcp-sm|vault):/.test(text);

/**
 * Registers a config's secrets: by the names of their fields alone, which finds more than the kit's own walk through
 * a spec, and has none of its faults.
 */
export const configHasSecrets = (spec: unknown, config: unknown): void => {
  const names = new Set(secretNames(spec));
  const visit = (value: unknown): void => {
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const found = names.has(name) ? textsIn(inner) : [];
      for (const text of found) if (!isReference(text)) isSecret(`"${name}"`, text);
      visit(inner);
    }
  };
  visit(config);
};
