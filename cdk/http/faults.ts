// What an answer or a broken connection means: try again, wait, or give up, and in which words.
import {ConfigError, messageOf, SystemError, TransientError} from '../errors.ts';
import {isObject} from '../json.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from './message.ts';

/** Not Implemented and HTTP Version Not Supported: the only server errors that stay. */
const LASTING_SERVER_ERRORS = new Set([501, 505]);

const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 425 || (status >= 500 && !LASTING_SERVER_ERRORS.has(status));

/**
 * 429 always; 403 when the server says it is about quota, as GitHub does:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export const isRateLimited = ({status, headers}: HttpResponse): boolean =>
  status === 429 ||
  (status === 403 && ('retry-after' in headers || headers['x-ratelimit-remaining'] === '0'));

export const isTransient = (response: HttpResponse): boolean =>
  isRateLimited(response) || isTransientStatus(response.status);

/** The `code` of a network error, or of the first of its causes that has one: `ECONNRESET`, `ENOTFOUND`. */
export const networkCode = (error: unknown): string | undefined => {
  if (!isObject(error)) return undefined;
  const {code, cause} = error;
  return typeof code === 'string' ? code : networkCode(cause);
};

// Codes of node:net, node:dns, undici, its HTTP parser, the decompressors and decode/. TLS faults are not among them: a
// certificate that is refused now is refused in a second, too.
const TRANSIENT_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN)|UND_ERR_.*|HPE_.*|[A-Z]+_ENDS_EARLY|ERR_HTTP2_.*|Z_.*|ERR__ERROR_.*|ZSTD_.*)$/;

/** What undici says of a request it can't send, of a client that is closed, and of redirects without end. */
const LASTING_CODE =
  /^UND_ERR_(INVALID_ARG|INVALID_RETURN_VALUE|NOT_SUPPORTED|CLOSED|DESTROYED|REDIRECT_MAX|HEADERS_OVERFLOW)$/;

const TLS_CODE = /CERT|SSL|TLS/;

/** A total timeout has no code, but a name. */
const isTimeout = (error: unknown): boolean => isObject(error) && error['name'] === 'TimeoutError';

export const isTransientFault = (error: unknown): boolean => {
  const code = networkCode(error) ?? '';
  return isTimeout(error) || (TRANSIENT_CODE.test(code) && !LASTING_CODE.test(code));
};

/** A fault in a word or two: its code where it has one. */
export const describeFault = (error: unknown): string =>
  networkCode(error) ?? (isTimeout(error) ? 'a timeout' : messageOf(error));

const DETAIL_LIMIT = 300;

/** What the server says about its refusal: the usual fields of a JSON body, else the start of the text. */
const detailOf = ({body, headers}: HttpResponse): string | undefined => {
  const text = body.toString('utf8').trim();
  if (text === '' || headers['content-type']?.includes('html')) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    const told = isObject(json) && (json['message'] ?? json['error_description'] ?? json['error']);
    return (typeof told === 'string' ? told : text).slice(0, DETAIL_LIMIT);
  } catch {
    return text.slice(0, DETAIL_LIMIT);
  }
};

/** `GET https://api.github.com/user answered 401: Bad credentials.` */
export const describeResponse = (request: HttpRequest, response: HttpResponse): string => {
  const detail = detailOf(response)?.replace(/[.\s]+$/, '');
  return `${describeRequest(request)} answered ${response.status}${detail ? `: ${detail}` : ''}.`;
};

export const UNKNOWN_CREDENTIALS =
  'The API does not accept these credentials: check them in the config, they may be mistyped, expired or revoked.';
export const MISSING_PERMISSION =
  'The credentials are known but may not read this: grant the missing permission, or leave this stream out.';

/** An answer that no retry will change, as an error that says what to do. */
export const refusal = (request: HttpRequest, response: HttpResponse): Error => {
  const told = describeResponse(request, response);
  switch (response.status) {
    case 401:
      return new ConfigError(`${told} ${UNKNOWN_CREDENTIALS}`);
    case 403:
      return new ConfigError(`${told} ${MISSING_PERMISSION}`);
    default:
      return new SystemError(told);
  }
};

/** A fault that stayed through every attempt. */
export const exhausted = (request: HttpRequest, attempts: number, last: unknown): TransientError =>
  new TransientError(
    `${describeRequest(request)} failed ${attempts} times, the last time with ${describeFault(last)}. ` +
      `Check that ${request.url.host} can be reached from here; if it can, try again later.`,
    {cause: last},
  );

const isExplained = (error: unknown): boolean =>
  error instanceof ConfigError || error instanceof TransientError || error instanceof SystemError;

/** A fault that no retry will change, as an error that says where it happened. */
export const broken = (request: HttpRequest, fault: unknown): unknown => {
  if (isExplained(fault)) return fault;
  const told = `${describeRequest(request)} failed: ${messageOf(fault).trim()}`;
  const code = networkCode(fault) ?? '';
  return TLS_CODE.test(code)
    ? new ConfigError(
        `${told} (${code}). No secure connection could be made: check the URL in the config; if the server's certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS.`,
        {cause: fault},
      )
    : new SystemError(`${told}.`, {cause: fault});
};
