// What holds the connections: to the API itself, or through a proxy.
import {getCACertificates} from 'node:tls';
import type {Dispatcher} from 'undici';
import {ConfigError} from '../../errors.ts';
import type {Timeouts} from './timeouts.ts';

/** Certificates and keys in PEM. */
export type Tls = {
  /** Authorities to trust besides the usual ones. */
  readonly ca?: string;
  /** What this client shows to a server that asks for it. */
  readonly cert?: string;
  readonly key?: string;
};

/** A proxy that the source's config names; the environment's counts for nothing then. */
export type HttpProxy = {
  /** `http://proxy.example.com:3128`, with `user:password@` in front of the host where it asks for them. */
  readonly url: string;
  /** Hosts that are reached without it, separated by commas: `localhost,.internal.example.com`. */
  readonly except?: string;
};

/** What a proxy's URL has to hide. */
export const secretsOf = (proxy: HttpProxy | undefined): readonly string[] => {
  const password = URL.parse(proxy?.url ?? '')?.password ?? '';
  return password === '' ? [] : [password, decodeURIComponent(password)];
};

const assertProxy = ({url}: HttpProxy): void => {
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new ConfigError(
    'The proxy in the config is not a URL: it should look like http://proxy.example.com:3128.',
  );
};

/** As curl reads them: of HTTP_PROXY only the lower-case form is safe where a program answers web requests; this one does not. */
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

const isProxied = (): boolean => PROXY_VARIABLES.some((name) => (process.env[name] ?? '') !== '');

const secureOptions = ({ca, cert, key}: Tls) => ({
  ...(ca !== undefined && {ca: [...getCACertificates('default'), ca]}),
  ...(cert !== undefined && {cert}),
  ...(key !== undefined && {key}),
});

const openProxyAgent = async (
  {connect, headers, idle}: Timeouts,
  secure: object,
  proxy: HttpProxy | undefined,
): Promise<Dispatcher> => {
  const {EnvHttpProxyAgent, Pool} = await import('./undici.ts');
  return new EnvHttpProxyAgent({
    connect: secure,
    headersTimeout: headers,
    bodyTimeout: idle,
    requestTls: secure,
    proxyTls: secure,
    // Left to itself, undici lets a proxy take five minutes: for its answer to CONNECT, which is a part of
    // connecting, and for each part of an answer that it passes on.
    clientFactory: (origin, more) => new Pool(origin, {...more, headersTimeout: connect}),
    factory: (origin, more) =>
      new Pool(origin, {...more, headersTimeout: headers, bodyTimeout: idle}),
    ...(proxy && {
      httpProxy: proxy.url,
      httpsProxy: proxy.url,
      noProxy: proxy.except ?? '',
    }),
  });
};

/** Loading undici takes 15 MB and 30 ms, so a source that sends no request does not load it. */
export const openAgent = async (
  timeouts: Timeouts,
  tls: Tls,
  proxy: HttpProxy | undefined,
): Promise<Dispatcher> => {
  if (proxy !== undefined) assertProxy(proxy);
  const {connect, headers, idle} = timeouts;
  const secure = {timeout: connect, ...secureOptions(tls)};
  if (proxy !== undefined || isProxied()) return openProxyAgent(timeouts, secure, proxy);
  const {Agent} = await import('./undici.ts');
  return new Agent({connect: secure, headersTimeout: headers, bodyTimeout: idle});
};
