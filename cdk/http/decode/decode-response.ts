import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import type {About, Decoder} from './decoder.ts';
import {isPacked, unpackBody} from './unpack.ts';

export type Documents = {
  /** One document, or one for each file of an archive. */
  readonly documents: readonly unknown[];
  readonly bytes: number;
};

export const aboutOf = (
  request: HttpRequest,
  {headers}: Pick<HttpResponse, 'headers'>,
  name?: string,
): About => ({
  where:
    name === undefined ? describeRequest(request) : `${describeRequest(request)}, file "${name}"`,
  contentType: headers['content-type'],
});

export const decodeResponse = async (
  request: HttpRequest,
  response: HttpResponse,
  {decode}: Decoder,
  limit: number,
): Promise<Documents> => {
  const files = await unpackBody(response.body, describeRequest(request), limit);
  const documents: unknown[] = [];
  for (const {name, body} of files) {
    documents.push(await decode(body, aboutOf(request, response, name)));
  }
  return {documents, bytes: files.reduce((sum, {body}) => sum + body.length, 0)};
};

/** Returns lazily parsed `records` where the format and the body allow it. Without a path the document is the list. */
export const openResponse = async <R extends object>(
  request: HttpRequest,
  response: HttpResponse,
  decoder: Decoder,
  limit: number,
  location: {readonly path: string | undefined} | undefined,
): Promise<Documents & {readonly records?: readonly R[]}> => {
  const {body} = response;
  const split = location && !isPacked(body) ? decoder.split?.<R>(body, location.path) : undefined;
  return split === undefined
    ? decodeResponse(request, response, decoder, limit)
    : {documents: [split.document], bytes: body.length, records: split.records};
};

/** Several documents as one: lists are joined, other documents become a list. */
export const asOne = (documents: readonly unknown[]): unknown => {
  if (documents.length === 1) return documents[0];
  return documents.every(Array.isArray) ? documents.flat() : documents;
};
