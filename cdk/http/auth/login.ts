// Reads the response to a login: it has a token, or it is a refusal. Many APIs refuse with status 200.

import {ConfigError, errorOf, messageOf, SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {isNone, isObject, type JsonObject, kindOf, valueAt} from '../../json/values.ts';
import {aboutOf} from '../decode/decode-response.ts';
import {decodeJson} from '../decode/json.ts';
import {assertFormat} from '../decode/other-format.ts';
import {isTruncation} from '../decode/truncated-body.ts';
import {actionOf} from '../response/action.ts';
import {describeResponse} from '../response/faults.ts';
import {jsonOf} from '../response/json-body.ts';
import {errorIn} from '../response/refusal-text.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import type {AuthRuntime} from './auth.ts';

/** The location of a token in a response: the path of a field, such as `data.token`, or a header. '' is the JSON itself. */
export type TokenLocation = string | {readonly header: string};

type Explain = Pick<AuthRuntime, 'explain'>;

const LOGIN_REFUSED =
  'The login was refused: check the credentials in the config, and that this user may use the API.';

const targetOf = ({url, headers: {location}, status}: HttpResponse): URL | undefined => {
  const isRedirect = status >= 300 && status < 400 && location !== undefined;
  return isRedirect ? (URL.parse(location, url.href) ?? undefined) : undefined;
};

/** ` It redirects to https://api.example.com/login.`, else empty. */
const describeTarget = (response: HttpResponse): string => {
  const to = targetOf(response);
  return to === undefined ? '' : ` It redirects to ${excerpt(`${to.origin}${to.pathname}`)}.`;
};

/** The error for a refused login: that of `explain`, else with the failure type and the advice of the rule that matched. */
export const refusedLogin = (
  request: HttpRequest,
  response: HttpResponse,
  {explain}: Explain,
  more = describeTarget(response),
): Error => {
  const {failure = 'config_error', advice = LOGIN_REFUSED} = response.rule ?? {};
  return (
    explain?.(response) ??
    errorOf(failure, `${describeResponse(request, response)}${more} ${advice}`)
  );
};

/** The error for a page, XML, a sentence or nothing in place of JSON. */
export const notReadable = (
  request: HttpRequest,
  response: HttpResponse,
  runtime: Explain,
): Error => {
  try {
    assertFormat(response.body, aboutOf(request, response), {format: 'JSON'});
  } catch (other) {
    return runtime.explain?.(response) ?? new ConfigError(messageOf(other));
  }
  const isEmpty = response.body.toString('utf8').trim() === '';
  return refusedLogin(request, response, runtime, isEmpty ? ' Its body is empty.' : '');
};

const jsonIn = (request: HttpRequest, response: HttpResponse, runtime: Explain): unknown => {
  try {
    return decodeJson(request, response);
  } catch (cause) {
    if (isTruncation(cause)) throw cause;
    throw notReadable(request, response, runtime);
  }
};

const FAILED = /^(errors?|failed|failure|fail|false|invalid|denied|ko|nok)$/i;

/** `success: false`, JSend's `status: "fail"`, MediaWiki's `result: "Failed"`. */
const hasFailed = (json: JsonObject): boolean =>
  [json['success'], json['ok']].some((value) => value === false || value === 0) ||
  ['success', 'ok', 'status', 'result'].some(
    (name) => typeof json[name] === 'string' && FAILED.test(json[name]),
  );

const MESSAGE = /(message|msg|detail|description|reason)$/i;

/** Fields that may be beside a message that is all there is. Anything else may be the token. */
const BESIDE_MESSAGE =
  /^(jsonrpc|id|type|level|title|path|time|timestamp|help|.*(code|status|success|ok|result|error|errors|(request|trace)_?id))$/i;

const hasOnlyMessage = (json: JsonObject): boolean => {
  const isEmpty = (value: unknown): boolean =>
    isNone(value) || (isObject(value) && Object.keys(value).length === 0);
  const names = Object.keys(json).filter((name) => !isEmpty(json[name]));
  return (
    names.some((name) => MESSAGE.test(name)) &&
    names.every((name) => MESSAGE.test(name) || BESIDE_MESSAGE.test(name))
  );
};

const reportsFailure = (json: unknown): boolean =>
  isObject(json) &&
  (errorIn(json) !== undefined || [json, ...Object.values(json).filter(isObject)].some(hasFailed));

/** The JSON of a response without a token says that the login failed, or has nothing but a message. */
const isRefusal = (json: unknown): boolean => {
  if (Array.isArray(json)) return json.length > 0 && json.every(isRefusal);
  if (!isObject(json)) return typeof json === 'string' && json !== '';
  return reportsFailure(json) || hasOnlyMessage(json);
};

/** The status, a rule or the JSON may say that a login was refused. */
const isAccepted = (response: HttpResponse): boolean =>
  actionOf(response) === 'success' &&
  (response.rule !== undefined || !reportsFailure(jsonOf(response)));

export const assertNotRefused = (
  request: HttpRequest,
  response: HttpResponse,
  runtime: Explain,
): void => {
  if (!isAccepted(response)) throw refusedLogin(request, response, runtime);
};

/** After a login that failed, forms are shown again: `/login?error`, `/accounts/login/`. */
const LOGIN_PATH = /log-?[io]n|sign-?[io]n|error|denied|failed/i;

/** A form of a web page redirects after a login that succeeded, and back to itself after one that failed. */
export const isPassed = ({url}: HttpRequest, response: HttpResponse): boolean => {
  const to = response.rule === undefined ? targetOf(response) : undefined;
  return to === undefined
    ? isAccepted(response)
    : to.pathname !== url.pathname && !LOGIN_PATH.test(`${to.pathname}${to.search}`);
};

/** The error for a login that should have set a cookie. */
export const withoutCookie = (
  request: HttpRequest,
  response: HttpResponse,
  cookie: string,
  runtime: Explain,
): Error =>
  isPassed(request, response)
    ? refusedLogin(request, response, runtime, ` It sets no cookie "${cookie}".`)
    : refusedLogin(request, response, runtime);

/** Throws if a response of status 200 reports an error, or is not JSON. */
export const assertNoRefusal = (
  request: HttpRequest,
  response: HttpResponse,
  runtime: Explain,
): void => {
  if (isRefusal(jsonIn(request, response, runtime))) throw refusedLogin(request, response, runtime);
};

/** The token, and the JSON around it. A body is only read if the token is in it, or has to say why it is missing. */
const findToken = (
  request: HttpRequest,
  response: HttpResponse,
  location: TokenLocation,
  runtime: Explain,
): {readonly found: unknown; readonly json?: unknown} => {
  if (typeof location === 'string') {
    const json = jsonIn(request, response, runtime);
    return {json, found: location === '' ? json : valueAt(json, location)};
  }
  const found = response.headers[location.header.toLowerCase()];
  return found || response.body.length === 0
    ? {found}
    : {found, json: jsonIn(request, response, runtime)};
};

const isToken = (found: unknown): found is string | number =>
  (typeof found === 'string' && found !== '') || typeof found === 'number';

const missing = (
  request: HttpRequest,
  {status}: HttpResponse,
  location: TokenLocation,
  found: unknown,
): Error => {
  const where =
    typeof location === 'string' ? `field "${location}"` : `header "${location.header}"`;
  const kind = found === '' ? 'empty' : found === false ? 'false' : kindOf(found);
  const message = `${describeRequest(request)} answered ${status}, but its ${where} is ${kind} where a token should be.`;
  return found === null || found === false
    ? new ConfigError(`${message} ${LOGIN_REFUSED}`)
    : new SystemError(message);
};

/**
 * The token in the response to a login. Without one, a response that reports an error is a config error in its own words.
 * A token beside `success: false` is not used.
 */
export const tokenIn = (
  request: HttpRequest,
  response: HttpResponse,
  location: TokenLocation,
  runtime: Explain,
): string => {
  if (actionOf(response) !== 'success') throw refusedLogin(request, response, runtime);
  const {found, json} = findToken(request, response, location, runtime);
  const isRefused = isToken(found) ? isObject(json) && hasFailed(json) : isRefusal(json);
  if (isRefused) throw refusedLogin(request, response, runtime);
  if (!isToken(found)) throw missing(request, response, location, found);
  return String(found);
};
