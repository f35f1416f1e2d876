import {recordList, recordsAt} from '../decode/records-in-document.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import type {Paginator} from './paginator.ts';

type Found = {
  readonly request: HttpRequest;
  readonly json: unknown;
};

export type RecordsOptions = {
  readonly path: string | undefined;
  /** Finds the records where no path is set; default: the body itself is the list. */
  readonly find: Paginator['records'];
  /** Follows a path, where the format has its own way. */
  readonly follow: ((document: unknown, path: string) => unknown) | undefined;
};

/** The records of an answer: at the path, else where the paginator finds them, else the body itself. */
export const recordsOf = <R extends object>(
  answer: Found,
  {path, find = ({json}) => json, follow = recordsAt}: RecordsOptions,
): readonly R[] => {
  const {request, json: document} = answer;
  const found = path === undefined ? find(answer) : follow(document, path);
  return recordList({where: describeRequest(request), path, found, document});
};
