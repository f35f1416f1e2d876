// Finds the reason of an error in a response: in a body of any format, or in its headers.
import {excerpt} from '../../json/trim.ts';
import {isNone, isObject, type JsonObject} from '../../json/values.ts';
import type {HttpResponse} from '../types.ts';
import {parsed} from './json-body.ts';
import {isReasonName, plainName, reasonOf} from './reason.ts';

/** Nothing beyond it is looked at in a body that is not JSON. */
const MAX_TEXT = 20_000;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' '},
};

const characterOf = (whole: string, name: string): string => {
  const number = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
  return number > 0 && number <= 0x10ffff ? String.fromCodePoint(number) : whole;
};

const unescaped = (text: string): string =>
  text
    .replaceAll(/&(#?\w{1,8});/g, characterOf)
    .replaceAll(/\s+/g, ' ')
    .trim();

/** `<soap:Text xml:lang="en">Sender Timeout</soap:Text>`: the name without its prefix, and the text. */
const ELEMENT = /<(?:[\w.-]{1,100}:)?([\w.-]{1,100})(?:\s[^<>]*)?>([^<]*)<\//g;

/** `<err code="1" msg="User not found"/>`. */
const ATTRIBUTE = /\s([\w.-]{1,100})="([^"<>]*)"/g;

const withoutSections = (text: string): string =>
  text.replaceAll(/<!\[CDATA\[([^\]]*)\]\]>/g, (_whole, inner: string) =>
    inner.replaceAll('<', '&lt;'),
  );

type Named = readonly (readonly [name: string, text: string])[];

const namedIn = (text: string, pattern: RegExp): Named =>
  [...text.matchAll(pattern)].map(([, name = '', value = '']) => [name, unescaped(value)]);

/** The reasons of a markup text; undefined without one. */
const markupReason = (text: string): string | undefined => {
  const start = withoutSections(text.slice(0, MAX_TEXT));
  const elements = namedIn(start, ELEMENT);
  const reasons = [...elements, ...namedIn(start, ATTRIBUTE)].filter(
    // SOAP has codes in `Value`.
    ([name]) => isReasonName(name) && name !== 'Value',
  );
  const codes = elements.filter(([name]) =>
    ['title', 'h1', 'error', 'code'].includes(plainName(name)),
  );
  const shown = reasons.some(([, value]) => value !== '') ? reasons : codes;
  return reasonOf(shown.map(([, value]) => value)) || undefined;
};

/** The title or heading of a page; undefined without one. */
const pageTitle = (text: string): string | undefined => {
  const titles = namedIn(text.slice(0, MAX_TEXT), ELEMENT).filter(([name]) =>
    /^(title|h1)$/i.test(name),
  );
  return titles.find(([, title]) => title !== '')?.[1];
};

const FORM = /^[\w.-]{1,100}=[^\s<>{}]*$/;

/** The part of a body that may hold a reason; undefined for a page without a title. */
const partOf = (text: string, contentType = ''): unknown => {
  if (/html/i.test(contentType) || /^<(!doctype\s+)?html/i.test(text)) return pageTitle(text);
  if (text.startsWith('<')) return markupReason(text) ?? text;
  const start = text.slice(0, MAX_TEXT);
  // GitHub's tokens: https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
  return /error/i.test(start) && FORM.test(start)
    ? Object.fromEntries(new URLSearchParams(start))
    : text;
};

/** Fields that only an error has, if they are not empty; as `plainName` returns them. */
const ERRORS = new Set([
  ...['error', 'errors', 'fault', 'exception', 'errordescription', 'errormessage', 'errormessages'],
  ...['faultstring', 'modelstate', 'exceptionmessage'],
]);

export const isErrorField = (name: string): boolean => ERRORS.has(plainName(name));

/** Fields that an error may have besides. A record has others, such as its id. */
const BESIDES = new Set([
  ...['message', 'messages', 'detail', 'details', 'description', 'title', 'reason', 'msg', 'info'],
  ...['hint', 'value', 'validation', 'success', 'ok', 'status', 'statuscode', 'code', 'type'],
  ...['instance', 'path', 'timestamp', 'requestid', 'traceid', 'correlationid', 'errorcode'],
  ...['documentationurl', 'help', 'moreinfo', 'jsonrpc', 'docref'],
]);

const mayBeOfError = (name: string): boolean => isErrorField(name) || BESIDES.has(plainName(name));

/** The JSON came with a status of success, so only some fields speak of an error. */
const errorPart = (json: unknown): unknown =>
  isObject(json)
    ? Object.fromEntries(Object.entries(json).filter(([name]) => mayBeOfError(name)))
    : json;

const isNothing = (value: unknown): boolean =>
  isNone(value) || (isObject(value) && Object.keys(value).length === 0);

const reportsFailure = (json: JsonObject): boolean =>
  json['success'] === false ||
  json['ok'] === false ||
  json['status'] === 'error' ||
  Object.entries(json).some(([name, value]) => isErrorField(name) && !isNothing(value));

/** The words of an error that came with a status of success; undefined if the JSON does not report an error. */
export const errorIn = (json: unknown): string | undefined =>
  isObject(json) && reportsFailure(json)
    ? excerpt(reasonOf(errorPart(json)) || JSON.stringify(json))
    : undefined;

/** The JSON reports an error and has no other fields, so it is not a record. */
export const isOnlyError = (json: JsonObject): boolean =>
  reportsFailure(json) && Object.keys(json).every(mayBeOfError);

/** A refusal has a few hundred bytes. The reason of one that has more than this is not looked for: it takes memory of many times its size. */
const MAX_PARSED = 4 * 1024 ** 2;

/** The reason in a text that came with a status of success: in JSON, a page or XML. Undefined if it has none. */
export const reasonIn = (text: string): string | undefined => {
  const json = parsed(text);
  const found = json === undefined ? /^\s*</.test(text) && partOf(text.trim()) : errorPart(json);
  return (found !== text && reasonOf(found)) || undefined;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `error="invalid_token", error_description="It has expired"`: https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const challengeIn = (header = ''): JsonObject =>
  Object.fromEntries(
    [...header.slice(0, MAX_TEXT).matchAll(/\b(error|error_description|scope)="([^"]*)"/g)].map(
      ([, name, value]) => [name, value],
    ),
  );

/** `x-error-message`, `x-error-detail`, `grpc-message`: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const isReasonHeader = (name: string): boolean =>
  name === 'x-error' || (/error|fault|grpc|status-reason/.test(name) && isReasonName(name));

const headerParts = (headers: HttpResponse['headers']): readonly unknown[] => {
  const named = Object.entries(headers).filter(([name]) => isReasonHeader(name));
  const challenge = challengeIn(headers['www-authenticate']);
  return [
    ...named.map(([, value]) => decoded(value)),
    ...('error' in challenge ? [challenge] : []),
  ];
};

/** The API's reason, from the body and the headers, else the start of the body; undefined without one. */
export const refusalText = ({status, body, headers}: HttpResponse): string | undefined => {
  const isLarge = body.length > MAX_PARSED;
  const text = body.toString('utf8', 0, isLarge ? MAX_TEXT : body.length).trim();
  const json = parsed(text);
  const jsonPart = status < 300 ? errorPart(json) : json;
  const part = json === undefined ? partOf(text, headers['content-type']) : jsonPart;
  const reason = reasonOf(part, ...headerParts(headers));
  return excerpt(reason || (part === undefined ? '' : text)) || undefined;
};
