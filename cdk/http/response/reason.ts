// Finds the reason in the JSON of an error response. No two APIs have it in the same fields, so the rule is general: a field
// whose name means "message" holds a reason, and so does any other string that is a sentence, and any list of strings.
// Codes are shown only where there is no sentence. The one standard is https://www.rfc-editor.org/rfc/rfc9457#section-3.
import {STATUS_CODES} from 'node:http';
import {withoutFullStop} from '../../json/trim.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {parsed} from './json-body.ts';

/** Reasons in their order. */
type Words = readonly string[];

/** The most entries of a list to show. */
const MAX_ENTRIES = 3;
const MAX_FIELDS = 50;
const MAX_WORDS = 10;
const MAX_DEPTH = 8;
const MAX_NAME = 100;

/** More than is ever shown. Cut before anything else is done, because the reasons are compared with each other. */
const MAX_TEXT = 1_000;

/** In lower case without separators: `Error-Message`, `error_message` and `errorMessage` are the same. */
export const plainName = (name: string): string =>
  name
    .slice(0, MAX_NAME)
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

const MESSAGE = /(message|msg)s?$/;

/** Names of fields that hold a reason. `data` is JSON-RPC's, `info` MediaWiki's, `value` OData's, `text` SOAP's. */
const REASON =
  /(message|msg|description|desc|detail|reason|explanation|info|faultstring|hint|summary)s?$|cause$|^(data|value|(error|fault|status)?text)$/;

export const isReasonName = (name: string): boolean => REASON.test(plainName(name));

/** Names of lists that need no name before their strings, since it says nothing. */
const LIST = /(message|msg|error|detail|reason|issue|problem|failure|violation|fault|warning)s?$/;

/** A map of fields with their messages has one of these names. */
const MAP = /(errors|modelstate|violations|failures|invalidparams|invalidfields)$/;

/** Keys of such a map that are not fields: `non_field_errors` of Django, `base` of Rails. */
const NO_FIELD = /^(base|general|global|root|all)?$|(error|message)s?$/;

/** Shown if there are no sentences, the first that is set. */
const CODES = ['title', 'error', 'errors', 'code'];

/** Not reasons, whatever they hold: where the fault is in the server's code, links, and what was requested. */
const OTHER =
  /stack|trace|debug|^(links?|help|locations?|ctx|arguments|args|input|request|headers|lang|locale|meta|metadata)?$/;

/** Nor are such strings: links to documentation, times, and names of the server's own. */
const OTHER_TEXT =
  /^doc|docs?$|documentation|help$|links?$|ur[il]$|href$|^(date|time)|stamp$|date$|time$|(request|correlation)id$|^(id|type|status|version|instance|method|file|query|useragent|domain)$/;

const isOther = (plain: string, value: unknown): boolean =>
  OTHER.test(plain) || (typeof value === 'string' && OTHER_TEXT.test(plain));

const isSentence = (text: string): boolean => /\S\s+\S/.test(text);

const LINK = /^https?:\/\/\S*$/i;

