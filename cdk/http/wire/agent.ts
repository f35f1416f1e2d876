import {getCACertificates} from 'node:tls';
import type {Dispatcher} from 'undici';
import {ConfigError} from '../../errors.ts';
import {restorePem} from './pem.ts';
import {guardedLookup} from './private-address.ts';
import type {Reach} from './reach.ts';
import type {Timeouts} from './timeouts.ts';

/** Certificates and keys in PEM. */
export type Tls = {
  /** An authority to trust in addition to the usual ones. */
  readonly ca?: string;
  /** The client certificate, for servers that require one. */
  readonly cert?: string;
  readonly key?: string;
};

/** A proxy from the source's config. It replaces the proxy of the environment. */
export type HttpProxy = {
  /** `http://proxy.example.com:3128`, with `user:password@` before the host if the proxy requires it. */
  readonly url: string;
  /** Hosts to reach without the proxy, separated by commas: `localhost,.internal.example.com`. */
  readonly except?: string;
};

/** The password in a proxy's URL, in both encodings. */
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

/** Unlike curl, HTTP_PROXY in capitals counts too: it is only unsafe in a CGI program, where a client's header can set it. */
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

const isProxied = (): boolean => PROXY_VARIABLES.some((name) => (process.env[name] ?? '') !== '');

const secureOptions = ({ca, cert, key}: Tls) => ({
  ...(ca !== undefined && {ca: [...getCACertificates('default'), restorePem(ca)]}),
  ...(cert !== undefined && {cert: restorePem(cert)}),
  ...(key !== undefined && {key: restorePem(key)}),
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
    // undici's default is five minutes each, for the proxy's response to CONNECT and for each part of a response.
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

const openAgent = async (
  timeouts: Timeouts,
  secure: object,
  proxy: HttpProxy | undefined,
): Promise<Dispatcher> => {
  const {headers, idle} = timeouts;
  if (proxy !== undefined || isProxied()) return openProxyAgent(timeouts, secure, proxy);
  const {Agent} = await import('./undici.ts');
  return new Agent({connect: secure, headersTimeout: headers, bodyTimeout: idle});
};

type Connecting = {
  readonly tls: Tls;
  readonly proxy: HttpProxy | undefined;
  readonly judge: Reach['judge'];
};

/**
 * Two agents, each opened when it is needed: loading undici takes 15 MB and 30 ms. The guarded one makes no connection to
 * a private address; one that a proxy makes is not seen here.
 */
export const openAgents = (timeouts: Timeouts, {tls, proxy, judge}: Connecting) => {
  const opened = new Map<boolean, Promise<Dispatcher>>();
  const open = async (isGuarded: boolean): Promise<Dispatcher> => {
    if (proxy !== undefined) assertProxy(proxy);
    const lookup = isGuarded ? {lookup: guardedLookup(judge)} : {};
    return openAgent(
      timeouts,
      {timeout: timeouts.connect, ...lookup, ...secureOptions(tls)},
      proxy,
    );
  };
  const openOnce = (isGuarded: boolean): Promise<Dispatcher> => {
    const agent = opened.get(isGuarded) ?? open(isGuarded);
    opened.set(isGuarded, agent);
    return agent;
  };
  return {
    open: () => openOnce(false),
    guarded: () => openOnce(true),
    // destroy, not close: the end of a run must not wait for a keep-alive or a half-read response.
    destroy: async (): Promise<void> => {
      for (const agent of opened.values()) await (await agent).destroy();
    },
  };
};
