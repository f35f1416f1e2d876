// Why a list may go on although no next page is named.

import {flagAt, type Place} from './field-location.ts';
import type {FetchedPage} from './paginator.ts';

const SIZE =
  /^\$?((page_?)?(size|limit)|per_?page|count|max_?results|top|rows|first|take|page\[(size|limit)\])$/i;

/** The page sizes that the request names, by the words that APIs use for them. */
export const askedSizes = ({url, json = {}}: FetchedPage['request']): readonly number[] =>
  [...url.searchParams, ...Object.entries(json)].flatMap(([name, value]) => {
    const size = SIZE.test(name) ? Number(value) : 0;
    return size > 0 ? [size] : [];
  });

/** Whether a page holds as many records as the one before it did, or, as the first, as were asked for. */
const isFull = ({index, firstSize, records, request}: FetchedPage): boolean =>
  records.length > 0 &&
  (index > 0
    ? records.length >= firstSize
    : askedSizes(request).some((size) => records.length >= size));

/** The doubt about a last page that is full, with the reason why it counts as the last. */
export const fullPageDoubt = (page: FetchedPage, reason: string): string | undefined =>
  isFull(page)
    ? `the last page is a full one (${page.records.length} records), but ${reason}`
    : undefined;

/** The doubt about an empty page whose has-more flag says that it is not the last. */
export const emptyPageDoubt = (page: FetchedPage, more: Place | undefined): string | undefined =>
  page.records.length === 0 && flagAt(page, more) === true
    ? 'the page is empty, but the API says that there is more'
    : undefined;
