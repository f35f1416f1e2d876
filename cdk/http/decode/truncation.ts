// Truncated bodies that only their content gives away. The check runs inside the retries.
import {describeRequest, type HttpRequest, type HttpResponse, type Send, sizeOf} from '../types.ts';
import {decodeResponse} from './decode-response.ts';
import type {Decoder} from './decoder.ts';
import {json} from './json.ts';
import {isTruncation, truncationError} from './truncated-body.ts';
import {isPacked} from './unpack.ts';

/**
 * Nothing but a length vouches for a body: one that ends where the connection does looks whole when it was cut, and so
 * does one that a proxy chunked or compressed anew after it lost the rest. Of a file, which is read a second time for
 * that, chunks are proof enough.
 */
const mayBeTruncated = ({status, headers, written}: HttpResponse): boolean =>
  status === 200 &&
  !('content-length' in headers) &&
  (written === undefined || !('transfer-encoding' in headers));

/** Over HTTP/2 no body needs a length, nor can it be cut. */
const endsWithConnection = ({headers}: HttpResponse): boolean =>
  headers['connection'] === 'close' && !('transfer-encoding' in headers);

/** JSON was announced, and not even its first character came. */
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

/** The check of a body in memory, by the decoder that will read it. */
export const truncationCheckFor =
  (decoder: Decoder, limit: number): NonNullable<HttpRequest['assertNotTruncated']> =>
  async (request, response) => {
    const {body} = response;
    if (isMissing(response)) throw truncationError('JSON', describeRequest(request), '0 bytes');
    // A look at both ends is all that the others cost.
    if (!endsWithConnection(response) && !isPacked(body) && decoder.looksComplete?.(body)) return;
    await rethrowTruncation(() => decodeResponse(request, response, decoder, limit));
  };

/** Makes a truncated body a passing fault where only its content gives it away. */
export const withTruncationCheck = (send: Send, limit: number): Send => {
  const checkJson = truncationCheckFor(json(), limit);
  return async (request) => {
    const response = await send(request);
    if (mayBeTruncated(response))
      await (request.assertNotTruncated ?? checkJson)(request, response);
    return response;
  };
};
