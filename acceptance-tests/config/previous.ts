// Reads saved output of the previous version.
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {UsageError} from '../../process/errors.ts';
import {messagesOf} from '../protocol/messages.ts';
import {readText} from './read-file.ts';

/** For each kind: the type of its message, a property that it always has, and the command that prints it. */
export const PREVIOUS_OUTPUT = {
  spec: {type: 'SPEC', mark: 'connectionSpecification', command: 'spec'},
  catalog: {type: 'CATALOG', mark: 'streams', command: 'discover'},
} as const;

/** Undefined if the string is not JSON. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The payload of a SPEC or a CATALOG in a file. The file holds the payload or the message as JSON, or output lines of a
 * connector, of which the first such message is used. Fails with a UsageError if there is no such message.
 */
export const readPrevious = async (
  kind: keyof typeof PREVIOUS_OUTPUT,
  path: string,
): Promise<JsonObject> => {
  const {type, mark, command} = PREVIOUS_OUTPUT[kind];
  const text = await readText(path);
  const json = parsed(text);
  if (isObject(json) && mark in json) return json;
  const values = json === undefined ? text.split('\n').map(parsed) : [json];
  const lines = values.map((value) => ({text: '', json: value}));
  const [message] = messagesOf({lines}, type);
  if (message !== undefined && mark in message.payload) return message.payload;
  throw new UsageError(
    `--previous-${kind} ${path} has no ${type} with ${mark}: save what \`${command}\` of the previous version prints.`,
  );
};
