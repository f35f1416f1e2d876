// Holds what a source prints against the protocol's schema. Every test that reads a source's stdout
// goes through parseMessages, so no test can pass on a line that Airbyte would refuse.
import {Ajv, type ErrorObject, type ValidateFunction} from 'ajv';
import addFormats from 'ajv-formats';
import schema from '../protocol/airbyte.schema.json' with {type: 'json'};
import type {AirbyteMessage, ConfiguredAirbyteCatalog} from '../protocol/generated/airbyte.ts';
import {said} from './secrets.ts';

const LONGEST_QUOTE = 300;

const ajv = new Ajv({allErrors: true});
addFormats.default(ajv);
ajv.addSchema(schema, 'protocol');

/** Compiled when it is first asked for: each test file has a copy of this module, and few need both. */
const validatorOf = <T>(definition: string) => {
  let compiled: ValidateFunction<T> | undefined;
  return (): ValidateFunction<T> => {
    compiled ??= ajv.compile<T>({$ref: `protocol#/definitions/${definition}`});
    return compiled;
  };
};

const messageValidator = validatorOf<AirbyteMessage>('AirbyteMessage');
const catalogValidator = validatorOf<ConfiguredAirbyteCatalog>('ConfiguredAirbyteCatalog');

const describeProblem = ({instancePath, message, params}: ErrorObject): string => {
  const allowed: unknown = params['allowedValues'];
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return `${instancePath || '/'} ${message ?? 'is invalid'}${values}`;
};

/** `if` only says that a `then` failed; the failure within it is listed by itself. */
const describeProblems = ({errors}: ValidateFunction): readonly string[] =>
  (errors ?? []).filter(({keyword}) => keyword !== 'if').map(describeProblem);

/** What keeps `message` from being an AirbyteMessage; empty when nothing does. */
export const validateMessage = (message: unknown): readonly string[] => {
  const isMessage = messageValidator();
  return isMessage(message) ? [] : describeProblems(isMessage);
};

/** What keeps `catalog` from being a ConfiguredAirbyteCatalog; empty when nothing does. */
export const configuredCatalogProblems = (catalog: unknown): readonly string[] => {
  const isConfiguredCatalog = catalogValidator();
  return isConfiguredCatalog(catalog) ? [] : describeProblems(isConfiguredCatalog);
};

const parseJson = (line: string): {value: unknown} | {problem: string} => {
  try {
    return {value: JSON.parse(line)};
  } catch (error) {
    return {problem: error instanceof Error ? error.message : String(error)};
  }
};

const parseMessage = (line: string, number: number): AirbyteMessage => {
  const refuse = (problems: readonly string[]): Error =>
    new Error(`stdout line ${number}: ${problems.join('; ')}\n${line.slice(0, LONGEST_QUOTE)}`);
  const isMessage = messageValidator();
  const parsed = parseJson(line);
  if ('problem' in parsed) throw refuse([parsed.problem]);
  if (!isMessage(parsed.value)) throw refuse(describeProblems(isMessage));
  return parsed.value;
};

/** The messages in a source's stdout; throws at the first line that is not exactly one of them. All of it is scanned for secrets. */
export const parseMessages = (stdout: string): AirbyteMessage[] => {
  said(stdout);
  const lines = stdout.split('\n');
  const messages = lines.flatMap((line, index) =>
    line === '' ? [] : [parseMessage(line, index + 1)],
  );
  if (lines.at(-1) !== '') {
    const last = (lines.at(-1) ?? '').slice(0, LONGEST_QUOTE);
    throw new Error(`stdout line ${lines.length} does not end with a newline:\n${last}`);
  }
  return messages;
};
