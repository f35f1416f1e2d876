import type {Dispatcher} from 'undici';
import {printExact} from '../../json/exact.ts';
import {printForm} from '../query.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import {type HttpProxy, openAgent, type Tls} from './agent.ts';
import {assertAllowed} from './allowed-hosts.ts';
import {intoFile, intoMemory} from './body.ts';
import {crossTo, type HoldsSecret, isHarmless, redirectedTo} from './crossing.ts';
import {exchange} from './exchange.ts';
import type {Timeouts} from './timeouts.ts';

export type TransportOptions = {
  /** The largest response in bytes, decompressed. Default 256 MiB. */
  readonly maxBodyBytes?: number;
  /** The largest download in bytes, decompressed. Default 16 GiB. */
  readonly maxDownloadBytes?: number;
  /** The only hosts to connect to, besides that of `baseUrl`: `auth.example.com`, `*.example.com`. Default: any. */
  readonly allowedHosts?: readonly string[];
  readonly tls?: Tls;
  /** Default: HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the environment. */
  readonly proxy?: HttpProxy;
};

export const MAX_BODY_BYTES = 256 * 1024 ** 2;
export const MAX_DOWNLOAD_BYTES = 16 * 1024 ** 3;
const MAX_REDIRECTS = 5;

const redirection = ({headers, redirect}: HttpRequest) => ({
  maxRedirections: redirect === 'refuse' ? 0 : MAX_REDIRECTS,
  stripHeadersOnCrossOriginRedirect: Object.keys(headers).filter((name) => !isHarmless(name)),
});

const bodyOf = ({json, form}: HttpRequest) => {
  if (json !== undefined) return {type: 'application/json', body: printExact(json)};
  return form === undefined
    ? undefined
    : {type: 'application/x-www-form-urlencoded', body: printForm(form)};
};

/** Only a hint: a proxy may change the length. */
const announcedLength = ({headers}: Pick<HttpResponse, 'headers'>): number => {
  const length = Number(headers['content-length']);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
};

/** Checks every request, also those of redirects. Nothing of the first one follows it to another origin but harmless headers. */
const guard = (
  request: HttpRequest,
  allowedHosts: readonly string[] | undefined,
  holdsSecret: HoldsSecret,
): Dispatcher.DispatcherComposeInterceptor => {
  let crossed = false;
  let first: Dispatcher.DispatchOptions | undefined;
  return (dispatch) => (options, handler) => {
    first ??= options;
    const named = new URL(options.path, options.origin);
    const url = redirectedTo(named, request.url);
    assertAllowed(url, allowedHosts);
    crossed ||= url.origin !== request.url.origin;
    if (!crossed) {
      // undici has removed the headers, since it knows the target by another scheme.
      const {headers} = first;
      return dispatch(
        url === named ? options : {...options, origin: url.origin, ...(headers && {headers})},
        handler,
      );
    }
    const body = options.body !== undefined && options.body !== null;
    const {pathname, search} = crossTo(request, url, {way: 'was redirected to', body, holdsSecret});
    return dispatch({...options, path: `${pathname}${search}`}, handler);
  };
};

export type Transport = {
  /** Loads undici, which takes a while the first time. */
  readonly open: () => Promise<unknown>;
  readonly send: Send;
  readonly close: () => Promise<void>;
};

/** Sends requests and follows redirects. A redirect to another origin drops the credentials. */
export const openTransport = (
  timeouts: Timeouts,
  signal: AbortSignal,
  {
    maxBodyBytes = MAX_BODY_BYTES,
    maxDownloadBytes = MAX_DOWNLOAD_BYTES,
    allowedHosts,
    tls = {},
    proxy,
  }: TransportOptions = {},
  holdsSecret: HoldsSecret = () => false,
): Transport => {
  const openOnce = async () => {
    const [agent, {redirect}] = await Promise.all([
      openAgent(timeouts, tls, proxy),
      import('./undici.ts'),
    ]);
    const redirected = redirect({throwOnMaxRedirect: true});
    const dispatcherFor = (request: HttpRequest) =>
      agent.compose(guard(request, allowedHosts, holdsSecret), redirected);
    return {agent, dispatcherFor};
  };
  let opened: ReturnType<typeof openOnce> | undefined;
  const open = () => {
    opened ??= openOnce();
    return opened;
  };
  return {
    open,
    send: async (request: HttpRequest): Promise<HttpResponse> => {
      const {method, url, headers, into} = request;
      const content = bodyOf(request);
      const options = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: {
          'accept-encoding': 'gzip, deflate, br, zstd',
          ...(content && {'content-type': content.type}),
          ...headers,
        },
        ...(content && {body: content.body}),
        ...redirection(request),
      };
      const {dispatcherFor} = await open();
      const response = await exchange(
        dispatcherFor(request),
        options,
        url,
        (head) =>
          into === undefined || head.status >= 300
            ? intoMemory(head.url, maxBodyBytes, announcedLength(head))
            : intoFile(head.url, into, maxDownloadBytes),
        {signal, total: into === undefined ? timeouts.total : timeouts.download},
      );
      return {...response, url: redirectedTo(response.url, url)};
    },
    // destroy, not close: the end of a run must not wait for a keep-alive or a half-read response.
    close: async () => (await opened)?.agent.destroy(),
  };
};
