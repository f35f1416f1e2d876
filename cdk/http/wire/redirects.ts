// Redirects: https://www.rfc-editor.org/rfc/rfc9110#section-15.4
import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {describeRequest, describeUrl, type HttpRequest, type HttpResponse} from '../types.ts';
import {atOwnScheme, type CrossTo} from './crossing.ts';

const MAX_REDIRECTS = 5;

/** The code of redirects without an end. */
export const REDIRECT_LOOP = 'REDIRECT_LOOP';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Clients turn a POST into a GET without its body, which RFC 9110 allows for 301 and 302. The result would be another list:
 * the body holds its filters. So the redirect is the response.
 */
const wouldLoseBody = ({method}: HttpRequest, {status}: HttpResponse): boolean =>
  method === 'POST' && (status === 301 || status === 302);

/** The target of a redirect; undefined for other responses. */
const locationOf = (request: HttpRequest, response: HttpResponse): string | undefined =>
  REDIRECTS.has(response.status) && request.redirect !== 'refuse'
    ? response.headers['location']
    : undefined;

/** Says why a redirect was not followed, and what to do; undefined if it was, or if the response is not a redirect. */
export const unfollowed = (request: HttpRequest, response: HttpResponse): string | undefined => {
  const location = locationOf(request, response);
  if (location === undefined || !wouldLoseBody(request, response)) return undefined;
  const to = URL.parse(location, response.url.href);
  return `It redirects to ${to ? describeUrl(to) : 'a URL that cannot be read'}. That was not followed, because a POST would become a GET without its body there: use that URL, in the config or the source.`;
};

const targetOf = (request: HttpRequest, location: string, response: HttpResponse): URL => {
  const to = URL.parse(location, response.url.href);
  if (to !== null && /^https?:$/.test(to.protocol)) return to;
  throw new SystemError(
    `${describeRequest(request)} was redirected to "${excerpt(location)}", which is not the URL of an API. Report this to the API's owner.`,
  );
};

/** One from http to https is meant. */
const schemeOf = (to: URL, first: URL): URL =>
  first.protocol === 'https:' ? atOwnScheme(to, first) : to;

/** The response of this function to each response is the next request of the chain; undefined at its end. */
export const redirects = (first: HttpRequest, crossTo: CrossTo) => {
  const seen = new Set([`${first.method} ${first.url.href}`]);
  let crossed = false;
  return (request: HttpRequest, response: HttpResponse): HttpRequest | undefined => {
    const location = locationOf(request, response);
    if (location === undefined || wouldLoseBody(request, response)) return undefined;
    const to = schemeOf(targetOf(first, location, response), first.url);
    const {json: _json, form: _form, content: _content, ...withoutBody} = request;
    const next: HttpRequest = response.status === 303 ? {...withoutBody, method: 'GET'} : request;
    crossed ||= to.origin !== first.url.origin;
    const followed = crossed ? crossTo(next, to, first) : {...next, url: to};
    const key = `${followed.method} ${followed.url.href}`;
    if (seen.has(key) || seen.size > MAX_REDIRECTS) {
      throw new SystemError(
        `${describeRequest(first)} was redirected ${seen.has(key) ? 'in a circle, the last time to' : `more than ${MAX_REDIRECTS} times, the last time to`} ${describeUrl(to)}. Check the URL in the config; if it is right, report this to the API's owner.`,
        {cause: {code: REDIRECT_LOOP}},
      );
    }
    seen.add(key);
    return followed;
  };
};
