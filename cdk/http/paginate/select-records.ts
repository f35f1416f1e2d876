import {assertRecords, recordsAtPath} from '../decode/records-in-document.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import type {Paginator} from './paginator.ts';

type Found = {
  readonly request: HttpRequest;
  readonly json: unknown;
};

export type SelectOptions = {
  readonly path: string | undefined;
  /** Finds the records if no path is set. Default: the body itself is the list. */
  readonly find: Paginator['records'];
  /** Follows a path in a format with its own rules, such as XML. */
  readonly follow: ((document: unknown, path: string) => unknown) | undefined;
};

/** Returns the records at the path, else those that the paginator finds, else the body itself. */
export const selectRecords = <R extends object>(
  decoded: Found,
  {path, find = ({json}) => json, follow = recordsAtPath}: SelectOptions,
): readonly R[] => {
  const {request, json: document} = decoded;
  const found = path === undefined ? find(decoded) : follow(document, path);
  return assertRecords({where: describeRequest(request), path, found, document});
};
