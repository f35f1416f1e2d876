import {countAt, type FieldLocation} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import {type CountedEnd, goesOn} from './offset.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {numberIn, type Part, partStep} from './target.ts';

type PageNumberOptions = CountedEnd & {
  /** The name of the parameter; default `page`. */
  readonly page?: string;
  /** How many records to ask for, and the name of the parameter that does. */
  readonly size?: {readonly name: string; readonly value: number};
  /** The number of the first page; default 1. */
  readonly first?: number;
  /** Where the API tells how many **pages** there are: a path, or a header such as `X-WP-TotalPages`. */
  readonly total?: FieldLocation;
  /** Where both parameters go; default `query`. */
  readonly in?: Part;
};

/** Pages by their number. */
export const pageNumber = ({
  page: name = 'page',
  size,
  first = 1,
  total,
  in: part = 'query',
  ...end
}: PageNumberOptions = {}): Paginator => {
  const numberOf = ({request}: FetchedPage) => numberIn(request, part, name) ?? first;
  /** How many pages stand behind this one; undefined where the API does not tell. */
  const behind = (page: FetchedPage) => {
    const pages = total === undefined ? undefined : countAt(page, total);
    return pages === undefined ? undefined : pages - 1 - (numberOf(page) - first);
  };
  return {
    first: partStep(part, {[name]: first, ...(size && {[size.name]: size.value})}),
    next: (page) => {
      const left = behind(page);
      const hasNext = left === undefined ? goesOn(page, end) : page.records.length > 0 && left > 0;
      return hasNext ? partStep(part, {[name]: numberOf(page) + 1}) : undefined;
    },
    incompleteReason: (page) => {
      const left = behind(page) ?? 0;
      return left > 0
        ? `the page is empty, but the API counts ${left} more pages`
        : emptyPageReason(page, end.more);
    },
  };
};
