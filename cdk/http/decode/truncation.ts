// Finds truncated bodies by their content, so that the request is retried.
import {describeRequest, type HttpRequest, type HttpResponse, type Send, sizeOf} from '../types.ts';
import {decodeResponse} from './decode-response.ts';
import type {Decoder} from './decoder.ts';
import {json} from './json.ts';
import {isTruncation, truncationError} from './truncated-body.ts';
import {isPacked} from './unpack.ts';

/**
 * Only a length proves that a body is complete. A truncated body looks complete if it ends with the connection, or if a
 * proxy chunked or compressed the part that it received. For a file, which this check would read a second time, chunks
 * count as proof.
 */
const mayBeTruncated = ({status, headers, written}: HttpResponse): boolean =>
  status === 200 &&
  !('content-length' in headers) &&
  (written === undefined || !('transfer-encoding' in headers));

/** Over HTTP/2 a body needs no length and cannot be truncated. */
const endsWithConnection = ({headers}: HttpResponse): boolean =>
  headers['connection'] === 'close' && !('transfer-encoding' in headers);

const isMissing = (response: HttpResponse): boolean =>
  sizeOf(response) === 0 &&
  endsWithConnection(response) &&
  response.headers['content-type']?.includes('json') === true;

/** Throws an error only for a truncated body: other faults are reported where the body is decoded. */
export const rethrowTruncation = async (decode: () => Promise<unknown>): Promise<void> => {
  try {
    await decode();
  } catch (error) {
    if (isTruncation(error)) throw error;
  }
};

export const truncationCheckFor =
  (decoder: Decoder, limit: number): NonNullable<HttpRequest['assertNotTruncated']> =>
  async (request, response) => {
    const {body} = response;
    if (isMissing(response)) throw truncationError('JSON', describeRequest(request), '0 bytes');
    // For all other bodies, comparing both ends is enough.
    if (!endsWithConnection(response) && !isPacked(body) && decoder.looksComplete?.(body)) return;
    await rethrowTruncation(() => decodeResponse(request, response, decoder, limit));
  };

/** Makes a body that only its content shows as truncated a retryable error. */
export const withTruncationCheck = (send: Send, limit: number): Send => {
  const checkJson = truncationCheckFor(json(), limit);
  return async (request) => {
    const response = await send(request);
    if (mayBeTruncated(response))
      await (request.assertNotTruncated ?? checkJson)(request, response);
    return response;
  };
};
