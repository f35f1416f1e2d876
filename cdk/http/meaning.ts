// What an answer means: what its status says, unless a rule of the source says otherwise.
import type {FailureType} from '../errors.ts';
import {isObject} from '../json.ts';
import type {HttpRequest, HttpResponse, Send} from './message.ts';
import {at, isNone} from './paginate/place.ts';

/**
 * `success`: an answer like any other. `ignore`: nothing is there; counted and told, and the list or stream goes on.
 * `retry`: a passing fault. `rate-limited`: the same, with a wait that costs no retry budget. `refresh-token`: the
 * credentials are renewed, once. `fail`: an error.
 */
export type Meaning = 'success' | 'ignore' | 'retry' | 'rate-limited' | 'refresh-token' | 'fail';

/** What answers mean where it is not what their status says. All that a rule asks for must hold. */
export type ResponseRule = {
  /** One status, or any of several. */
  readonly status?: number | readonly number[];
  /** A header that is there, and what its value matches. */
  readonly header?: {readonly name: string; readonly matches?: RegExp};
  /** A field of the JSON, by a dot path, that is there and says something, and what its value matches. */
  readonly body?: {readonly path: string; readonly matches?: RegExp};
  /** What the whole body matches, as a text. */
  readonly text?: RegExp;
  readonly means: Meaning;
  /** What kind of failure `fail` is; default by the status: `config_error` for 401 and 403, else `system_error`. */
  readonly failure?: FailureType;
  /** What to do about it, behind the API's own words: `Ask for the plan that includes it.` */
  readonly advice?: string;
};

/** Not Implemented and HTTP Version Not Supported: the only server errors that stay. */
const LASTING_SERVER_ERRORS = new Set([501, 505]);

const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 425 || (status >= 500 && !LASTING_SERVER_ERRORS.has(status));

/**
 * 429 always; 403 when the server says it is about quota, as GitHub does:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
const isOverQuota = ({status, headers}: HttpResponse): boolean =>
  status === 429 ||
  (status === 403 && ('retry-after' in headers || headers['x-ratelimit-remaining'] === '0'));

const meaningOfStatus = (response: HttpResponse): Meaning => {
  const {status} = response;
  if (status < 300) return 'success';
  if (isOverQuota(response)) return 'rate-limited';
  if (isTransientStatus(status)) return 'retry';
  return status === 401 ? 'refresh-token' : 'fail';
};

export const meaningOf = (response: HttpResponse): Meaning =>
  response.rule?.means ?? meaningOfStatus(response);

/** Undefined where the body is no JSON: a rule about a field does not fit then. */
const jsonOf = ({body}: HttpResponse): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};

const hasStatus = ({status}: ResponseRule, response: HttpResponse): boolean =>
  status === undefined ||
  (typeof status === 'number' ? status === response.status : status.includes(response.status));

const hasHeader = ({header}: ResponseRule, {headers}: HttpResponse): boolean => {
  if (header === undefined) return true;
  const value = headers[header.name.toLowerCase()];
  return value !== undefined && (header.matches?.test(value) ?? true);
};

const hasField = ({body}: ResponseRule, json: () => unknown): boolean => {
  if (body === undefined) return true;
  const value = at(json(), body.path);
  if (isNone(value)) return false;
  const text = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  return body.matches?.test(text) ?? true;
};

/** The body is parsed for the first rule that asks for a field of it, and once. */
const ruleFor = (
  rules: readonly ResponseRule[],
  response: HttpResponse,
): ResponseRule | undefined => {
  let parsed: {readonly json: unknown} | undefined;
  const json = (): unknown => {
    parsed ??= {json: jsonOf(response)};
    return parsed.json;
  };
  return rules.find(
    (rule) =>
      hasStatus(rule, response) &&
      hasHeader(rule, response) &&
      (rule.text?.test(response.body.toString('utf8')) ?? true) &&
      hasField(rule, json),
  );
};

/** Notes on each answer which of its request's rules it falls under; the first one that fits. */
export const withRules =
  (send: Send): Send =>
  async (request) => {
    const response = await send(request);
    const rule = request.rules && ruleFor(request.rules, response);
    return rule === undefined ? response : {...response, rule};
  };

/** The statuses that a list calls empty are a rule like any other. */
export const withEmptyOn = (request: HttpRequest, status: readonly number[] = []): HttpRequest =>
  status.length === 0
    ? request
    : {...request, rules: [{status, means: 'ignore'}, ...(request.rules ?? [])]};
