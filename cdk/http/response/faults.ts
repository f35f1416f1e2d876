// What an answer or a broken connection means: try again, wait, or give up, and in which words.
import {
  ConfigError,
  errorOf,
  type FailureType,
  messageOf,
  SystemError,
  TransientError,
} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import {actionOf} from './action.ts';
import {refusalText} from './refusal-text.ts';

/** The `code` of a network error, or of the first of its causes that has one: `ECONNRESET`, `ENOTFOUND`. */
export const networkCode = (error: unknown): string | undefined => {
  if (!isObject(error)) return undefined;
  const {code, cause} = error;
  return typeof code === 'string' ? code : networkCode(cause);
};

// Codes of node:net, node:dns, undici, its HTTP parser, the decompressors and decode/. TLS faults are not among them: a
// certificate that is refused now is refused in a second, too.
const TRANSIENT_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN)|UND_ERR_.*|HPE_.*|[A-Z]+_TRUNCATED|ERR_HTTP2_.*|Z_.*|ERR__ERROR_.*|ZSTD_.*)$/;

/** What undici says of a request it can't send, of a client that is closed, and of redirects without end. */
const LASTING_CODE =
  /^UND_ERR_(INVALID_ARG|INVALID_RETURN_VALUE|NOT_SUPPORTED|CLOSED|DESTROYED|REDIRECT_MAX|HEADERS_OVERFLOW)$/;

// Not all of OpenSSL's names for what is wrong with a certificate say so: https://docs.openssl.org/3.5/man1/openssl-verification-options/
const TLS_CODE =
  /CERT|SSL|TLS|UNABLE_TO_VERIFY|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/;

/** A total timeout has no code, but a name. */
const isTimeout = (error: unknown): boolean => isObject(error) && error['name'] === 'TimeoutError';

/** Nothing of the request can have reached the server: it may be sent again whatever it does there. */
export const neverArrived = (error: unknown): boolean =>
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(
    networkCode(error) ?? '',
  );

/** What is no HTTP: it should have a code `HPE_…`, but undici 8.12 looks that up in a table that is the other way round. */
const isGarbled = (error: unknown): boolean =>
  isObject(error) && error['name'] === 'HTTPParserError';

export const isTransientFault = (error: unknown): boolean => {
  const code = networkCode(error) ?? '';
  return (
    isTimeout(error) || isGarbled(error) || (TRANSIENT_CODE.test(code) && !LASTING_CODE.test(code))
  );
};

/** A fault in a word or two: its code where it has one. */
export const describeFault = (error: unknown): string =>
  networkCode(error) ?? (isTimeout(error) ? 'a timeout' : messageOf(error));

/** `GET https://api.github.com/user answered 401: Bad credentials.` */
export const describeResponse = (request: HttpRequest, response: HttpResponse): string => {
  const detail = refusalText(response)?.replace(/[.\s]+$/, '');
  return `${describeRequest(request)} answered ${response.status}${detail ? `: ${detail}` : ''}.`;
};

export const UNKNOWN_CREDENTIALS =
  'The API does not accept these credentials: check them in the config, they may be mistyped, expired or revoked.';
export const MISSING_PERMISSION =
  'The credentials are known but may not read this: grant the missing permission, or leave this stream out.';

const failureOf = (response: HttpResponse): FailureType =>
  response.rule?.failure ??
  (actionOf(response) === 'refresh-token' || response.status === 401 || response.status === 403
    ? 'config_error'
    : 'system_error');

const adviceFor = (response: HttpResponse): string => {
  if (response.rule?.advice !== undefined) return ` ${response.rule.advice}`;
  if (actionOf(response) === 'refresh-token' || response.status === 401) {
    return ` ${UNKNOWN_CREDENTIALS}`;
  }
  return response.status === 403 ? ` ${MISSING_PERMISSION}` : '';
};

/** An answer that no retry will change, as an error that says what to do. */
export const refusal = (request: HttpRequest, response: HttpResponse): Error =>
  errorOf(failureOf(response), `${describeResponse(request, response)}${adviceFor(response)}`);

/** A fault that stayed through every attempt. */
export const exhausted = (request: HttpRequest, attempts: number, last: unknown): TransientError =>
  new TransientError(
    request.once && !neverArrived(last)
      ? `${describeRequest(request)} failed with ${describeFault(last)}. It may have done its work all the same, so it is not sent again: look there before you run it again.`
      : `${describeRequest(request)} failed ${attempts} times, the last time with ${describeFault(last)}. ` +
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
