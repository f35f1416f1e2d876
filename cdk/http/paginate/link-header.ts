// Follows the Link header. A form of it that is not understood may be a list cut short, so it is reported.
import {SystemError} from '../../errors.ts';
import {describeRequest, type HttpResponse} from '../types.ts';
import {fullPageReason} from './incomplete-reason.ts';
import {type LinkValue, parseLinkHeader} from './link-values.ts';
import type {FetchedPage, Paginator} from './paginator.ts';

type Response = Pick<HttpResponse, 'headers' | 'url'>;

/** A registered relation may be written as a URI: https://www.iana.org/assignments/link-relations */
const REGISTERED = /^https?:\/\/(?:www\.)?iana\.org\/assignments\/(?:link-)?relations?\/(?=[^/]+$)/;

const isOf = ({relations}: LinkValue, wanted: readonly string[]): boolean =>
  relations.some((one) => wanted.includes(one.replace(REGISTERED, '')));

/** A link of another resource has an `anchor` (RFC 8288 §3.2). */
const isOfThisPage = ({parameters}: LinkValue, url: URL): boolean => {
  const anchor = parameters.get('anchor');
  if (anchor === undefined) return true;
  const context = URL.parse(anchor, url.href);
  return context?.origin === url.origin && context.pathname === url.pathname;
};

/** Sentry names the next page on the last one too: https://docs.sentry.io/api/pagination/ */
const hasResults = ({parameters}: LinkValue): boolean =>
  parameters.get('results')?.toLowerCase() !== 'false';

const linkOf = ({headers, url}: Response, wanted: readonly string[]): LinkValue | undefined =>
  parseLinkHeader(headers['link'] ?? '').links.find(
    (link) => isOf(link, wanted) && isOfThisPage(link, url),
  );

/** True if the header has a link with one of these relations. */
export const hasLink = (response: Response, ...wanted: readonly string[]): boolean =>
  linkOf(response, wanted) !== undefined;

const MAX_SHOWN = 200;

const NEXT_WORD = /(?:^|[^\w-])next(?![\w-])/i;

/** Says that the header seems to name a next page that cannot be followed; undefined if it does not. */
export const doubtfulNext = ({response}: Pick<FetchedPage, 'response'>): string | undefined => {
  const header = response.headers['link'] ?? '';
  if (linkOf(response, ['next']) !== undefined) return undefined;
  const {links, rest} = parseLinkHeader(header);
  const isElsewhere = links.some((link) => isOf(link, ['next']));
  if (!isElsewhere && !NEXT_WORD.test(rest)) return undefined;
  const shown = JSON.stringify(header.slice(0, MAX_SHOWN));
  return `the Link header has the word "next" in a form that is not understood: ${shown}${header.length > MAX_SHOWN ? '…' : ''}`;
};

/** Follows the `Link` header's `rel="next"` (RFC 8288) unchanged. A relative target is resolved. */
export const linkHeader = (): Paginator => ({
  next: ({request, response}) => {
    const link = linkOf(response, ['next']);
    if (link === undefined || link.target === '' || !hasResults(link)) return undefined;
    const url = URL.parse(link.target, response.url.href);
    if (url?.protocol === 'https:' || url?.protocol === 'http:') return {url};
    throw new SystemError(
      `${describeRequest(request)}: the Link header's next page should be a URL, but is ${JSON.stringify(link.target.slice(0, MAX_SHOWN))}. Report this to the API's owner.`,
    );
  },
  // The last of several pages still links to the others. Without any header, a proxy may have dropped it.
  incompleteReason: (page) =>
    page.response.headers['link'] === undefined
      ? fullPageReason(page, 'the response has no Link header')
      : doubtfulNext(page),
});
