// What keeps a list from running for ever, and from ending too early without a word.
import {hash} from 'node:crypto';
import {SystemError} from '../../errors.ts';
import {printExact} from '../../json/exact.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import type {FetchedPage, Paginator} from './paginator.ts';

/** Tells requests apart; the headers are the same in all of them. Hashed, since lists have many pages. */
const fingerprint = ({url, json, form}: HttpRequest): string => {
  const body = json ?? form;
  return hash('sha1', body === undefined ? url.href : `${url.href} ${printExact(body)}`, 'base64');
};

/** A paging that leads back to one of its pages would keep a run going for ever. */
export const assertNewRequest = (request: HttpRequest, seen: Set<string>): void => {
  const key = fingerprint(request);
  if (seen.has(key)) {
    const {origin, pathname} = request.url;
    throw new SystemError(
      `${origin}${pathname}: the page that follows was fetched before, so its paging runs in a circle. The records up to here were read; report this to the API's owner.`,
    );
  }
  seen.add(key);
};

export const assertBelowCap = (request: HttpRequest, index: number, maxPages: number): void => {
  if (index < maxPages) return;
  throw new SystemError(
    `${describeRequest(request)}: ${maxPages} pages were read, and another follows. If the list is that long, raise \`maxPages\` or read it in slices; else check \`next\`.`,
  );
};

/** A server that does not know the parameter it is paged by sends its first page again and again. */
export const assertNewContent = (
  request: HttpRequest,
  {body}: HttpResponse,
  before: FetchedPage | undefined,
): void => {
  if (before === undefined || before.records.length === 0) return;
  if (!before.response.body.equals(body)) return;
  throw new SystemError(
    `${describeRequest(request)}: the server sends the same page again (page ${before.index + 2}, ${before.records.length} records). It may not know the parameter that \`next\` sets: check its name. The records up to here were read.`,
  );
};

/** The words for a list that names more records than its pages held. */
const missing = ({seen, counted}: FetchedPage): string | undefined =>
  counted === undefined || seen >= counted
    ? undefined
    : `the API counts ${counted} records, but its pages held ${seen}: some may be missing. If they did not just change, check \`next\` and \`total\``;

/** The words for a list that names fewer records than its pages held; none of them is missing then. */
const surplus = ({seen, counted}: FetchedPage): string | undefined =>
  counted === undefined || seen <= counted
    ? undefined
    : `the API counts ${counted} records, but its pages held ${seen}: some may have come twice, or its count is capped`;

export type EndCheck = {
  /** `fail`: an end that is not proven is an error. */
  readonly incomplete: 'warn' | 'fail';
  readonly warn: (message: string) => void;
};

/** Says what speaks against the end behind this page. */
export const checkEnd = <R extends object>(
  page: FetchedPage<R>,
  incompleteReason: Paginator<R>['incompleteReason'],
  {incomplete, warn}: EndCheck,
): string | undefined => {
  const uncertain = incompleteReason?.(page);
  const fault =
    missing(page) ??
    (uncertain &&
      `${uncertain}, so records may be missing. Check \`next\` against the API's documentation`);
  const where = describeRequest(page.request);
  if (fault !== undefined && incomplete === 'fail') throw new SystemError(`${where}: ${fault}.`);
  const said = fault ?? surplus(page);
  if (said !== undefined) warn(`${where}: ${said}.`);
  return fault;
};

/** Says what the pages of a list leave out themselves, the first time that one does. */
export const truncationCheck = <R extends object>(
  truncatedIn: Paginator<R>['truncatedIn'],
  {incomplete, warn}: EndCheck,
): ((page: FetchedPage<R>) => void) => {
  let told = false;
  return (page) => {
    const found = told ? undefined : truncatedIn?.(page);
    if (found === undefined) return;
    const said = `${describeRequest(page.request)}: ${found}. Records may be missing.`;
    if (incomplete === 'fail') throw new SystemError(said);
    told = true;
    warn(said);
  };
};
