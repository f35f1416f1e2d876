import {unlessAborted} from '../../abort.ts';
import {SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import {openAgents, type Tls} from './agent.ts';
import {intoFile, intoMemory} from './body.ts';
import {MAX_BODY_BYTES} from './body-limits.ts';
import {crossByRedirect, type HoldsSecret} from './crossing.ts';
import {exchange} from './exchange.ts';
import {isPrivateHost} from './private-address.ts';
import type {HttpProxy} from './proxies.ts';
import {throughProxy} from './proxy-faults.ts';
import {openReach, type Reach} from './reach.ts';
import {redirects} from './redirects.ts';
import {bodyOf} from './request-body.ts';
import {openSigner, type Signer} from './sign.ts';
import type {Timeouts} from './timeouts.ts';

export type TransportOptions = {
  /** The largest response in bytes, decompressed. Default 256 MiB. */
  readonly maxBodyBytes?: number;
  /** The largest headers of a response in bytes, with HTTP/1. Default 16 KiB. */
  readonly maxHeaderBytes?: number;
  /** The largest download in bytes, decompressed. Default 16 GiB, and 200 times what is sent if that is more than 64 MiB. */
  readonly maxDownloadBytes?: number;
  /**
   * The only hosts to connect to, besides that of `baseUrl`, and those that links and redirects may lead to:
   * `files.example.com`, `*.example.com`, `files.example.com:8443`, `*`. Default: any for your own requests, none for links.
   */
  readonly allowedHosts?: readonly string[];
  readonly tls?: Tls;
  /** Default: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment. */
  readonly proxy?: HttpProxy;
};

const MAX_HEADER_BYTES = 16 * 1024;

/** Only a hint: a proxy may change the length. */
const announcedLength = ({headers}: Pick<HttpResponse, 'headers'>): number => {
  const length = Number(headers['content-length']);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
};

/** The request in undici's form. */
const optionsOf = (request: HttpRequest) => {
  const {method, url, headers} = request;
  const content = bodyOf(request);
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      'accept-encoding': 'gzip, deflate, br, zstd',
      ...(content && {'content-type': content.type}),
      ...headers,
    },
    ...(content && {body: content.body}),
  };
};

const explainedOverflow = (fault: unknown, request: HttpRequest, limit: number): unknown =>
  networkCode(fault) === 'UND_ERR_HEADERS_OVERFLOW'
    ? new SystemError(
        `${describeRequest(request)} answered with headers of more than ${limit} bytes (${Math.round(limit / 1024)} KiB). If the API needs that many, raise \`maxHeaderBytes\`.`,
        {cause: fault},
      )
    : fault;

/** The response with the cookies that earlier ones in its chain of redirects set. No origin may set any for another one. */
const withCookiesOf = (before: HttpResponse | undefined, response: HttpResponse): HttpResponse => {
  const {setCookies: own = []} = response;
  const {setCookies: earlier = []} = before?.url.origin === response.url.origin ? before : {};
  return earlier.length === 0 ? response : {...response, setCookies: [...earlier, ...own]};
};

export type Transport = {
  /** Loads undici, which takes a while the first time. */
  readonly open: () => Promise<unknown>;
  readonly send: Send;
  readonly close: () => Promise<void>;
};

/** Comes from the client. A transport by itself has no base and no credentials. */
type Known = {
  readonly reach?: Reach;
  readonly holdsSecret?: HoldsSecret;
  readonly hasAuth?: boolean;
};

/** Sends requests and follows redirects. A redirect to another origin drops the credentials. */
export const openTransport = (
  timeouts: Timeouts,
  signal: AbortSignal,
  {
    maxHeaderBytes = MAX_HEADER_BYTES,
    maxBodyBytes = MAX_BODY_BYTES,
    maxDownloadBytes,
    allowedHosts,
    tls = {},
    proxy,
  }: TransportOptions = {},
  {
    reach = openReach({...(allowedHosts && {allowedHosts})}),
    holdsSecret = () => false,
    hasAuth = false,
  }: Known = {},
): Transport => {
  const agents = openAgents(timeouts, {tls, proxy, maxHeaderBytes, judge: reach.judge});
  const crossTo = crossByRedirect({reach, holdsSecret, hasAuth});

  /** Resolves to true if the connection must not be made to a private address either. */
  const assertReachable = async (request: HttpRequest): Promise<boolean> => {
    const {url} = request;
    reach.assertAllowed(url);
    const isGuarded = reach.isGuarded(request);
    if (isGuarded && isPrivateHost(url.hostname)) {
      // It may look up the API's own host, which no signal ends.
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeouts.connect)]);
      await unlessAborted(reach.assertPublic(url), limit);
    }
    return isGuarded;
  };
  const sendOne = async (
    request: HttpRequest,
    until: number,
    signer: Signer | undefined,
  ): Promise<HttpResponse> => {
    const {url, into} = request;
    const {dispatcher, proxy} = await agents.to(url, await assertReachable(request));
    const exchanged = exchange(
      dispatcher,
      request.sign && signer ? signer.sign(optionsOf(request), url) : optionsOf(request),
      url,
      (head, sent) =>
        into === undefined || head.status >= 300
          ? intoMemory(head.url, maxBodyBytes, announcedLength(head))
          : intoFile(head.url, into, {largest: maxDownloadBytes, sent}),
      {signal, total: Math.max(0, until - performance.now())},
    );
    try {
      const response = await exchanged;
      return proxy === undefined ? response : {...response, proxy: proxy.name};
    } catch (fault) {
      if (signal.aborted) throw fault;
      const explained = explainedOverflow(fault, request, maxHeaderBytes);
      throw proxy === undefined ? explained : throughProxy(explained, url, proxy);
    }
  };
  return {
    open: agents.load,
    send: async (first: HttpRequest): Promise<HttpResponse> => {
      const until =
        performance.now() + (first.into === undefined ? timeouts.total : timeouts.download);
      const signer = first.sign && openSigner(first.sign);
      const nextOf = redirects(first, (request, to, from) =>
        crossTo(request, signer?.strip(to) ?? to, from),
      );
      let before: HttpResponse | undefined;
      for (let request = first; ; ) {
        const response = withCookiesOf(before, await sendOne(request, until, signer));
        const next = nextOf(request, response);
        if (next === undefined) return response;
        before = response;
        request = next;
      }
    },
    close: agents.destroy,
  };
};
