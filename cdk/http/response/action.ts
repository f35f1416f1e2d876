// Finds the action for a response: by the first rule of the source that matches, else by its status.
import {isNone, isObject, valueAt} from '../../json/values.ts';
import type {
  HttpRequest,
  HttpResponse,
  RaisingRule,
  ResponseAction,
  ResponseRule,
  Send,
} from '../types.ts';
import {jsonOf} from './json-body.ts';
import {isOverQuota} from './quota.ts';

/** Not Implemented and HTTP Version Not Supported: the only server errors that do not pass. */
const LASTING_SERVER_ERRORS = new Set([501, 505]);

const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 425 || (status >= 500 && !LASTING_SERVER_ERRORS.has(status));

const actionOfStatus = (response: HttpResponse): ResponseAction => {
  const {status} = response;
  if (status < 300) return 'success';
  if (isOverQuota(response)) return 'rate-limited';
  if (isTransientStatus(status)) return 'retry';
  return status === 401 ? 'refresh-token' : 'fail';
};

export const actionOf = (response: HttpResponse): ResponseAction =>
  response.rule?.action ?? actionOfStatus(response);

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
  const value = valueAt(json(), body.path);
  if (isNone(value)) return false;
  const text = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  return body.matches?.test(text) ?? true;
};

/** Parses the body once, and only if a rule needs a field of it. */
const ruleFor = (
  rules: readonly RaisingRule[],
  response: HttpResponse,
): RaisingRule | undefined => {
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

/** Adds the first matching rule of the request to each response. */
export const withRules =
  (send: Send): Send =>
  async (request) => {
    const response = await send(request);
    const rule = request.rules && ruleFor(request.rules, response);
    return rule === undefined ? response : {...response, rule};
  };

/** Turns the `emptyOn` of a list into a rule. */
export const withEmptyOn = (request: HttpRequest, status: readonly number[] = []): HttpRequest =>
  status.length === 0
    ? request
    : {...request, rules: [{status, action: 'ignore'}, ...(request.rules ?? [])]};
