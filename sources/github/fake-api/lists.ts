// Lists by their query: sorted, since a time, and by page.
import {
  type FakeRequest,
  type FakeResponse,
  linkHeader,
  numberIn,
  pageOf,
} from 'headwater/fake-api';
import {invalid} from './errors.ts';

interface Sortable {
  readonly id: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Default 30, at most 100: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api#changing-the-number-of-items-per-page */
const pagingIn = (url: URL) => ({
  page: numberIn(url, 'page'),
  perPage: numberIn(url, 'per_page', {byDefault: 30, most: 100}),
});

/**
 * A page of a list, finally reordered by `arrange`, with links to others that keep the query but name the list by an id: `/repositories/1000/issues`.
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api#using-link-headers
 */
export const pageResponse = <T>(
  request: FakeRequest,
  path: string,
  items: readonly T[],
  arrange = (page: readonly T[]): readonly T[] => page,
): FakeResponse => {
  const paging = pagingIn(request.url);
  const link = linkHeader(
    new URL(`${path}${request.url.search}`, request.url),
    paging,
    items.length,
  );
  return {
    status: 200,
    body: arrange(pageOf(items, paging)),
    ...(link !== undefined && {headers: {link}}),
  };
};

/** Sorted by the query, if the documentation of the list allows it; ties are in the order of their ids. */
export const sorted = <T extends Sortable>(
  url: URL,
  items: readonly T[],
  {sort: usual = 'created', direction: usualDirection = 'desc'} = {},
): readonly T[] => {
  const given = url.searchParams.get('sort') ?? usual;
  const field = given === 'updated' ? 'updated_at' : 'created_at';
  const sign = (url.searchParams.get('direction') ?? usualDirection) === 'asc' ? 1 : -1;
  return items.toSorted((a, b) => sign * (a[field].localeCompare(b[field]) || a.id - b.id));
};

/**
 * Items that changed since the time in the query. The documentation says "after the given time", but recorded traffic of
 * api.github.com includes changes of that very second (@octokit/fixtures, paginate-issues).
 */
export const since = <T>(
  url: URL,
  items: readonly T[],
  changed: (item: T) => string,
): readonly T[] | FakeResponse => {
  const given = url.searchParams.get('since');
  if (given === null) return items;
  const instant = Date.parse(given);
  if (Number.isNaN(instant)) return invalid('since');
  return items.filter((item) => Date.parse(changed(item)) >= instant);
};