/** The line of a stack trace that says what happened: the last one in Python, the first one elsewhere. */
const withoutTrace = (text: string): string => {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^\s*(at |#\d|File "|--- )/.test(line));
  if (/^\s*Traceback /.test(text)) return lines.at(-1) ?? '';
  return at <= 0 ? text : lines.slice(0, at).join('\n');
};

const textOf = (text: string): string => {
  const whole = text.trim();
  const start = /^\s*Traceback /.test(whole) ? whole.slice(-MAX_TEXT) : whole.slice(0, MAX_TEXT);
  return withoutTrace(whole.length > MAX_TEXT ? start : whole)
    .trim()
    .slice(0, MAX_TEXT);
};

/** Fields that name what an error is about: GitHub's `field`, FastAPI's `loc`, JSON:API's `source.pointer`, OData's `target`. */
const LOCATIONS = [
  ...['field', 'fields', 'loc', 'param', 'parameter', 'pointer', 'source', 'path', 'location'],
  ...['property', 'propertyName', 'target', 'attribute', 'argument', 'name'],
];

const locationIn = (value: unknown): string => {
  if (Array.isArray(value)) return value.slice(0, MAX_WORDS).map(locationIn).join('.');
  if (isObject(value)) {
    return locationIn(value['pointer'] ?? value['parameter'] ?? value['header'] ?? '');
  }
  return typeof value === 'string' || typeof value === 'number'
    ? String(value).slice(0, MAX_NAME)
    : '';
};

const locationOf = (json: JsonObject): string => {
  for (const name of LOCATIONS) {
    const location = Object.hasOwn(json, name) ? locationIn(json[name]) : '';
    if (location !== '' && !LINK.test(location)) return location;
  }
  return '';
};

/** The text names the field itself. */
const names = (text: string, label: string): boolean =>
  text.split(/[\s"'`(),:;]+|\.(?=\s|$)/).includes(label);

const withLabel = (label: string, text: string): string =>
  names(text, label) && text !== label ? text : `${label}: ${text}`;

/** `title: can't be blank`, unless the words name the field themselves. */
const labelled = (label: string, words: Words): Words =>
  label === '' ? words : words.map((text) => withLabel(label.slice(0, MAX_NAME), text));

const isListOfStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** GitLab has `{"message": {"path": ["is taken"]}}`. */
const isMap = (name: string, value: JsonObject): boolean =>
  (MAP.test(name) && !('message' in value)) || Object.values(value).every(isListOfStrings);

const inMap = (fields: JsonObject, depth: number): Words =>
  Object.entries(fields)
    .slice(0, MAX_ENTRIES)
    .flatMap(([field, value]) => {
      const words = wordsIn(value, depth + 1);
      return NO_FIELD.test(plainName(field)) ? words : labelled(field, words);
    });

/** A standard phrase, such as Spring's `{"error": "Bad Request"}`. */
const isPhrase = (text: string): boolean => Object.values(STATUS_CODES).includes(text);

/** An `error` may be a sentence, such as Vimeo's, beside which others stand. */
const isReason = (plain: string, text: string): boolean =>
  REASON.test(plain) || (/^errors?$/.test(plain) && isSentence(text) && !isPhrase(text.trim()));

type Field = readonly [name: string, value: unknown];

/** Messages come first, then other reasons, then what is in lists and objects, then any other string. */
const rankOf = ([name, value]: Field): number => {
  if (typeof value !== 'string') return 2;
  const plain = plainName(name);
  if (MESSAGE.test(plain)) return 0;
  return isReason(plain, value) ? 1 : 3;
};

const inList = (name: string, items: readonly unknown[], depth: number): Words => {
  const words = wordsIn(items, depth);
  const isNamed = LIST.test(plainName(name)) || items.some((item) => typeof item !== 'string');
  return isNamed ? words : labelled(name, words);
};

/** Already a label. The fields of a whole body may be those of a form: `{"name": ["is required"]}`. */
const isLocation = (name: string, value: unknown, depth: number): boolean =>
  LOCATIONS.includes(name) && !isObject(value) && (depth > 0 || typeof value === 'string');

const inField = ([name, value]: Field, depth: number): Words => {
  const plain = plainName(name);
  if (isOther(plain, value) || isLocation(name, value, depth)) return [];
  if (Array.isArray(value)) return inList(name, value, depth);
  if (typeof value !== 'string') {
    return isObject(value) && isMap(plain, value) ? inMap(value, depth) : wordsIn(value, depth + 1);
  }
  if (isReason(plain, value)) return wordsIn(value, depth);
  return CODES.includes(plain) || !isSentence(value) ? [] : labelled(name, wordsIn(value, depth));
};

const codeIn = (fields: readonly Field[]): string | undefined =>
  CODES.flatMap((code) =>
    fields
      .filter(([name, value]) => typeof value === 'string' && plainName(name) === code)
      .flatMap(([, value]) => wordsIn(value)),
  )[0];

/** The strings beside a bare code: Slack's `{"error": "missing_scope", "needed": "channels:read"}`. */
const besideCode = (fields: readonly Field[]): Words =>
  fields.flatMap(([name, value]) => {
    const plain = plainName(name);
    const isHidden = isOther(plain, value) || CODES.includes(plain) || isLocation(name, value, 0);
    return isHidden || typeof value !== 'string' ? [] : labelled(name, wordsIn(value));
  });

/** `Expired.` is a whole sentence too, `missing` is not. */
const isClearText = (text: string): boolean =>
  isSentence(text) || /^\p{Lu}\p{Ll}+[.!]?$/u.test(text);

/** Without a sentence a code is needed: CouchDB has `{"error": "not_found", "reason": "missing"}`. */
const withCode = (fields: readonly Field[], own: Words, depth: number): Words => {
  const isClear = own.some(isClearText) || (own.length > 0 && depth > 0);
  const code = isClear ? undefined : codeIn(fields);
  if (code === undefined) return own;
  if (own.length > 0) return labelled(code, own);
  return depth > 0 ? [code] : [code, ...besideCode(fields)];
};

const inObject = (json: JsonObject, depth: number): Words => {
  const fields = Object.entries(json)
    .slice(0, MAX_FIELDS)
    .toSorted((one, other) => rankOf(one) - rankOf(other));
  const of = (...ranks: readonly number[]): Words =>
    fields
      .filter((field) => ranks.includes(rankOf(field)))
      .flatMap((field) => inField(field, depth));
  const nested = of(2);
  const own = nested.length > 0 ? of(0, 1) : withCode(fields, of(0, 1), depth);
  return [...(depth > 0 ? labelled(locationOf(json), own) : own), ...nested, ...of(3)];
};

const inText = (text: string, depth: number): Words => {
  const trimmed = textOf(text);
  if (trimmed === '' || LINK.test(trimmed)) return [];
  // Proxies pass on an error as a string of JSON.
  const json = /^[[{]/.test(trimmed) && text.length < MAX_TEXT ? parsed(text) : undefined;
  return typeof json === 'object' ? wordsIn(json, depth + 1) : [trimmed];
};

const wordsIn = (value: unknown, depth = 0): Words => {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') return inText(value, depth);
  if (!Array.isArray(value)) return isObject(value) ? inObject(value, depth) : [];
  return value.slice(0, MAX_ENTRIES).flatMap((item) => wordsIn(item, depth + 1));
};

/** Letters and digits only: `Not Found` and `NOT_FOUND` say the same. */
const lettersOf = (text: string): string =>
  text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || text;

/** Leaves out repeated reasons, and those that another one contains. */
const distinct = (words: Words): Words => {
  const letters = words.map(lettersOf);
  return words.filter((_text, index) => {
    const own = letters[index] ?? '';
    return !letters.some(
      (other, at) => at !== index && other.includes(own) && (other !== own || at < index),
    );
  });
};

/** The reasons in one sentence, without the full stop; empty without any. */
export const reasonOf = (...parts: readonly unknown[]): string =>
  distinct(parts.flatMap((part) => wordsIn(part)).slice(0, MAX_WORDS))
    .map(withoutFullStop)
    .join('; ');
