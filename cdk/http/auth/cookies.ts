// Keeps the cookies of one session: https://www.rfc-editor.org/rfc/rfc6265
import type {HttpResponse} from '../types.ts';

type Cookie = {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Set for this host alone, and not for those under it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  /** Only for https. */
  readonly isSecure: boolean;
  /** When it was set, and when it expires, in epoch milliseconds. */
  readonly since: number;
  readonly expires: number;
};

export type CookieJar = {
  /**
   * Keeps what a response sets, and drops what it deletes. Returns the new values.
   * @param isFull no new value is kept
   */
  readonly take: (response: HttpResponse, isFull?: boolean) => readonly string[];
  /** The `cookie` header for a URL; empty if there is no cookie for it. */
  readonly headerFor: (url: URL) => string;
  readonly find: (name: string) => Cookie | undefined;
  /** The value of each cookie by its name. */
  readonly values: () => Readonly<Record<string, string>>;
};

const pairOf = (part: string): readonly [string, string] => {
  const at = part.indexOf('=');
  return at < 0 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
};

/** `Max-Age` counts more than `Expires`. Without either, or with one that can't be read, a cookie lasts as long as the session. */
const expiryOf = (attributes: ReadonlyMap<string, string>, now: number): number => {
  const age = attributes.get('max-age') ?? '';
  if (/^-?\d{1,12}$/.test(age)) return now + Number(age) * 1_000;
  const date = Date.parse((attributes.get('expires') ?? '').slice(0, 60));
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : date;
};

const isUnder = (host: string, domain: string): boolean =>
  host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(host));

/** Undefined if the line has no name, or if the cookie is for a domain that the host is not part of. */
const parseCookie = (line: string, url: URL, now: number): Cookie | undefined => {
  const [first = '', ...rest] = line.split(';');
  const [name, value] = pairOf(first);
  const attributes = new Map(
    rest.map((part) => pairOf(part)).map(([key, text]) => [key.toLowerCase(), text]),
  );
  const given = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  const domain = given || url.hostname;
  if (name === '' || !first.includes('=') || !isUnder(url.hostname, domain)) return undefined;
  const path = attributes.get('path') ?? '';
  return {
    name,
    value,
    domain,
    isHostOnly: given === '',
    // The standard limits a cookie without a path to the folder of the login, where the API is not.
    path: path.startsWith('/') ? path : '/',
    // Set over http, it is for http: a server after a proxy that ends TLS does not know its own scheme.
    isSecure: attributes.has('secure') && url.protocol === 'https:',
    since: now,
    expires: expiryOf(attributes, now),
  };
};

const isForPath = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

const isFor = ({domain, isHostOnly, path, isSecure}: Cookie, url: URL): boolean =>
  (isHostOnly ? url.hostname === domain : isUnder(url.hostname, domain)) &&
  isForPath(url.pathname, path) &&
  !(isSecure && url.protocol !== 'https:');

/** As many as browsers keep for a host. */
const MOST_COOKIES = 180;

export const openCookieJar = (now: () => number): CookieJar => {
  const held = new Map<string, Cookie>();
  const current = (): readonly Cookie[] =>
    [...held.values()].filter(({expires}) => expires > now());
  return {
    take: ({setCookies = [], url}, isFull = false) =>
      setCookies.flatMap((line) => {
        const cookie = parseCookie(line, url, now());
        if (cookie === undefined) return [];
        const key = `${cookie.name};${cookie.domain};${cookie.path}`;
        const before = held.get(key);
        if (cookie.expires <= now()) {
          held.delete(key);
          return [];
        }
        const isNew = before?.value !== cookie.value;
        if (isNew && (isFull || (!before && held.size >= MOST_COOKIES))) return [];
        held.set(key, cookie);
        return isNew ? [cookie.value] : [];
      }),
    headerFor: (url) =>
      current()
        .filter((cookie) => isFor(cookie, url))
        .toSorted((one, other) => other.path.length - one.path.length)
        .map(({name, value}) => `${name}=${value}`)
        .join('; '),
    find: (name) => current().find((cookie) => cookie.name === name && cookie.value !== ''),
    values: () => Object.fromEntries(current().map(({name, value}) => [name, value])),
  };
};
