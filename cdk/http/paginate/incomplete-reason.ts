// Reasons why a list may continue although its last page names no next one.
import type {HttpRequest} from '../types.ts';
import type {FetchedPage} from './paginator.ts';

const SIZE =
  /^\$?((page_?)?(size|limit)|per_?page|count|max_?results|top|rows|first|take|page\[(size|limit)\])$/i;

/** The page sizes in the request, by the usual names of that parameter. */
export const requestedSizes = ({url, json = {}, form = {}}: HttpRequest): readonly number[] => {
  const parameters = [...url.searchParams, ...Object.entries(json), ...Object.entries(form)];
  const sizes = parameters.map(([name, value]) => (SIZE.test(name) ? Number(value) : 0));
  return sizes.filter((size) => size > 0);
};

/** True for a first page with fewer records than were requested. */
export const isShort = ({records, request}: FetchedPage): boolean => {
  const sizes = requestedSizes(request);
  return sizes.length > 0 && sizes.every((size) => records.length < size);
};

/** A page is full if it has as many records as the first one; the first, if it has as many as were requested. */
export const isFull = ({index, firstSize, records, request}: FetchedPage): boolean =>
  records.length > 0 &&
  (index > 0
    ? records.length >= firstSize
    : requestedSizes(request).some((size) => records.length >= size));

/** Usual page sizes: a page with exactly so many records is probably not the whole list. */
export const ROUND = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/** True for a first page of unknown size with as many records as a page usually has. */
export const isRound = ({index, records, request}: FetchedPage): boolean =>
  index === 0 && ROUND.has(records.length) && requestedSizes(request).length === 0;

/** For a list with a full last page. `reason` says why this page counts as the last. */
export const fullPageReason = (page: FetchedPage, reason: string): string | undefined =>
  isFull(page)
    ? `the last page is full (${page.records.length} records), but ${reason}`
    : undefined;

/** For a list whose last page is empty, but says that there is more. */
export const emptyPageReason = (
  {records}: FetchedPage,
  hasMore: boolean | undefined,
): string | undefined =>
  records.length === 0 && hasMore === true
    ? 'the page is empty, but the API says that there is more'
    : undefined;
