// Reads a value of a response from its body or a header.
import {SystemError} from '../../errors.ts';
import {kindOf, valueAt} from '../../json/values.ts';
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

/** For messages: `"meta.next" in the body`, `the header "x-next"`. */
export const describeLocation = (location: FieldLocation): string =>
  typeof location === 'string' ? `"${location}" in the body` : `the header "${location.header}"`;

/** A count, which many APIs send as a string; undefined for any other value. */
export const countAt = (decoded: DecodedResponse, location: FieldLocation): number | undefined => {
  const value = valueAtLocation(decoded, location);
  const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && count >= 0 ? count : undefined;
};

/** A value for the next request. A value that a query string can't carry exactly is an error. */
export const scalarIn = (
  request: HttpRequest,
  where: string,
  value: unknown,
  advice = 'Set `next` to the location where the API names its next page.',
): string | number => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') {
    throw new SystemError(
      `${describeRequest(request)}: ${where} should be a string or a number, but is ${kindOf(value)}. ${advice}`,
    );
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new SystemError(
      `${describeRequest(request)}: ${where} is a number beyond 2^53, which JSON in JavaScript does not keep exact (it became ${value}). Page by another field, or let the API send strings.`,
    );
  }
  return value;
};
