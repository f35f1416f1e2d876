// Where an answer tells something: in its body, by a path, or in a header.
import {SystemError} from '../../errors.ts';
import {isNone, kindOf, valueAt} from '../../json/values.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';

/** A path in the body, such as `meta.next_cursor`, or the name of a header. */
export type FieldLocation = string | {readonly header: string};

type DecodedResponse = {
  readonly response: HttpResponse;
  readonly json: unknown;
};

export const valueAtLocation = (
  {response, json}: DecodedResponse,
  location: FieldLocation,
): unknown =>
  typeof location === 'string'
    ? valueAt(json, location)
    : response.headers[location.header.toLowerCase()];

/** `"meta.next" in the body`, `the header "x-next"`: for messages. */
export const describeLocation = (location: FieldLocation): string =>
  typeof location === 'string' ? `"${location}" in the body` : `the header "${location.header}"`;

/** A count; many APIs send it as a text. Undefined where there is none. */
export const countAt = (decoded: DecodedResponse, location: FieldLocation): number | undefined => {
  const value = valueAtLocation(decoded, location);
  const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && count >= 0 ? count : undefined;
};

/** A has-more flag: undefined where the answer has none, since some APIs only send it while there is more. */
export const flagAt = (
  decoded: DecodedResponse,
  location: FieldLocation | undefined,
): boolean | undefined => {
  const value = location === undefined ? undefined : valueAtLocation(decoded, location);
  return value === undefined ? undefined : !isNone(value) && !/^(false|0)$/i.test(String(value));
};

/** A value for the next request; anything that a query string can't carry exactly is an error. */
export const scalarIn = (request: HttpRequest, where: string, value: unknown): string | number => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') {
    throw new SystemError(
      `${describeRequest(request)}: ${where} should be a text or a number, but is ${kindOf(value)}. Set \`next\` to where the API names its next page.`,
    );
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new SystemError(
      `${describeRequest(request)}: ${where} is a number beyond 2^53, which JSON in JavaScript does not keep exact (it became ${value}). Page by another field, or ask the API for texts.`,
    );
  }
  return value;
};
