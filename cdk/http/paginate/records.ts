import {SystemError} from '../../errors.ts';
import {isObject, kindOf} from '../../json.ts';
import {describeRequest, type HttpRequest} from '../message.ts';
import type {Paginator} from './paginator.ts';
import {at} from './place.ts';

type Found = {
  readonly request: HttpRequest;
  readonly json: unknown;
};

/** The claim that the API answers with `R` is the author's: types are checked against the schema, not here. */
const isRecordList = <R extends object>(value: unknown): value is readonly R[] =>
  Array.isArray(value) && value.every(isObject);

/** The records of an answer: at the path, else where the paginator finds them, else the body itself. */
export const recordsOf = <R extends object>(
  answer: Found,
  path: string | undefined,
  find: Paginator['records'] = ({json}) => json,
): readonly R[] => {
  const {request, json} = answer;
  const found = path === undefined ? find(answer) : at(json, path);
  if (isRecordList<R>(found)) return found;
  const place = path === undefined ? 'the body' : `"${path}" in the body`;
  const keys = isObject(json) ? ` The body has: ${Object.keys(json).slice(0, 20).join(', ')}.` : '';
  throw new SystemError(
    `${describeRequest(request)}: ${place} should be a list of objects, but is ${Array.isArray(found) ? 'a list with other values' : kindOf(found)}.${keys} Set \`records\` to the path of the list.`,
  );
};
