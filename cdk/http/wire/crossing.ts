// Requests that leave their origin, by a redirect or a link. No credential may go along: not in a header, a query, a path or
// a body.
import {ConfigError} from '../../errors.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {isSameHost, type Reach, type Way} from './reach.ts';
import {hasBody} from './request-body.ts';

/** Returns true if a string contains a known secret, in any encoding. */
export type HoldsSecret = (text: string) => boolean;

/** The only headers that go to another origin. Any other might be a credential. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

const isHarmless = (header: string): boolean => HARMLESS.has(header);

/** Parameters whose whole name says that they hold a credential: `api_key`, `X-Auth-Token`, `sig`. Not `author`, not `page_token`. */
const CREDENTIAL =
  /^(x[-_])?((access|api|app|auth|client|private|refresh|secret|session|user)[-_]?)?(key|token|secret|passw(or)?d|pwd|sig|signature|auth|authorization|credentials?|sid)$/i;

export const namesCredential = (parameter: string): boolean => CREDENTIAL.test(parameter);

/** A value in a link may be encoded more than once: `?return_to=https%3A%2F%2F…%253D…`. */
const decodings = (text: string): readonly string[] => {
  const found = [text];
  for (let depth = 0; depth < 3; depth += 1) {
    try {
      const decoded = decodeURIComponent(found.at(-1) ?? '');
      if (decoded === found.at(-1)) break;
      found.push(decoded);
    } catch {
      break;
    }
  }
  return found;
};

/**
 * The URL at the base's own origin, if only the scheme differs: an API after a proxy that ends TLS does not know its own
 * scheme, and builds `http://` links.
 */
export const atOwnScheme = (to: URL, base: URL): URL => {
  if (to.protocol === base.protocol || !isSameHost(to, base)) return to;
  return new URL(`${to.pathname}${to.search}`, base.origin);
};

const refuse = (request: HttpRequest, to: URL, way: Way, part: string): ConfigError =>
  new ConfigError(
    `${describeRequest(request)} ${way} ${to.origin}, another origin, ${part}. Nothing was sent there, because credentials are for ${request.url.origin} only. If the API has moved, set its new URL in the config.`,
  );

/** The first parameter of the request that looks like a credential, and whose value the target repeats. */
const repeated = ({url}: HttpRequest, to: URL): string | undefined => {
  const target = decodings(`${to.pathname}${to.search}`);
  for (const [name, value] of url.searchParams) {
    if (value === '' || !namesCredential(name)) continue;
    // A short value may be anywhere by chance.
    const isThere =
      to.searchParams.getAll(name).includes(value) ||
      (value.length >= 8 && target.some((text) => text.includes(value)));
    if (isThere) return name;
  }
  return undefined;
};

/**
 * The URL without the parameters that hold a known secret. Throws if a credential remains in it, since only parameters can
 * be left out.
 */
const withoutSecrets = (
  request: HttpRequest,
  to: URL,
  {way, holdsSecret}: {way: Way; holdsSecret: HoldsSecret},
): URL => {
  const holds = (text: string): boolean => decodings(text).some(holdsSecret);
  if (holds(to.pathname)) throw refuse(request, to, way, 'with a credential in its path');
  const cleaned = new URL(to);
  for (const [name, value] of to.searchParams) {
    if (holds(value) || holds(name)) cleaned.searchParams.delete(name);
  }
  const left = repeated(request, cleaned);
  if (left !== undefined) {
    throw refuse(request, to, way, `with the value of "${left}", which may be a credential`);
  }
  // Unchanged, so that a signature over the query stays valid.
  return [...cleaned.searchParams].length === [...to.searchParams].length ? to : cleaned;
};

export type Crossing = {
  readonly reach: Reach;
  readonly holdsSecret: HoldsSecret;
  /** True if the source has credentials that do not go along. */
  readonly hasAuth?: boolean;
};

/**
 * The request for a URL at another origin. Nothing goes along that might be a credential.
 * @param first the request that began the chain of redirects; messages name it
 */
const cross = (
  request: HttpRequest,
  to: URL,
  {reach, holdsSecret, way, first}: Crossing & {way: Way; first: HttpRequest},
): HttpRequest => {
  reach.assertLink({...first, url: request.url}, to, way);
  if (hasBody(request)) throw refuse(first, to, way, 'with the body of the request');
  const {sign: _sign, ...unsigned} = request;
  const headers = Object.entries(request.headers).filter(([name]) => isHarmless(name));
  return {
    ...unsigned,
    url: withoutSecrets(first, to, {way, holdsSecret}),
    headers: Object.fromEntries(headers),
    linked: true,
  };
};

export type CrossTo = (request: HttpRequest, to: URL, first: HttpRequest) => HttpRequest;

/**
 * The request for a redirect to another origin. A redirect to https at its own host, which is the API itself, is only followed if
 * there are no credentials: without them the API might respond with less than all records.
 */
export const crossByRedirect =
  (crossing: Crossing): CrossTo =>
  (request, to, first) => {
    if (crossing.hasAuth && to.protocol === 'https:' && isSameHost(to, first.url)) {
      throw refuse(first, to, 'was redirected to', 'where it would have no credentials');
    }
    return cross(request, to, {...crossing, way: 'was redirected to', first});
  };

/** The request for a link in a response, such as one to the next page. */
export type Follow = (request: HttpRequest, to: URL) => HttpRequest;

/**
 * A link to another origin takes no credential along.
 * @param base the URL of the API; a link to another scheme of its host means the API
 * @param getsCredentials true for the origins that get them
 */
export const followLinks =
  (
    base: URL | undefined,
    getsCredentials: (origin: string) => boolean,
    crossing: Crossing,
  ): Follow =>
  (request, target) => {
    const to = base === undefined ? new URL(target) : atOwnScheme(new URL(target), base);
    if (to.origin === request.url.origin || getsCredentials(to.origin))
      return {...request, url: to};
    return cross(request, to, {...crossing, way: 'continues at', first: request});
  };
