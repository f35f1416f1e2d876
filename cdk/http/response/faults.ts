// Classifies failed requests as transient or permanent, and turns them into errors.

import {
  ConfigError,
  errorOf,
  type FailureType,
  messageOf,
  SystemError,
  TransientError,
} from '../../errors.ts';
import {excerpt, withoutFullStop} from '../../json/trim.ts';
import {isObject, valueAt} from '../../json/values.ts';
import {describeRequest, describeUrl, type HttpRequest, type HttpResponse} from '../types.ts';
import {unfollowed} from '../wire/redirects.ts';
import {actionOf} from './action.ts';
import {jsonOf} from './json-body.ts';
import {refusalText} from './refusal-text.ts';

/** The `code` of an error, or of its first cause that has one: `ECONNRESET`, `ENOTFOUND`. */
export const networkCode = (error: unknown): string | undefined => {
  if (!isObject(error)) return undefined;
  const {code, cause} = error;
  return typeof code === 'string' ? code : networkCode(cause);
};

// Codes of node:net, node:dns, undici, its HTTP parser, the decompressors and decode/, without TLS faults: retrying does not
// make a certificate valid.
const TRANSIENT_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN)|UND_ERR_.*|HPE_.*|[A-Z]+_TRUNCATED|PROXY_STATUS_5\d\d|ERR_HTTP2_.*|Z_.*|ERR__ERROR_.*|ZSTD_.*)$/;

/** undici's codes for a request that it cannot send, a closed client, and a proxy's certificate. */
const LASTING_CODE =
  /^UND_ERR_(INVALID_ARG|INVALID_RETURN_VALUE|NOT_SUPPORTED|CLOSED|DESTROYED|PRX_TLS|HEADERS_OVERFLOW)$/;

// Not all of OpenSSL's certificate errors contain "CERT": https://docs.openssl.org/3.5/man1/openssl-verification-options/
const TLS_CODE =
  /CERT|SSL|TLS|UNABLE_TO_VERIFY|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/;

/** The total timeout has a name instead of a code. */
const isTimeout = (error: unknown): boolean => isObject(error) && error['name'] === 'TimeoutError';

/** The request cannot have reached the server, so any request may be retried. */
export const neverArrived = (error: unknown): boolean =>
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_(CONNECT_TIMEOUT|PRX_CONN)|PROXY_STATUS_\d+)$/.test(
    networkCode(error) ?? '',
  );

/** A response that is not HTTP. It should have a code `HPE_…`, but undici 8.12 looks the code up in a reversed table. */
export const isGarbled = (error: unknown): boolean =>
  isObject(error) && error['name'] === 'HTTPParserError';

export const isTransientFault = (error: unknown): boolean => {
  // Its cause may have a code of those below.
  if (error instanceof ConfigError) return false;
  const code = networkCode(error) ?? '';
  return (
    isTimeout(error) || isGarbled(error) || (TRANSIENT_CODE.test(code) && !LASTING_CODE.test(code))
  );
};

/** The name of the proxy that a fault came through. */
const proxyOf = (error: unknown): string | undefined =>
  isObject(error) && typeof error['proxy'] === 'string' ? error['proxy'] : undefined;

/** The code of a fault if it has one, else its message. The proxy is named, if there was one. */
export const describeFault = (error: unknown): string => {
  const proxy = proxyOf(error);
  const fault = networkCode(error) ?? (isTimeout(error) ? 'a timeout' : messageOf(error));
  return proxy === undefined ? fault : `${fault} through ${proxy}`;
};

/** ` (redirected to https://api.github.com/users/1)`, else empty. */
export const describeRedirect = (
  {url}: Pick<HttpRequest, 'url'>,
  {url: last}: Pick<HttpResponse, 'url'>,
): string =>
  last.origin === url.origin && last.pathname === url.pathname
    ? ''
    : ` (redirected to ${describeUrl(last)})`;

/** A proxy sends responses of its own, such as 502. Inside of a tunnel it can't. */
const describeProxy = ({url, proxy}: HttpResponse): string =>
  proxy === undefined || url.protocol === 'https:' ? '' : ` through ${proxy}`;

/** The field that made a rule apply: `status is "pending"`. */
const ruledField = (response: HttpResponse): string | undefined => {
  const path = response.rule?.body?.path;
  if (path === undefined) return undefined;
  return `${path} is ${excerpt(JSON.stringify(valueAt(jsonOf(response), path)) ?? 'undefined')}`;
};

/** `503 (Down for maintenance)`, `200 (a rule of the source: status is "pending")`. */
export const describeStatus = (response: HttpResponse): string => {
  const detail = ruledField(response) ?? withoutFullStop(refusalText(response) ?? '');
  const reasons = [
    ...(response.rule === undefined ? [] : ['a rule of the source']),
    ...(detail === '' ? [] : [detail]),
  ];
  return reasons.length === 0
    ? String(response.status)
    : `${response.status} (${reasons.join(': ')})`;
};

