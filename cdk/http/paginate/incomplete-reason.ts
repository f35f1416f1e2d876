// Why a list may go on although no next page is named.

import {type FieldLocation, flagAt} from './field-location.ts';
import type {FetchedPage} from './paginator.ts';

const SIZE =
  /^\$?((page_?)?(size|limit)|per_?page|count|max_?results|top|rows|first|take|page\[(size|limit)\])$/i;

/** The page sizes that the request names, by the words that APIs use for them. */
export const requestedSizes = ({
  url,
  json = {},
  form = {},
}: FetchedPage['request']): readonly number[] =>
  [...url.searchParams, ...Object.entries(json), ...Object.entries(form)].flatMap(
    ([name, value]) => {
      const size = SIZE.test(name) ? Number(value) : 0;
      return size > 0 ? [size] : [];
    },
  );

/** Whether a page holds as many records as the one before it did, or, as the first, as were asked for. */
const isFull = ({index, firstSize, records, request}: FetchedPage): boolean =>
  records.length > 0 &&
  (index > 0
    ? records.length >= firstSize
    : requestedSizes(request).some((size) => records.length >= size));

/** Why a list with a full last page may be incomplete. `reason`: why this page counts as the last one. */
export const fullPageReason = (page: FetchedPage, reason: string): string | undefined =>
  isFull(page)
    ? `the last page is a full one (${page.records.length} records), but ${reason}`
    : undefined;

/** Why a list may be incomplete whose last page is empty, but has a has-more flag. */
export const emptyPageReason = (
  page: FetchedPage,
  more: FieldLocation | undefined,
): string | undefined =>
  page.records.length === 0 && flagAt(page, more) === true
    ? 'the page is empty, but the API says that there is more'
    : undefined;
