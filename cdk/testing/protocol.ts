// Checks the output of a source against the protocol's schema. Every test that reads a source's stdout uses parseMessages, so
// no test passes with a line that Airbyte would reject.
import {Ajv, type ErrorObject, type ValidateFunction} from 'ajv';
import addFormats from 'ajv-formats';
import {messageOf} from '../errors.ts';
import schema from '../protocol/airbyte.schema.json' with {type: 'json'};
import type {AirbyteMessage, ConfiguredAirbyteCatalog} from '../protocol/generated/airbyte.ts';
import {said} from './secrets.ts';

const LONGEST_QUOTE = 300;

const ajv = new Ajv({allErrors: true});
addFormats.default(ajv);
ajv.addSchema(schema, 'protocol');

/** Compiles on the first use: each test file has its own copy of this module, and few need both validators. */
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

/** Leaves out `if`, which only says that a `then` failed: the failure inside is listed, too. */
const problemsOf = <T>(validate: ValidateFunction<T>, value: unknown): readonly string[] =>
  validate(value)
    ? []
    : (validate.errors ?? []).filter(({keyword}) => keyword !== 'if').map(describeProblem);

/** The problems of a message by the protocol; empty if it is valid. */
export const validateMessage = (message: unknown): readonly string[] =>
  problemsOf(messageValidator(), message);

/** The problems of a configured catalog by the protocol; empty if it is valid. */
export const configuredCatalogProblems = (catalog: unknown): readonly string[] =>
  problemsOf(catalogValidator(), catalog);

const parseMessage = (line: string, number: number): AirbyteMessage => {
  const errorOf = (problem: string): Error =>
    new Error(`stdout line ${number}: ${problem}\n${line.slice(0, LONGEST_QUOTE)}`);
  const isMessage = messageValidator();
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (error) {
    throw errorOf(messageOf(error));
  }
  if (!isMessage(message)) throw errorOf(validateMessage(message).join('; '));
  return message;
};

/** Parses a source's stdout; throws if a line is not exactly one message. The secret scan reads all of it. */
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
