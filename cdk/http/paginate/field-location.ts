// Where an answer tells something: in its body, by a path, or in a header.
import {SystemError} from '../../errors.ts';
import {isNone, kindOf, valueAt as valueIn} from '../../json/values.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';

/** A path in the body, such as `meta.next_cursor`, or the name of a header. */
export type Place = string | {readonly header: string};

type Answer = {
  readonly response: HttpResponse;
  readonly json: unknown;
};

export const valueAt = ({response, json}: Answer, place: Place): unknown =>
  typeof place === 'string' ? valueIn(json, place) : response.headers[place.header.toLowerCase()];

/** `"meta.next" in the body`, `the header "x-next"`: for messages. */
export const describePlace = (place: Place): string =>
  typeof place === 'string' ? `"${place}" in the body` : `the header "${place.header}"`;

/** A count; many APIs send it as a text. Undefined where there is none. */
export const countAt = (answer: Answer, place: Place): number | undefined => {
  const value = valueAt(answer, place);
  const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && count >= 0 ? count : undefined;
};

/** A has-more flag: undefined where the answer has none, since some APIs only send it while there is more. */
export const flagAt = (answer: Answer, place: Place | undefined): boolean | undefined => {
  const value = place === undefined ? undefined : valueAt(answer, place);
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
