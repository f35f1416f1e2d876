// Explains the failures of a check whose URL comes from the config. A wrong host, port or path is the commonest mistake with
// products that customers run themselves.
import {ConfigError, messageOf, SystemError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import type {Decoder} from '../decode/decoder.ts';
import {type WebPage, webPageIn} from '../decode/other-format.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import {REDIRECT_LOOP} from '../wire/redirects.ts';
import {actionOf} from './action.ts';
import {describeRedirect, describeResponse, isGarbled, networkCode, refusal} from './faults.ts';

/** The fields of the config that decide the origin of a URL, and those that decide its origin or path. Names, not values. */
export type UrlFields = (url: URL) => {
  readonly origin: readonly string[];
  readonly path: readonly string[];
};

/** undici has the address of a timeout only in its message: `(attempted address: crm.example.com:8080, timeout: …)`. */
const ATTEMPTED = /attempted address(?:es)?: ([^()]{1,500}?), timeout/;

const addressOf = ({address, port}: {readonly address?: unknown; readonly port?: unknown}) => {
  if (typeof address !== 'string') return [];
  const host = address.includes(':') ? `[${address}]` : address;
  return [typeof port === 'number' ? `${host}:${port}` : host];
};

/** The addresses that no connection could be made to: a name may have several. */
const attemptedIn = (fault: unknown): readonly string[] => {
  if (!isObject(fault)) return [];
  const {errors, cause} = fault;
  const own = addressOf(fault);
  if (own.length > 0) return own;
  if (Array.isArray(errors)) return [...new Set(errors.flatMap(attemptedIn))];
  const [, attempted] = ATTEMPTED.exec(messageOf(fault)) ?? [];
  return attempted === undefined ? attemptedIn(cause) : [attempted];
};

const portOf = ({port, protocol}: URL): string => port || (protocol === 'https:' ? '443' : '80');

/** The fault is of another server: a proxy, or one that a redirect led to. Addresses leave out port 0. */
const isElsewhere = (fault: unknown, url: URL, attempted: readonly string[]): boolean => {
  if (isObject(fault) && typeof fault['proxy'] === 'string') return true;
  const hostname = isObject(fault) ? fault['hostname'] : undefined;
  if (typeof hostname === 'string') return hostname !== url.hostname;
  if (attempted.length === 0 || url.port === '0') return false;
  return !attempted.some((address) => address.endsWith(`:${portOf(url)}`));
};

const OTHER_SCHEME: Readonly<Record<string, string>> = {
  'http:': 'It may want https:// instead of http://.',
  'https:': 'It may want http:// instead of https://.',
};

const LOOPBACK = /^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/;

const inContainer = (hostname: string): string =>
  LOOPBACK.test(hostname)
    ? ` ${hostname} is the machine or container that the source itself runs in. From a container, the machine around it is host.docker.internal.`
    : '';

/** The cause of a fault, in words; undefined if the URL cannot cause it. EAI_AGAIN is a fault of the resolver. */
const reasonFor = (fault: unknown, {hostname, host, protocol}: URL): string | undefined => {
  const garbled = `What listens at ${host} does not speak HTTP, or only closes connections. ${OTHER_SCHEME[protocol]}`;
  if (isGarbled(fault)) return garbled;
  const code = networkCode(fault) ?? '';
  switch (code) {
    case 'ENOTFOUND':
      return `There is no host ${hostname}.`;
    case 'ECONNREFUSED':
    case 'EADDRNOTAVAIL':
      return `Nothing listens at ${host}: the host or the port is wrong, or the server is not running.${inContainer(hostname)}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `No network leads from here to ${hostname}: the host is wrong, or in a network or of an IP version that this machine has no access to.`;
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `${host} did not accept a connection in time: the host or the port is wrong, or a firewall is in the way.`;
    case REDIRECT_LOOP:
      return `${host} redirects without end.`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return garbled;
    default:
      return code.startsWith('HPE_') ? garbled : undefined;
  }
};

const named = (fields: readonly string[]): string =>
  fields.length < 2
    ? `"${fields.join('')}"`
    : `${fields
        .slice(0, -1)
        .map((field) => `"${field}"`)
        .join(', ')} and "${fields.at(-1)}"`;

const unreached = (
  request: HttpRequest,
  error: unknown,
  fieldsOf: UrlFields,
): ConfigError | undefined => {
  const fault = isObject(error) ? error['cause'] : undefined;
  const {url} = request;
  const reason = reasonFor(fault, url);
  const {origin: fields} = fieldsOf(url);
  if (reason === undefined || fields.length === 0) return undefined;
  const attempted = attemptedIn(fault);
  if (isElsewhere(fault, url, attempted)) return undefined;
  const others = attempted.filter((address) => address !== url.host);
  const where = others.length === 0 ? '' : ` at ${others.join(' and ')}`;
  const code = networkCode(fault) ?? 'a response that is not HTTP';
  return new ConfigError(
    `${describeRequest(request)} failed with ${code}${where}. ${reason} Check ${named(fields)} in the config.`,
    {cause: error},
  );
};

/** Not Found, Method Not Allowed, Gone, Misdirected Request, Upgrade Required, Not Implemented. */
const NOTHING_THERE = new Set([404, 405, 410, 421, 426, 501]);

/** Go's server says it in plain text; nginx and Apache send a page. */
const WANTS_TLS = /HTTPS server|HTTPS port|SSL-enabled/i;

/** `GET https://crm.example.com/me (redirected to https://crm.example.com/login) answered 200 with the web page "Log in"` */
const describePage = (request: HttpRequest, response: HttpResponse, {title}: WebPage): string =>
  `${describeRequest(request)}${describeRedirect(request, response)} answered ${response.status} with ${title === undefined ? 'a web page' : `the web page "${title}"`}`;

const refusedBy = (
  request: HttpRequest,
  response: HttpResponse,
  fields: readonly string[],
): ConfigError | undefined => {
  const {status, rule, body} = response;
  // A rule is the author's own opinion, and APIs behind a login of their own answer 401 with a page.
  if (rule !== undefined || fields.length === 0 || status === 401) return undefined;
  const check = `Check ${named(fields)} in the config.`;
  if (status < 400) return new ConfigError(`${messageOf(refusal(request, response))} ${check}`);
  const page = webPageIn(body);
  const found = page && `${describePage(request, response, page)}.`;
  if (status === 403) {
    const also = `If ${named(fields)} in the config is right, grant the credentials the missing permission.`;
    return found === undefined ? undefined : new ConfigError(`${found} ${also}`);
  }
  const wantsTls = status === 400 && WANTS_TLS.test(body.toString('utf8', 0, 1_000));
  if (found === undefined && !wantsTls && !NOTHING_THERE.has(status)) return undefined;
  return new ConfigError(
    `${found ?? describeResponse(request, response)} The API has nothing at this address, or something else responds there. ${check}`,
  );
};

export type WrongUrls = {
  /** Records which origins responded at all: what they do later has nothing to do with the URL. */
  readonly watch: (wire: Send) => Send;
  /** Explains faults of the network, web pages in place of the API, and refused logins, which `auth` interprets otherwise. */
  readonly explain: (send: Send) => Send;
  /** The error for a refusal; undefined if the URL cannot be its cause. */
  readonly refused: (request: HttpRequest, response: HttpResponse) => ConfigError | undefined;
  /** Explains content that is not the API's. */
  readonly explainContent: (request: HttpRequest, decoder: Decoder) => Decoder;
};

/** Changes nothing: for commands other than check, when the URL has worked before. */
const UNEXPLAINED: WrongUrls = {
  watch: (wire) => wire,
  explain: (send) => send,
  refused: () => undefined,
  explainContent: (_request, decoder) => decoder,
};

/** A web page where the API's content is wanted. */
const pageInstead = (request: HttpRequest, response: HttpResponse): WebPage | undefined => {
  const isOwn = actionOf(response) !== 'success' || response.rule !== undefined;
  return isOwn || /html|\*\/\*/.test(request.headers['accept'] ?? '')
    ? undefined
    : webPageIn(response.body);
};

const explainPage = (
  request: HttpRequest,
  response: HttpResponse,
  fieldsOf: UrlFields,
): ConfigError | undefined => {
  const page = pageInstead(request, response);
  const fields = page ? fieldsOf(request.url).path : [];
  return page && fields.length > 0
    ? new ConfigError(
        `${describePage(request, response, page)}, so something else than the API responds there, or it wants a login. Check ${named(fields)} in the config.`,
      )
    : undefined;
};

export const openWrongUrls = (fieldsOf: UrlFields | undefined): WrongUrls => {
  if (fieldsOf === undefined) return UNEXPLAINED;
  const responded = new Set<string>();
  return {
    watch: (wire) => async (request) => {
      const response = await wire(request);
      responded.add(request.url.origin);
      return response;
    },
    explain: (send) => async (request) => {
      let response: HttpResponse;
      try {
        response = await send(request);
      } catch (error) {
        const isHealthy = responded.has(request.url.origin);
        throw (isHealthy ? undefined : unreached(request, error, fieldsOf)) ?? error;
      }
      const isLogin = request.redirect === 'refuse' && response.status >= 300;
      const wrong = isLogin
        ? refusedBy(request, response, fieldsOf(request.url).path)
        : explainPage(request, response, fieldsOf);
      if (wrong !== undefined) throw wrong;
      return response;
    },
    refused: (request, response) => refusedBy(request, response, fieldsOf(request.url).path),
    explainContent: (request, decoder) => ({
      ...decoder,
      decode: (body, about) =>
        decoder.decode(body, about).catch((cause) => {
          const fields = cause instanceof SystemError ? fieldsOf(request.url).path : [];
          throw fields.length === 0
            ? cause
            : new ConfigError(
                `${cause.message} The URL comes from ${named(fields)} in the config.`,
                {
                  cause,
                },
              );
        }),
    }),
  };
};
