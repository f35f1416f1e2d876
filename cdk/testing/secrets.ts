// Registers secrets and output of tests for the secret scan (secret-scan/).
import {createHash} from 'node:crypto';
import {relative} from 'node:path';
import {recordSaid, registerSecret, stringsIn} from './recording.ts';

/** The global `expect` of jest knows which test runs. Another runner need not have it. */
const thisTest = (): string => {
  const expect: unknown = Reflect.get(globalThis, 'expect');
  const {testPath = '', currentTestName = 'set-up'} = Object(expect).getState?.() ?? {};
  return `${relative(process.cwd(), testPath)}, "${currentTestName}"`;
};

/**
 * Makes a secret for a test: always the same for a name, unlike any other string, valid as a token in a header, and with
 * characters that each encoding escapes. No message of any test may contain it.
 */
export const secret = (name: string): string => {
  const digits = createHash('sha256').update(name).digest('hex');
  const value = `s3/${digits.slice(0, 12)}+"\\<&=%${digits.slice(12, 24)}~`;
  registerSecret(`${name} of ${thisTest()}`, value);
  return value;
};

/** Registers a value that no output may contain, such as a token that was obtained at run time. */
export const isSecret = (name: string, value: string): void =>
  registerSecret(`${name} of ${thisTest()}`, value);

/** Records output of the program under test. */
export const said = (text: string): void => recordSaid(thisTest(), text);

const isObject = (value: unknown): value is {readonly [key: string]: unknown} =>
  typeof value === 'object' && value !== null;

/** The names of all properties that a spec marks as secret, at any depth. */
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

/** A reference names the location of a secret, and is not secret itself. */
const isReference = (text: string): boolean => /^(env|file|aws-sm|gcp-sm|vault):/.test(text);

/** Registers a config's secrets by the names of their fields alone, independently of the kit's own search. */
export const configHasSecrets = (spec: unknown, config: unknown): void => {
  const names = new Set(secretNames(spec));
  const visit = (value: unknown): void => {
    if (!isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const found = names.has(name) ? stringsIn(inner) : [];
      for (const text of found) if (!isReference(text)) isSecret(`"${name}"`, text);
      visit(inner);
    }
  };
  visit(config);
};
