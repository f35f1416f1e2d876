// What holds the connections: to the API itself, or through the proxy that the environment names.
import {getCACertificates} from 'node:tls';
import type {Timeouts} from './transport.ts';

/** Certificates and keys in PEM. */
export type Tls = {
  /** Authorities to trust besides the usual ones. */
  readonly ca?: string;
  /** What this client shows to a server that asks for it. */
  readonly cert?: string;
  readonly key?: string;
};

/** As curl reads them: of HTTP_PROXY only the lower-case form is safe where a program answers web requests; this one does not. */
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

const isProxied = (): boolean => PROXY_VARIABLES.some((name) => (process.env[name] ?? '') !== '');

const secureOptions = ({ca, cert, key}: Tls) => ({
  ...(ca !== undefined && {ca: [...getCACertificates('default'), ca]}),
  ...(cert !== undefined && {cert}),
  ...(key !== undefined && {key}),
});

/** undici takes 30 MB and a tenth of a second to load: a source that sends nothing never does. */
export const openAgent = async ({connect, headers, idle}: Timeouts, tls: Tls) => {
  const {Agent, EnvHttpProxyAgent, interceptors, request} = await import('undici');
  const secure = {timeout: connect, ...secureOptions(tls)};
  const options = {connect: secure, headersTimeout: headers, bodyTimeout: idle};
  return {
    agent: isProxied()
      ? new EnvHttpProxyAgent({...options, requestTls: secure, proxyTls: secure})
      : new Agent(options),
    interceptors,
    request,
  };
};
