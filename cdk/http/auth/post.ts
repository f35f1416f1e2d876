// Sends a POST for a token, and finds the token in the response.
import {SystemError} from '../../errors.ts';
import {type JsonObject, kindOf, valueAt} from '../../json/values.ts';
import {decodeJson} from '../decode/json.ts';
import type {RequestScope} from '../request-scope.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';

/** The location of a token in a response: the path of a field, such as `data.token`, or a header. */
export type TokenLocation = string | {readonly header: string};

export const postOf = (
  scope: RequestScope,
  url: URL,
  json: JsonObject | undefined,
  headers: HttpRequest['headers'] = {},
): HttpRequest => ({
  method: 'POST',
  url,
  scope,
  headers: {'user-agent': 'headwater', accept: 'application/json', ...headers},
  ...(json && {json}),
  redirect: 'refuse',
});

export const fieldInResponse = (
  request: HttpRequest,
  response: HttpResponse,
  path: string,
): unknown => valueAt(decodeJson(request, response), path);

export const tokenIn = (
  request: HttpRequest,
  response: HttpResponse,
  location: TokenLocation,
): string => {
  const isField = typeof location === 'string';
  const found = isField
    ? fieldInResponse(request, response, location)
    : response.headers[location.header.toLowerCase()];
  if (typeof found === 'string' && found !== '') return found;
  throw new SystemError(
    `${describeRequest(request)} answered ${response.status}, but its ${isField ? `field "${location}"` : `header "${location.header}"`} is ${found === '' ? 'empty' : kindOf(found)} where a token should be.`,
  );
};
