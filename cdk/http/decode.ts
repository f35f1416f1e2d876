import {messageOf, SystemError} from '../errors.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './message.ts';

/** Some servers put a byte order mark in front, which JSON.parse does not take. */
const textOf = ({body}: HttpResponse): string => body.toString('utf8').replace(/^\uFEFF/, '');

/** Whether JSON was fine as far as it goes: V8 complains of its end, or at the place where it ends. */
const endsEarly = (text: string, error: unknown): boolean => {
  const told = messageOf(error);
  const position = /at position (\d+)/.exec(told)?.[1];
  return told.startsWith('Unexpected end') || Number(position) === text.length;
};

/** V8 quotes the text around the fault, and may cut a token there that nobody would recognise then. */
const withoutQuote = (error: unknown): SyntaxError =>
  new SyntaxError(messageOf(error).replace(/, (\.{3})?".*$/s, ''));

/** The JSON of an answer. What it holds is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, response: HttpResponse): T => {
  const {body, headers} = response;
  const text = textOf(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const about = `(content-type ${headers['content-type'] ?? 'not given'}, ${body.length} bytes)`;
    const told =
      text.trim() !== '' && endsEarly(text, cause)
        ? `answered with JSON that ends in the middle ${about}. The server gave it for whole: report this to the API's owner.`
        : `answered with something that is not JSON ${about}. Is the URL in the config the API's own?`;
    throw new SystemError(`${describeRequest(request)} ${told}`, {cause: withoutQuote(cause)});
  }
};

/**
 * Nothing but a length vouches for a body: one that ends where the connection does looks whole when it was cut, and so
 * does one that a proxy chunked or compressed anew after it lost the rest.
 */
const mayBeCut = ({status, headers}: HttpResponse): boolean =>
  status === 200 && !('content-length' in headers);

/** Over HTTP/2 no body needs a length, nor can it be cut. */
const endsWithConnection = ({headers}: HttpResponse): boolean =>
  headers['connection'] === 'close' && !('transfer-encoding' in headers);

const SPACE = new Set([...' \t\r\n'].map((space) => space.charCodeAt(0)));
const CLOSED_BY: Readonly<Record<string, string>> = {'[': ']', '{': '}'};

/** The first and the last character of a body that are no space or byte order mark. */
const endsOf = (body: Buffer): readonly [string, string] => {
  const first = body.findIndex((byte) => byte < 0x80 && !SPACE.has(byte));
  const last = body.findLastIndex((byte) => !SPACE.has(byte));
  return [String.fromCharCode(body[first] ?? 0), String.fromCharCode(body[last] ?? 0)];
};

/** JSON was announced, and not even its first character came. */
const isMissing = (response: HttpResponse): boolean =>
  response.body.length === 0 &&
  endsWithConnection(response) &&
  response.headers['content-type']?.includes('json') === true;

const assertWhole = (response: HttpResponse): void => {
  const [first, last] = endsOf(response.body);
  const closing = CLOSED_BY[first];
  if (closing === undefined && !isMissing(response)) return;
  // A look at both ends is all that the others cost.
  if (!endsWithConnection(response) && last === closing) return;
  const text = textOf(response);
  try {
    JSON.parse(text);
  } catch (cause) {
    if (!endsEarly(text, cause)) return;
    const code = 'JSON_ENDS_EARLY';
    throw Object.assign(new Error('The JSON ends in the middle.', {cause}), {code});
  }
};

/** Makes a passing fault of JSON that was cut where only its content tells. */
export const withWholeJson =
  (send: Send): Send =>
  async (request) => {
    const response = await send(request);
    if (mayBeCut(response)) assertWhole(response);
    return response;
  };
