// Answers of the version before, from files that people keep.
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {UsageError} from '../../process/errors.ts';
import {messagesOf} from '../protocol/messages.ts';
import {readText} from './read-file.ts';

/** What is compared: the message it comes in, a property it has for sure, and the command that prints it. */
export const ANSWERS = {
  spec: {type: 'SPEC', mark: 'connectionSpecification', command: 'spec'},
  catalog: {type: 'CATALOG', mark: 'streams', command: 'discover'},
} as const;

/** The JSON of a text; undefined where it is none. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The payload of a SPEC or a CATALOG in a file: the payload itself or its message as JSON, over any number of lines, or
 * output lines of a connector, the first message of which is taken. Fails with a UsageError where there is none.
 */
export const readAnswer = async (kind: keyof typeof ANSWERS, path: string): Promise<JsonObject> => {
  const {type, mark, command} = ANSWERS[kind];
  const text = await readText(path);
  const whole = parsed(text);
  if (isObject(whole) && mark in whole) return whole;
  const values = whole === undefined ? text.split('\n').map(parsed) : [whole];
  const lines = values.map((json) => ({text: '', json}));
  const [message] = messagesOf({lines}, type);
  if (message !== undefined && mark in message.payload) return message.payload;
  throw new UsageError(
    `--previous-${kind} ${path}: there is no ${type} with ${mark} in it: save what \`${command}\` of the version before prints.`,
  );
};
