// Guards against lists that never end, and against lists that end too early unnoticed.
import {hash} from 'node:crypto';
import {SystemError} from '../../errors.ts';
import {printExact} from '../../json/exact.ts';
import {describeRequest, describeUrl, type HttpRequest} from '../types.ts';
import {isShort} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';

/** Identifies a request; all have the same headers. Hashed, because lists have many pages. */
const fingerprint = ({url, json, form}: HttpRequest): string => {
  const body = json ?? form;
  return hash('sha1', body === undefined ? url.href : `${url.href} ${printExact(body)}`, 'base64');
};

/** An API without new records may name the page itself as the next one. An empty page that does so is the last. */
export const leadsBack = ({records, request}: FetchedPage, next: HttpRequest): boolean =>
  records.length === 0 && fingerprint(next) === fingerprint(request);

/** Pagination that leads back to one of its pages would never end. */
export const assertNewRequest = (request: HttpRequest, seen: Set<string>): void => {
  const key = fingerprint(request);
  if (seen.has(key)) {
    throw new SystemError(
      `${describeUrl(request.url)}: pagination loops: the next page was already fetched. The records up to here were read. If the last of these pages is the end of the list, name what marks it: set \`more\` or \`last\` of the paginator, or \`stop\`. Else report this to the API's owner.`,
    );
  }
  seen.add(key);
};

export const assertBelowCap = (request: HttpRequest, index: number, maxPages: number): void => {
  if (index < maxPages) return;
  throw new SystemError(
    `${describeRequest(request)}: ${maxPages} pages were read, and there is another one. If the list is that long, raise \`maxPages\` or read it in slices; else check \`next\`.`,
  );
};

/** True if the pages have all records that the API counts. */
export const isWhole = ({seen, counted}: FetchedPage): boolean =>
  counted !== undefined && seen >= counted;

/**
 * A server that does not know the page parameter sends its first page again and again. Others do so only for a list of one
 * page, which is certain if they count its records. Without a count or another sign of a next page it is only likely, if the
 * page is shorter than requested.
 */
export const assertKnownParameter = (
  request: HttpRequest,
  before: FetchedPage,
  isTried: boolean,
): void => {
  if (before.index > 0 || isWhole(before)) return;
  if (before.counted === undefined && isTried && isShort(before)) return;
  throw new SystemError(
    `${describeRequest(request)}: the server sent the same page again (page ${before.index + 2}, ${before.records.length} records). It may not know the parameter that \`next\` sets: check its name. The records up to here were read.`,
  );
};

/** For a server that may send its last page for any later one. */
export const repeatReason = (index: number, count: number): string =>
  `the server sent an earlier page again (page ${index + 1}, ${count} records), and the list was ended there`;

/** The message for a list whose pages have fewer records than the API counts. */
const missing = ({seen, counted}: FetchedPage): string | undefined =>
  counted === undefined || seen >= counted
    ? undefined
    : `the API counts ${counted} records, but its pages have ${seen}: some may be missing. If the records did not change during the read, check \`next\` and \`total\``;

/** The message for a list whose pages have more records than the API counts; then no record is missing. */
const surplus = ({seen, counted}: FetchedPage): string | undefined =>
  counted === undefined || seen <= counted
    ? undefined
    : `the API counts ${counted} records, but its pages have ${seen}: some may be duplicates, or the API's count is capped`;

export type EndCheck = {
  /** `fail`: a list that may be incomplete is an error. */
  readonly incomplete: 'warn' | 'fail';
  readonly warn: (message: string) => void;
};

/** Reports why the list may be incomplete although this is its last page. Returns the reason. */
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
  const warning = fault ?? surplus(page);
  if (warning !== undefined) warn(`${where}: ${warning}.`);
  return fault;
};

/** Reports the first page that has a truncated list in it. */
export const truncationCheck = <R extends object>(
  truncatedIn: Paginator<R>['truncatedIn'],
  {incomplete, warn}: EndCheck,
): ((page: FetchedPage<R>) => void) => {
  let reported = false;
  return (page) => {
    const found = reported ? undefined : truncatedIn?.(page);
    if (found === undefined) return;
    const message = `${describeRequest(page.request)}: ${found}. Records may be missing.`;
    if (incomplete === 'fail') throw new SystemError(message);
    reported = true;
    warn(message);
  };
};
