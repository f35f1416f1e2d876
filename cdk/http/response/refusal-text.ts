// What an API says about its own refusal. There are a dozen customs, and one standard: RFC 9457.
import {isObject, type JsonObject} from '../../json/values.ts';
import type {HttpResponse} from '../types.ts';

/** Where the words are, the plainest first: https://www.rfc-editor.org/rfc/rfc9457#section-3 has `detail` and `title`. */
const WORDS = [
  'message',
  'error_description', // RFC 6749 §5.2
  'error_message',
  'errorMessage',
  'detail',
  'description',
  'faultstring', // Apigee, SOAP
  'msg', // FastAPI, Slack's relatives
  'title',
  'reason',
  'value', // of older OData: {"message": {"lang": "en", "value": "…"}}
];

/** What the words, or more of them, may be wrapped in; any of them may be a list as well as an object. */
const WRAPPERS = [
  'error',
  'fault',
  'errorMessages', // Jira
  'errors',
  'messages',
  'message',
  'detail', // FastAPI: a list of what is wrong where
  'details',
  'validation', // Prism
];

/** Of a list with many entries the first ones tell enough. */
const TOLD = 3;

/** Names of fields that hold an entry's own place: `{"field": "title", "code": "missing_field"}` at GitHub. */
const placeOf = ({field, loc}: JsonObject): string => {
  const place = Array.isArray(loc) ? loc.join('.') : field;
  return typeof place === 'string' && place !== '' ? `${place}: ` : '';
};

const wordsIn = (json: JsonObject): string | undefined => {
  for (const name of WORDS) {
    const value = json[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
};

/** `{"title": ["can't be blank"]}`: what is wrong with which field, as Rails and Jira list it. */
const byField = (fields: JsonObject): readonly string[] =>
  Object.entries(fields)
    .slice(0, TOLD)
    .flatMap(([field, value]) => textsIn(value).map((text) => `${field}: ${text}`));

const isMap = (name: string, value: unknown): value is JsonObject =>
  name === 'errors' && isObject(value) && !('message' in value);

const wrappedIn = (json: JsonObject): readonly string[] =>
  WRAPPERS.flatMap((name) => {
    const value = json[name];
    if (isMap(name, value)) return byField(value);
    return typeof value === 'object' ? textsIn(value) : [];
  });

/** A bare code is told only where there are no words. */
const codeIn = ({error, errors, code}: JsonObject): readonly string[] =>
  [error, errors, code].filter((value) => typeof value === 'string' && value !== '').map(String);

const textsOfObject = (json: JsonObject): readonly string[] => {
  const words = wordsIn(json);
  const texts = [...(words === undefined ? [] : [words]), ...wrappedIn(json)];
  const place = placeOf(json);
  return (texts.length > 0 ? texts : codeIn(json).slice(0, 1)).map((text) => `${place}${text}`);
};

const textsIn = (json: unknown): readonly string[] => {
  if (typeof json === 'string') return json.trim() === '' ? [] : [json.trim()];
  if (Array.isArray(json)) return json.slice(0, TOLD).flatMap(textsIn);
  return isObject(json) ? textsOfObject(json) : [];
};

/** Each text once: what one of the others says already is left out. */
const distinct = (texts: readonly string[]): readonly string[] =>
  texts.filter(
    (text, index) =>
      !texts.some(
        (other, place) =>
          place !== index && other.includes(text) && (other !== text || place < index),
      ),
  );

const LIMIT = 300;

/** The beginning of what a server says; `…` stands for the rest, and tells whoever masks secrets that one may be cut there. */
export const excerpt = (text: string): string =>
  text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text;

const MOST = 10;

/** The words of a JSON body, else the start of the text; undefined where there is none, or a page for a browser. */
export const refusalText = ({body, headers}: HttpResponse): string | undefined => {
  const text = body.toString('utf8').trim();
  if (text === '' || headers['content-type']?.includes('html')) return undefined;
  try {
    const told = distinct(textsIn(JSON.parse(text)).slice(0, MOST)).map((part) =>
      part.replace(/[.\s]+$/, ''),
    );
    return excerpt(told.join('; ') || text);
  } catch {
    return excerpt(text);
  }
};
