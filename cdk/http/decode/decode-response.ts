import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {describeRedirect} from '../response/faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, sizeOf} from '../types.ts';
import type {About, Decoder} from './decoder.ts';
import {isPacked, unpackBody} from './unpack.ts';

export type Documents = {
  /** One document, or one for each file of an archive. */
  readonly documents: readonly unknown[];
  readonly bytes: number;
};

const contentTypeIn = (headers: HttpResponse['headers']): string | undefined => {
  const type = headers['content-type'];
  return type && excerpt(type);
};

export const aboutOf = (
  request: HttpRequest,
  response: Pick<HttpResponse, 'headers' | 'url'>,
  name?: string,
): About => ({
  where: `${describeRequest(request)}${describeRedirect(request, response)}${name === undefined ? '' : `, file "${excerpt(name)}"`}`,
  contentType: contentTypeIn(response.headers),
});

/**
 * True for 204 and 205, which mean "nothing here" in every format. An empty body with 202 is an error: the API has only
 * accepted the request. https://www.rfc-editor.org/rfc/rfc9110#section-15.3
 */
export const hasNoContent = (request: HttpRequest, response: HttpResponse): boolean => {
  const {status} = response;
  if (status !== 202 || sizeOf(response) > 0) return status === 204 || status === 205;
  throw new SystemError(
    `${describeRequest(request)} answered 202 without a body: the API has accepted the request, but its result is not ready. Add {status: 202, action: 'retry'} to \`rules\` to wait for it, or 'ignore' if it means "nothing here".`,
  );
};

export const decodeResponse = async (
  request: HttpRequest,
  response: HttpResponse,
  {decode}: Decoder,
  limit: number,
): Promise<Documents> => {
  if (hasNoContent(request, response)) return {documents: [[]], bytes: 0};
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
  if (hasNoContent(request, response)) return {documents: [[]], bytes: 0, records: []};
  const split =
    location && !isPacked(body)
      ? decoder.split?.<R>(body, location.path, aboutOf(request, response))
      : undefined;
  return split === undefined
    ? decodeResponse(request, response, decoder, limit)
    : {documents: [split.document], bytes: body.length, records: split.records};
};

/** Several documents as one: lists are joined, other documents become a list. */
export const asOne = (documents: readonly unknown[]): unknown => {
  if (documents.length === 1) return documents[0];
  return documents.every(Array.isArray) ? documents.flat() : documents;
};
