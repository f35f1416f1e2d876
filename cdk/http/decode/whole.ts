// Bodies that were cut where only their content tells. It is looked at inside the retries.
import type {HttpRequest, HttpResponse, Send} from '../message.ts';
import {decodeAnswer} from './answer.ts';
import type {Decoder} from './decoder.ts';
import {isCut} from './ends-early.ts';
import {json} from './json.ts';
import {isPacked} from './unpack.ts';

/** A body without a length ends where the connection does, so a cut one looks whole. */
const mayBeCut = ({status, headers}: HttpResponse): boolean =>
  status === 200 && !('content-length' in headers || 'transfer-encoding' in headers);

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
    const {body, headers} = response;
    // Over HTTP/2 no body needs a length, nor can it be cut: there, a look at both ends is all it costs.
    const isOpen = headers['connection'] !== 'close';
    if (isOpen && !isPacked(body) && decoder.looksWhole?.(body)) return;
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
