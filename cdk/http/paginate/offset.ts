import {type EndFlag, endFlag, hasMoreAt} from './end-flag.ts';
import {countAt, type FieldLocation} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {numberIn, type Part, partStep} from './target.ts';

/** Recognizes the end of a list whose pages the client counts. */
export type CountedEnd = EndFlag & {
  /** Read until a page is empty, for APIs that leave records out of their pages, such as those you may not see. */
  readonly untilEmpty?: boolean;
};

/** A short first page proves nothing: it shows the actual page size, which servers reduce (Redmine: 100 for limit=1000). */
export const mayHaveNext = (page: FetchedPage, end: CountedEnd): boolean =>
  page.records.length > 0 &&
  (hasMoreAt(page, end) ??
    (end.untilEmpty === true || page.index === 0 || page.records.length >= page.firstSize));

type OffsetOptions = CountedEnd & {
  /** The parameter for the offset; default `offset`. */
  readonly offset?: string;
  /** The parameter for the size; default `limit`. */
  readonly limit?: string;
  /** The number of records to request per page. */
  readonly size: number;
  /** The part of the request for both parameters; default `query`. */
  readonly in?: Part;
  /** The location of the number of all **records**. It saves the request for the empty last page. */
  readonly total?: FieldLocation;
};

/** Pages by `offset` and `limit`. The next page begins after the records received, however many were requested. */
export const offset = ({
  offset: name = 'offset',
  limit = 'limit',
  size,
  in: part = 'query',
  total,
  ...end
}: OffsetOptions): Paginator => {
  const hasMore = endFlag(end);
  return {
    first: partStep(part, {[name]: 0, [limit]: size}),
    total,
    next: (page) => {
      const reached = (numberIn(page.request, part, name) ?? 0) + page.records.length;
      const count = total === undefined ? undefined : countAt(page, total);
      const hasNext =
        count !== undefined && hasMore(page) === undefined
          ? page.records.length > 0 && reached < count
          : mayHaveNext(page, end);
      return hasNext ? partStep(part, {[name]: reached}) : undefined;
    },
    isTried: (page) => hasMore(page) === undefined,
    incompleteReason: (page) => emptyPageReason(page, hasMore(page)),
  };
};
