import {countAt, type FieldLocation, flagAt} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import {numberIn, type Part, partStep} from './target.ts';

/** How a list says that it goes on, where pages are counted by the client. */
export type CountedEnd = {
  /** A has-more flag. */
  readonly more?: FieldLocation;
  /** Ask until a page is empty: for APIs that leave records out of their pages, such as those you may not see. */
  readonly untilEmpty?: boolean;
};

/**
 * Whether a page may have one behind it, by its size alone. The first page teaches the size, since servers cut
 * the one that was asked for (Redmine answers limit=1000 with 100): a short first page proves nothing.
 */
export const goesOn = (page: FetchedPage, {more, untilEmpty = false}: CountedEnd): boolean =>
  page.records.length > 0 &&
  (flagAt(page, more) ?? (untilEmpty || page.index === 0 || page.records.length >= page.firstSize));

type OffsetOptions = CountedEnd & {
  /** The name of the parameter; default `offset`. */
  readonly offset?: string;
  /** The name of the parameter; default `limit`. */
  readonly limit?: string;
  /** How many records to ask for. */
  readonly size: number;
  /** Where both parameters go; default `query`. */
  readonly in?: Part;
  /** Where the API tells how many records there are. Saves the request that proves the end. */
  readonly total?: FieldLocation;
};

/** Pages by `offset` and `limit`: the next page begins behind the records that came, however many were asked for. */
export const offset = ({
  offset: name = 'offset',
  limit = 'limit',
  size,
  in: part = 'query',
  total,
  ...end
}: OffsetOptions): Paginator => ({
  first: partStep(part, {[name]: 0, [limit]: size}),
  total,
  next: (page) => {
    const reached = (numberIn(page.request, part, name) ?? 0) + page.records.length;
    const count = total === undefined ? undefined : countAt(page, total);
    const hasNext =
      count !== undefined && flagAt(page, end.more) === undefined
        ? page.records.length > 0 && reached < count
        : goesOn(page, end);
    return hasNext ? partStep(part, {[name]: reached}) : undefined;
  },
  incompleteReason: (page) => emptyPageReason(page, end.more),
});
