// The hosts that a source sends requests to.
import {domainToASCII} from 'node:url';
import {ConfigError, SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {isLinkLocal, isPrivateHost, leadsToPrivate} from './private-address.ts';

/** The verb of messages: `was redirected to`, `continues at`. */
export type Way = 'was redirected to' | 'continues at';

type Entry = {
  readonly scheme: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
};

const ENTRY =
  /^(?:(https?):\/\/)?(\*|(?:\*\.)?[^\s/:*?#@[\]]+|\[[\da-f:.]+\]|[\da-f]*:[\da-f:.]+)(?::(\d+))?$/i;

/** `api.example.com`, `*.example.com`, `*`; each with a scheme and a port, or without. */
const parse = (entry: string): Entry => {
  const [, scheme, name = '', port] = ENTRY.exec(entry) ?? [];
  const isWildcard = name.startsWith('*');
  const host = isWildcard
    ? `*${domainToASCII(name.slice(1).replace(/^\./, '')).replace(/^(?=.)/, '.')}`
    : URL.parse(`http://${/^[^[].*:/.test(name) ? `[${name}]` : name}`)?.hostname;
  if (name === '' || !host || (isWildcard && name !== '*' && host === '*')) {
    throw new SystemError(
      `\`allowedHosts\` has "${entry}", which is not a host. It should look like files.example.com, *.example.com, files.example.com:8443 or http://files.example.com.`,
    );
  }
  return {scheme: scheme && `${scheme.toLowerCase()}:`, host, port};
};

const DEFAULT_PORT: Readonly<Record<string, string>> = {'http:': '80', 'https:': '443'};

export const portOf = ({protocol, port}: URL): string => port || (DEFAULT_PORT[protocol] ?? '');

/** The base's port, or none: proxies pass on the port that they were reached at, or leave it out. */
const isSamePort = (to: URL, base: URL): boolean => to.port === '' || to.port === portOf(base);

/** The same host at its own port, by whatever scheme. */
export const isSameHost = (to: URL, base: URL): boolean =>
  to.hostname === base.hostname && isSamePort(to, base);

/** @param from where the link comes from: one from https to http must name its scheme */
const matches = ({scheme, host, port}: Entry, to: URL, from?: URL): boolean => {
  const isDowngrade = from?.protocol === 'https:' && to.protocol === 'http:';
  if (scheme === undefined ? isDowngrade : scheme !== to.protocol) return false;
  if (port !== undefined && port !== portOf(to)) return false;
  return host.startsWith('*') ? to.hostname.endsWith(host.slice(1)) : host === to.hostname;
};

/** The entry of the list that allows a link. */
const entryFor = (to: URL, from: URL): string =>
  from.protocol === 'https:' && to.protocol === 'http:' ? to.origin : to.host;

/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const LONGEST_NAME = 253;

export type Reach = {
  /** Throws for a request to a host that is not on the list. Without a list the author's own requests may go anywhere. */
  readonly assertAllowed: (url: URL) => void;
  /** Throws for a link to another origin that is not on the list. */
  readonly assertLink: (request: HttpRequest, to: URL, way: Way) => void;
  /** True if the URL may be the server's choice, so that the request must not get to a private address. */
  readonly isGuarded: (request: HttpRequest) => boolean;
  /** Throws for a guarded URL whose host is private by its name. */
  readonly assertPublic: (url: URL) => Promise<void>;
  /** The error for an address that a guarded request must not get to; undefined if the API itself is in a private network. */
  readonly judge: (hostname: string, address: string) => Promise<Error | undefined>;
};

export type ReachOptions = {
  readonly baseUrl?: string;
  readonly authOrigins?: readonly string[];
  readonly allowedHosts?: readonly string[];
};

/** The base and the origins that get the credentials are always allowed. */
export const openReach = ({baseUrl, authOrigins = [], allowedHosts}: ReachOptions): Reach => {
  const entries = allowedHosts?.map(parse) ?? [];
  const base = baseUrl === undefined ? undefined : new URL(baseUrl);
  const own = [...(base ? [base] : []), ...authOrigins.map((origin) => new URL(origin))];
  const isOwn = (url: URL): boolean => own.some(({origin}) => origin === url.origin);
  const isListed = (to: URL, from?: URL): boolean =>
    entries.some((entry) => matches(entry, to, from));
  /** By an entry of its own, not by a wildcard. */
  const isNamed = (to: URL): boolean =>
    entries.some((entry) => !entry.host.startsWith('*') && matches(entry, to));
  const isUpgrade = (to: URL, from: URL): boolean =>
    from.protocol === 'http:' && to.protocol === 'https:' && isSameHost(to, from);

  const judge: Reach['judge'] = async (hostname, address) => {
    const at = URL.parse(`http://${address.includes(':') ? `[${address}]` : address}`)?.hostname;
    if (entries.some(({host}) => host === at)) return undefined;
    const isLocal = isLinkLocal(address);
    if (!isLocal && base && (await leadsToPrivate(base.hostname))) return undefined;
    const why = isLocal
      ? 'link-local, as those of metadata services are'
      : `in a private network, but ${base?.origin ?? 'the server that links there'} is public`;
    const what =
      hostname === address ? `${hostname} is` : `${hostname} has the address ${address}, which is`;
    return new ConfigError(
      `${what} ${why}, so nothing was sent there. If the source should reach it, list '${address}' in \`allowedHosts\`.`,
    );
  };

  return {
    assertAllowed: (url) => {
      if (url.hostname.length > LONGEST_NAME) {
        throw new SystemError(
          `The name of the host ${excerpt(url.hostname)} has ${url.hostname.length} characters, but no name has more than ${LONGEST_NAME}, so nothing was sent there. Report this to the API's owner.`,
        );
      }
      if (allowedHosts === undefined || isOwn(url) || isListed(url)) return;
      const hosts = [...allowedHosts, ...own.map(({host}) => host)];
      throw new SystemError(
        `${url.origin} is not among the hosts that this source may reach (${hosts.join(', ')}), so nothing was sent there. If it should be, add it to \`allowedHosts\`.`,
      );
    },
    assertLink: (request, to, way) => {
      const {url: from} = request;
      if (to.origin === from.origin || isOwn(to) || isListed(to, from) || isUpgrade(to, from))
        return;
      const allow = `\`allowedHosts: ['${excerpt(entryFor(to, from))}']\` for requests without credentials`;
      const authorize = `, \`authOrigins: ['${excerpt(to.origin)}']\` for requests with them`;
      throw new ConfigError(
        `${describeRequest(request)} ${way} ${excerpt(to.origin)}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: ${allow}${way === 'continues at' ? authorize : ''}.`,
      );
    },
    isGuarded: ({url, linked, redirect}) => {
      const isForeign = base !== undefined && redirect !== 'refuse';
      return (linked || isForeign) && !isOwn(url) && !(isPrivateHost(url.hostname) && isNamed(url));
    },
    assertPublic: async ({hostname}) => {
      if (!isPrivateHost(hostname)) return;
      const host = hostname.replace(/^\[|\]$/g, '');
      const refused = await judge(host, host);
      if (refused) throw refused;
    },
    judge,
  };
};
