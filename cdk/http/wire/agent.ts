import {getCACertificates} from 'node:tls';
import type {Dispatcher, Pool} from 'undici';
import {restorePem} from './pem.ts';
import {guardedLookup} from './private-address.ts';
import {type ChosenProxy, type HttpProxy, openProxies} from './proxies.ts';
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

const secureOptions = ({ca, cert, key}: Tls) => ({
  ...(ca !== undefined && {ca: [...getCACertificates('default'), restorePem(ca)]}),
  ...(cert !== undefined && {cert: restorePem(cert)}),
  ...(key !== undefined && {key: restorePem(key)}),
});

type Limits = Pick<Pool.Options, 'headersTimeout' | 'bodyTimeout' | 'maxHeaderSize'>;

type Undici = typeof import('./undici.ts');

const openProxyAgent = (
  {Pool: ConnectionPool, ProxyAgent}: Undici,
  {url, token}: ChosenProxy,
  {connect, limits}: {readonly connect: number; readonly limits: Limits},
  secure: object,
): Dispatcher =>
  new ProxyAgent({
    uri: url,
    ...(token !== undefined && {token}),
    ...limits,
    requestTls: secure,
    proxyTls: secure,
    // undici's default is five minutes each, for the proxy's response to CONNECT and for each part of a response.
    clientFactory: (origin, more) =>
      new ConnectionPool(origin, {...more, ...limits, headersTimeout: connect}),
    factory: (origin, more) => new ConnectionPool(origin, {...more, ...limits}),
  });

type Connecting = {
  /** The largest headers of a response. */
  readonly maxHeaderBytes: number;
  readonly tls: Tls;
  readonly proxy: HttpProxy | undefined;
  readonly judge: Reach['judge'];
};

type Way = {readonly dispatcher: Dispatcher; readonly proxy: ChosenProxy | undefined};

/**
 * Opens an agent when it is needed: loading undici takes 15 MB and 30 ms. A guarded one makes no connection to a private
 * address; one that a proxy makes is not seen here.
 */
export const openAgents = (
  timeouts: Timeouts,
  {tls, proxy: config, judge, maxHeaderBytes}: Connecting,
) => {
  const {connect, headers, idle} = timeouts;
  const limits = {headersTimeout: headers, bodyTimeout: idle, maxHeaderSize: maxHeaderBytes};
  const opened = new Map<string, Promise<Dispatcher>>();
  const once = (key: string, open: () => Promise<Dispatcher>): Promise<Dispatcher> => {
    const agent = opened.get(key) ?? open();
    opened.set(key, agent);
    return agent;
  };
  let loading: Promise<Undici> | undefined;
  const load = (): Promise<Undici> => {
    loading ??= import('./undici.ts');
    return loading;
  };
  const openDirect = async (lookup: object): Promise<Dispatcher> => {
    const {Agent} = await load();
    return new Agent({
      connect: {timeout: connect, ...lookup, ...secureOptions(tls)},
      ...limits,
    });
  };
  let proxies: ReturnType<typeof openProxies> | undefined;
  return {
    load,
    to: async (url: URL, isGuarded = false): Promise<Way> => {
      proxies ??= openProxies(config);
      const proxy = proxies(url);
      const dispatcher = await (proxy === undefined
        ? once(isGuarded ? 'guarded' : '', () =>
            openDirect(isGuarded ? {lookup: guardedLookup(judge)} : {}),
          )
        : once(`${proxy.url} ${proxy.token}`, async () =>
            openProxyAgent(
              await load(),
              proxy,
              {connect, limits},
              {timeout: connect, ...secureOptions(tls)},
            ),
          ));
      return {dispatcher, proxy};
    },
    // destroy, not close: the end of a run must not wait for a keep-alive or a half-read response.
    destroy: async (): Promise<void> => {
      // One that could not be opened must not keep the others open.
      await Promise.allSettled([...opened.values()].map(async (agent) => (await agent).destroy()));
    },
  };
};
