import {assertRecords, recordsAtPath} from '../decode/records-in-document.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import type {Paginator} from './paginator.ts';

type Found = {
  readonly request: HttpRequest;
  readonly json: unknown;
};

export type SelectOptions = {
  readonly path: string | undefined;
  /** Finds the records where no path is set; default: the body itself is the list. */
  readonly find: Paginator['records'];
  /** Follows a path, where the format has its own way. */
  readonly follow: ((document: unknown, path: string) => unknown) | undefined;
};

/** The records of a response: at the path, else where the paginator finds them, else the body itself. */
export const selectRecords = <R extends object>(
  decoded: Found,
  {path, find = ({json}) => json, follow = recordsAtPath}: SelectOptions,
): readonly R[] => {
  const {request, json: document} = decoded;
  const found = path === undefined ? find(decoded) : follow(document, path);
  return assertRecords({where: describeRequest(request), path, found, document});
};
