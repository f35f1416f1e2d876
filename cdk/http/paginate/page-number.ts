import {endFlag} from './end-flag.ts';
import {countAt, type FieldLocation} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import {type CountedEnd, mayHaveNext} from './offset.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {numberIn, type Part, partStep} from './target.ts';

type PageNumberOptions = CountedEnd & {
  /** The parameter for the page number; default `page`. */
  readonly page?: string;
  /** The number of records to request per page, and the name of its parameter. */
  readonly size?: {readonly name: string; readonly value: number};
  /** The number of the first page; default 1. */
  readonly first?: number;
  /** The location of the number of **pages**: a path, or a header such as `X-WP-TotalPages`. */
  readonly total?: FieldLocation;
  /** The part of the request for both parameters; default `query`. */
  readonly in?: Part;
};

/** Pages by page number. */
export const pageNumber = ({
  page: name = 'page',
  size,
  first = 1,
  total,
  in: part = 'query',
  ...end
}: PageNumberOptions = {}): Paginator => {
  const hasMore = endFlag(end);
  const numberOf = ({request}: FetchedPage) => numberIn(request, part, name) ?? first;
  const pagesAfter = (page: FetchedPage) => {
    const pages = total === undefined ? undefined : countAt(page, total);
    return pages === undefined ? undefined : pages - 1 - (numberOf(page) - first);
  };
  return {
    first: partStep(part, {[name]: first, ...(size && {[size.name]: size.value})}),
    next: (page) => {
      const left = pagesAfter(page);
      const hasNext =
        left === undefined ? mayHaveNext(page, end) : page.records.length > 0 && left > 0;
      return hasNext ? partStep(part, {[name]: numberOf(page) + 1}) : undefined;
    },
    isTried: (page) => pagesAfter(page) === undefined && hasMore(page) === undefined,
    incompleteReason: (page) => {
      const left = pagesAfter(page) ?? 0;
      return left > 0
        ? `the page is empty, but the API counts ${left} more pages`
        : emptyPageReason(page, hasMore(page));
    },
  };
};
