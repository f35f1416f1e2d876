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

const isMessage = ajv.compile<AirbyteMessage>({
  $ref: 'protocol#/definitions/AirbyteMessage',
});
const isConfiguredCatalog = ajv.compile<ConfiguredAirbyteCatalog>({
  $ref: 'protocol#/definitions/ConfiguredAirbyteCatalog',
});

const describeProblem = ({instancePath, message, params}: ErrorObject): string => {
  const allowed: unknown = params['allowedValues'];
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return `${instancePath || '/'} ${message ?? 'is invalid'}${values}`;
};

/** Leaves out `if`, which only says that a `then` failed: the failure inside is listed, too. */
const describeProblems = ({errors}: ValidateFunction): readonly string[] =>
  (errors ?? []).filter(({keyword}) => keyword !== 'if').map(describeProblem);

/** The problems of a message by the protocol; empty if it is valid. */
export const validateMessage = (message: unknown): readonly string[] =>
  isMessage(message) ? [] : describeProblems(isMessage);

/** The problems of a configured catalog by the protocol; empty if it is valid. */
export const configuredCatalogProblems = (catalog: unknown): readonly string[] =>
  isConfiguredCatalog(catalog) ? [] : describeProblems(isConfiguredCatalog);

const parseMessage = (line: string, number: number): AirbyteMessage => {
  const errorOf = (problem: string): Error =>
    new Error(`stdout line ${number}: ${problem}\n${line.slice(0, LONGEST_QUOTE)}`);
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch (error) {
    throw errorOf(messageOf(error));
  }
  if (!isMessage(message)) throw errorOf(describeProblems(isMessage).join('; '));
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
