// Finds the proxy for a URL, in the config or the environment: https://curl.se/docs/manpage.html#ENVIRONMENT
import {BlockList, isIP} from 'node:net';
import {ConfigError} from '../../errors.ts';
import {portOf} from './reach.ts';

/** A proxy from the source's config. It replaces the proxy of the environment. */
export type HttpProxy = {
  /** `http://proxy.example.com:3128`, with `user:password@` before the host if the proxy requires it. */
  readonly url: string;
  /** Hosts to reach without the proxy, separated by commas: `localhost,.internal.example.com,10.0.0.0/8`. */
  readonly except?: string;
};

export type ChosenProxy = {
  /** Without user and password. */
  readonly url: string;
  /** The value of `Proxy-Authorization`. */
  readonly token?: string;
  /** For messages: `the proxy http://proxy.example.com:3128 (HTTPS_PROXY)`. */
  readonly name: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Unlike curl, HTTP_PROXY in capitals counts too: it is only unsafe in a CGI program, where a client's header can set it. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  // A proxy for http alone has always been used for https as well.
  'https:': [
    ...['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
    ...['http_proxy', 'HTTP_PROXY'],
  ],
};

type Setting = {
  /** `HTTPS_PROXY in the environment`. */
  readonly where: string;
  readonly value: string;
};

const settingIn = (env: Environment, names: readonly string[]): Setting | undefined => {
  for (const name of names) {
    const value = env[name]?.trim();
    if (value) return {where: `${name} in the environment`, value};
  }
  return undefined;
};

const inConfig = (value: string): Setting => ({
  where: 'the proxy in the config',
  value: value.trim(),
});

/** As with curl, `proxy.example.com:3128` means http. */
const urlOf = ({value}: Setting): URL | null =>
  URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The value is never shown: it may hold a password. */
const refuse = ({where}: Setting, why: string): ConfigError =>
  new ConfigError(
    `${where.replace(/^the/, 'The')} ${why}: it should look like http://proxy.example.com:3128, or http://user:password@proxy.example.com:3128 with special characters of the password in percent-encoding.`,
  );

const parse = (setting: Setting): ChosenProxy => {
  const url = urlOf(setting);
  if (url === null || url.hostname === '') throw refuse(setting, 'is not the URL of a proxy');
  const {protocol, username, password, origin, pathname} = url;
  if (protocol.startsWith('socks')) {
    throw refuse(
      setting,
      `is a SOCKS proxy (${protocol}//), which can't be used here. Set an HTTP proxy`,
    );
  }
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw refuse(setting, 'is not the URL of an HTTP proxy');
  }
  if (pathname.endsWith('.pac')) {
    throw refuse(setting, "is the URL of a script that chooses proxies, which can't be used here");
  }
  const credentials = `${decode(username)}:${decode(password)}`;
  return {
    url: origin,
    name: `the proxy ${origin} (${setting.where.replace(/ in the environment$|^the proxy in the /g, '')})`,
    ...(credentials !== ':' && {
      token: `Basic ${Buffer.from(credentials).toString('base64')}`,
    }),
  };
};

/** The secrets in the URLs of all proxies: the password in both encodings, and the header. */
export const proxySecrets = (
  proxy: HttpProxy | undefined,
  env: Environment = process.env,
): readonly string[] => {
  const values =
    proxy === undefined
      ? Object.values(VARIABLES)
          .flat()
          .map((name) => env[name] ?? '')
      : [proxy.url];
  const secrets = values.flatMap((value) => {
    const url = urlOf({where: '', value: value.trim()});
    const {username = '', password = ''} = url ?? {};
    if (password === '') return [];
    const plain = decode(password);
    return [password, plain, Buffer.from(`${decode(username)}:${plain}`).toString('base64')];
  });
  return [...new Set(secrets)];
};

type Matches = (host: string, port: string) => boolean;

const rangeOf = (entry: string, setting: Setting): Matches => {
  const [address = '', prefix = ''] = entry.split('/');
  const family = isIP(address.replace(/^\[|\]$/g, ''));
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (family === 0 || !(bits <= (family === 4 ? 32 : 128))) {
    throw new ConfigError(
      `${setting.where} has "${entry}", which is neither a host nor a range of addresses. It should look like localhost,.example.com,10.0.0.0/8.`,
    );
  }
  const list = new BlockList();
  list.addSubnet(address.replace(/^\[|\]$/g, ''), bits, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) > 0 && list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
};

/** `example.com` and `.example.com` match the host and its subdomains, `*.example.com` only those; each may have a port. */
const exceptionOf = (entry: string, setting: Setting): Matches => {
  if (entry.includes('/')) return rangeOf(entry, setting);
  const [, bracketed, plain = entry, only] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const isWildcard = plain.startsWith('*') && bracketed === undefined;
  const name = (bracketed ?? plain).replace(/^\*?\.|\.$/g, '').toLowerCase();
  const canonical = isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
  return (host, port) => {
    if (only !== undefined && only !== port) return false;
    if (name === '*') return true;
    return (!isWildcard && host === canonical) || (isIP(host) === 0 && host.endsWith(`.${name}`));
  };
};

const exceptionsOf = (setting: Setting | undefined): Matches => {
  const matchers = (setting?.value ?? '')
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .map((entry) => exceptionOf(entry, setting ?? {where: '', value: ''}));
  return (host, port) => matchers.some((matches) => matches(host, port));
};

/** Returns the proxy of a URL; undefined if it is reached directly. Throws if the proxy can't be used. */
export const openProxies = (
  config: HttpProxy | undefined,
  env: Environment = process.env,
): ((url: URL) => ChosenProxy | undefined) => {
  const excepted = exceptionsOf(
    config === undefined
      ? settingIn(env, ['no_proxy', 'NO_PROXY'])
      : {where: '`except` of the proxy', value: config.except ?? ''},
  );
  return (url) => {
    const setting =
      config === undefined ? settingIn(env, VARIABLES[url.protocol] ?? []) : inConfig(config.url);
    if (setting === undefined) return undefined;
    const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
    return excepted(host, portOf(url)) ? undefined : parse(setting);
  };
};
