// Bodies that were cut where only their content tells. It is looked at inside the retries.
import {describeRequest, type HttpRequest, type HttpResponse, type Send, sizeOf} from '../types.ts';
import {decodeAnswer} from './decode-response.ts';
import type {Decoder} from './decoder.ts';
import {json} from './json.ts';
import {endsEarly, isCut} from './truncated-body.ts';
import {isPacked} from './unpack.ts';

/**
 * Nothing but a length vouches for a body: one that ends where the connection does looks whole when it was cut, and so
 * does one that a proxy chunked or compressed anew after it lost the rest. Of a file, which is read a second time for
 * that, chunks are proof enough.
 */
const mayBeCut = ({status, headers, written}: HttpResponse): boolean =>
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

/** Throws only what says that the body was cut: other faults are told where it is decoded. */
export const onlyCuts = async (decode: () => Promise<unknown>): Promise<void> => {
  try {
    await decode();
  } catch (error) {
    if (isCut(error)) throw error;
  }
};

/** The look at a body in memory that this decoder is going to read. */
export const wholeFor =
  (decoder: Decoder, limit: number): NonNullable<HttpRequest['assertWhole']> =>
  async (request, response) => {
    const {body} = response;
    if (isMissing(response)) throw endsEarly('JSON', describeRequest(request), '0 bytes');
    // A look at both ends is all that the others cost.
    if (!endsWithConnection(response) && !isPacked(body) && decoder.looksWhole?.(body)) return;
    await onlyCuts(() => decodeAnswer(request, response, decoder, limit));
  };

/** Makes a passing fault of a body that was cut where only its content tells. */
export const withWhole = (send: Send, limit: number): Send => {
  const wholeJson = wholeFor(json(), limit);
  return async (request) => {
    const response = await send(request);
    if (mayBeCut(response)) await (request.assertWhole ?? wholeJson)(request, response);
    return response;
  };
};