/** `GET https://api.github.com/user answered 401: Bad credentials.` */
export const describeResponse = (request: HttpRequest, response: HttpResponse): string => {
  const detail = withoutFullStop(refusalText(response) ?? '') || undefined;
  return `${describeRequest(request)}${describeRedirect(request, response)} answered ${response.status}${describeProxy(response)}${detail ? `: ${detail}` : ''}.`;
};

export const UNKNOWN_CREDENTIALS =
  'The API does not accept these credentials: check them in the config. They may be mistyped, expired or revoked.';
export const MISSING_PERMISSION =
  'The credentials are valid but may not read this: grant the missing permission, or leave this stream out.';

/** For a request that changes something, after a fault that left its effect unknown. */
export const MAY_HAVE_TAKEN_EFFECT =
  'It may have taken effect nevertheless, so it was not sent again: check the API before you run this again.';

const failureOf = (response: HttpResponse): FailureType =>
  response.rule?.failure ??
  (actionOf(response) === 'refresh-token' || response.status === 401 || response.status === 403
    ? 'config_error'
    : 'system_error');

const adviceFor = (request: HttpRequest, response: HttpResponse): string => {
  if (response.rule?.advice !== undefined) return ` ${response.rule.advice}`;
  const redirect = unfollowed(request, response);
  if (redirect !== undefined) return ` ${redirect}`;
  if (actionOf(response) === 'refresh-token' || response.status === 401) {
    return ` ${UNKNOWN_CREDENTIALS}`;
  }
  return response.status === 403 ? ` ${MISSING_PERMISSION}` : '';
};

/**
 * The error for a response that is not retried.
 * @param withheld says that no credentials were sent, and how to change that; undefined if they were, or if the source has no `auth`
 */
export const refusal = (request: HttpRequest, response: HttpResponse, withheld?: string): Error => {
  const isHidden = withheld !== undefined && [401, 403, 404].includes(response.status);
  const advice =
    isHidden && response.rule?.advice === undefined ? ` ${withheld}` : adviceFor(request, response);
  return errorOf(
    isHidden ? (response.rule?.failure ?? 'config_error') : failureOf(response),
    `${describeResponse(request, response)}${advice}`,
  );
};

const reachOf = ({url}: HttpRequest, fault: unknown): string =>
  proxyOf(fault) === undefined
    ? `${url.host} can be reached from here`
    : `the proxy can be reached from here, and ${url.host} from there`;

/** The error for a transient fault after the last attempt. */
export const exhausted = (request: HttpRequest, attempts: number, last: unknown): TransientError =>
  new TransientError(
    request.once && !neverArrived(last)
      ? `${describeRequest(request)} failed with ${describeFault(last)}. ${MAY_HAVE_TAKEN_EFFECT}`
      : `${describeRequest(request)} ${attempts === 1 ? 'failed with' : `failed ${attempts} times, the last time with`} ${describeFault(last)}. ` +
          `Check that ${reachOf(request, last)}; if it can, try again later.`,
    {cause: last},
  );

/** Such errors already say where they happened. */
export const isExplained = (error: unknown): boolean =>
  error instanceof ConfigError || error instanceof TransientError || error instanceof SystemError;

const tlsAdvice = (code: string, {url: {host}}: HttpRequest): string => {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/.test(code)) {
    return `what listens at ${host} does not speak TLS. Check the host and the port of the URL in the config, or set http:// if it is meant to be plain HTTP.`;
  }
  if (/ALTNAME|HOSTNAME_MISMATCH/.test(code)) {
    return 'set the URL in the config to a name that the certificate is for.';
  }
  if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    return "the server's certificate must be renewed, unless the clock of this machine is wrong.";
  }
  return "check the URL in the config; if the server's certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS.";
};

/** OpenSSL puts the place in its code around its reason: `40ED…:error:0A00010B:SSL routines:…:wrong version number:…c:77:` */
const opensslReason = (fault: unknown): string | undefined =>
  /:SSL routines:[^:]*:([^:]+):/.exec(messageOf(fault))?.[1];

/** Node has a code for OpenSSL's reason, or only EPROTO if a write failed first. */
const tlsCodeOf = (fault: unknown): string => {
  const code = networkCode(fault) ?? '';
  const reason = code === 'EPROTO' ? opensslReason(fault) : undefined;
  return reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(/\W+/g, '_')}`;
};

/** The error for a fault that is not retried. */
export const broken = (request: HttpRequest, fault: unknown): unknown => {
  if (isExplained(fault)) return fault;
  const message = `${describeRequest(request)} failed: ${excerpt(opensslReason(fault) ?? messageOf(fault).trim())}`;
  const code = tlsCodeOf(fault);
  return TLS_CODE.test(code)
    ? new ConfigError(
        `${message} (${code}). No secure connection could be made: ${tlsAdvice(code, request)}`,
        {cause: fault},
      )
    : new SystemError(`${message}.`, {cause: fault});
};
