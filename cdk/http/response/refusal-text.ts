// Finds the message in an API's error response. There are a dozen conventions, and one standard: RFC 9457.
import {excerpt, withoutFullStop} from '../../json/trim.ts';
import {isNone, isObject, type JsonObject} from '../../json/values.ts';
import type {HttpResponse} from '../types.ts';

/** Fields of the message, the plainest first: https://www.rfc-editor.org/rfc/rfc9457#section-3 has `detail` and `title`. */
const MESSAGES = [
  'message',
  'error_description', // RFC 6749 §5.2
  'error_message',
  'errorMessage',
  'detail',
  'description',
  'faultstring', // Apigee, SOAP
  'msg', // FastAPI, and APIs like Slack's
  'title',
  'reason',
  'value', // older OData: {"message": {"lang": "en", "value": "…"}}
];

/** Fields that wrap one or more messages. Each may be a list or an object. */
const WRAPPERS = [
  'error',
  'fault',
  'errorMessages', // Jira
  'errors',
  'messages',
  'message',
  'detail', // FastAPI: a list of errors with their locations
  'details',
  'validation', // Prism
];

/** The most entries of a list to show. */
const MAX_ENTRIES = 3;

/** More than is ever shown. Cut before anything else is done, because the messages are compared with each other. */
const MAX_TEXT = 1_000;

const textOf = (text: string): string => text.trim().slice(0, MAX_TEXT);

/** GitHub has `{"field": "title", "code": "missing_field"}`, FastAPI `loc`. */
const locationOf = ({field, loc}: JsonObject): string => {
  const location = Array.isArray(loc) ? loc.join('.') : field;
  return typeof location === 'string' && location !== '' ? `${location}: ` : '';
};

const messageIn = (json: JsonObject): string | undefined => {
  for (const name of MESSAGES) {
    const value = json[name];
    const text = typeof value === 'string' ? textOf(value) : '';
    if (text !== '') return text;
  }
  return undefined;
};

/** `{"title": ["can't be blank"]}`: messages by field, as at Rails and Jira. */
const byField = (fields: JsonObject): readonly string[] =>
  Object.entries(fields)
    .slice(0, MAX_ENTRIES)
    .flatMap(([field, value]) => messagesIn(value).map((text) => `${field}: ${text}`));

const isMap = (name: string, value: unknown): value is JsonObject =>
  name === 'errors' && isObject(value) && !('message' in value);

const wrappedIn = (json: JsonObject): readonly string[] =>
  WRAPPERS.flatMap((name) => {
    const value = json[name];
    if (isMap(name, value)) return byField(value);
    return typeof value === 'object' ? messagesIn(value) : [];
  });

/** A bare code is shown only if there is no message. */
const codeIn = ({error, errors, code}: JsonObject): readonly string[] =>
  [error, errors, code].filter((value) => typeof value === 'string' && value !== '').map(String);

const messagesOfObject = (json: JsonObject): readonly string[] => {
  const message = messageIn(json);
  const messages = [...(message === undefined ? [] : [message]), ...wrappedIn(json)];
  const shown = messages.length > 0 ? messages : codeIn(json).slice(0, 1);
  return shown.map((text) => `${locationOf(json)}${text}`);
};

const messagesIn = (json: unknown): readonly string[] => {
  if (typeof json === 'string') return [textOf(json)].filter((text) => text !== '');
  if (Array.isArray(json)) return json.slice(0, MAX_ENTRIES).flatMap(messagesIn);
  return isObject(json) ? messagesOfObject(json) : [];
};

/** Leaves out repeated messages, and those that another one contains. */
const distinct = (messages: readonly string[]): readonly string[] =>
  messages.filter(
    (message, index) =>
      !messages.some(
        (other, at) => at !== index && other.includes(message) && (other !== message || at < index),
      ),
  );

const MAX_MESSAGES = 10;

const joined = (json: unknown): string =>
  distinct(messagesIn(json).slice(0, MAX_MESSAGES)).map(withoutFullStop).join('; ');

/** The messages of a text in JSON; undefined if it has none. */
export const reasonIn = (text: string): string | undefined => {
  try {
    return joined(JSON.parse(text)) || undefined;
  } catch {
    return undefined;
  }
};

/** Fields that only an error has, if they are not empty. */
const ERRORS = [
  'error',
  'errors',
  'fault',
  'exception',
  'error_description',
  'error_message',
  'errorMessage',
  'errorMessages',
  'faultstring',
];

export const isErrorField = (name: string): boolean => ERRORS.includes(name);

/** Fields that an error may have besides. A record has others, such as its id. */
const BESIDES = new Set([
  ...ERRORS,
  ...MESSAGES,
  ...WRAPPERS,
  'success',
  'ok',
  'status',
  'statusCode',
  'status_code',
  'code',
  'type',
  'instance',
  'path',
  'timestamp',
  'request_id',
  'requestId',
  'trace_id',
  'traceId',
  'documentation_url',
  'help',
]);

const isNothing = (value: unknown): boolean =>
  isNone(value) || (isObject(value) && Object.keys(value).length === 0);

const reportsFailure = (json: JsonObject): boolean =>
  json['success'] === false ||
  json['ok'] === false ||
  json['status'] === 'error' ||
  ERRORS.some((name) => !isNothing(json[name]));

/** The words of an error that came with a status of success; undefined if the JSON does not report an error. */
export const errorIn = (json: unknown): string | undefined =>
  isObject(json) && reportsFailure(json)
    ? excerpt(joined(json) || JSON.stringify(json))
    : undefined;

/** The JSON reports an error and has no other fields, so it is not a record. */
export const isOnlyError = (json: JsonObject): boolean =>
  reportsFailure(json) && Object.keys(json).every((name) => BESIDES.has(name));

/** A refusal has a few hundred bytes. The messages of one that has more than this are not looked for: it takes memory of many times its size. */
const MAX_PARSED = 4 * 1024 ** 2;

/** More than is shown, also after spaces at its start. */
const MAX_START = 20_000;

/** The messages of a JSON body, else the start of the body; undefined if it is empty or HTML. */
export const refusalText = ({body, headers}: HttpResponse): string | undefined => {
  const isLarge = body.length > MAX_PARSED;
  const text = body.toString('utf8', 0, isLarge ? MAX_START : body.length).trim();
  if (text === '' || headers['content-type']?.includes('html')) return undefined;
  if (isLarge) return excerpt(text);
  try {
    return excerpt(joined(JSON.parse(text)) || text);
  } catch {
    return excerpt(text);
  }
};
