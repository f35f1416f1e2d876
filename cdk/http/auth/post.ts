// A POST whose answer holds a token.
import {SystemError} from '../../errors.ts';
import {type JsonObject, kindOf, valueAt} from '../../json/values.ts';
import {decodeJson} from '../decode/json.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';

/** Where an answer holds a token: the path of a field, such as `data.token`, or a header. */
export type TokenPlace = string | {readonly header: string};

export const postOf = (
  url: URL,
  json: JsonObject | undefined,
  headers: HttpRequest['headers'] = {},
): HttpRequest => ({
  method: 'POST',
  url,
  headers: {'user-agent': 'headwater', accept: 'application/json', ...headers},
  ...(json && {json}),
  redirect: 'refuse',
});

export const fieldOf = (request: HttpRequest, response: HttpResponse, path: string): unknown =>
  valueAt(decodeJson(request, response), path);

export const tokenIn = (
  request: HttpRequest,
  response: HttpResponse,
  place: TokenPlace,
): string => {
  const isField = typeof place === 'string';
  const found = isField
    ? fieldOf(request, response, place)
    : response.headers[place.header.toLowerCase()];
  if (typeof found === 'string' && found !== '') return found;
  throw new SystemError(
    `${describeRequest(request)} answered ${response.status}, but its ${isField ? `field "${place}"` : `header "${place.header}"`} is ${found === '' ? 'empty' : kindOf(found)} where a token should be.`,
  );
};
