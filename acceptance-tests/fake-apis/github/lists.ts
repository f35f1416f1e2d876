// Lists, as they are asked for: sorted, since a time, and by the page.
import type {Answer, Ask} from '../api.ts';
import {linkHeader, numberIn, pageOf} from '../paging.ts';
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
 * A page of a list, arranged in the end, with links to others that keep the query but name the list by an id: `/repositories/1000/issues`.
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api#using-link-headers
 */
export const answerPage = <T>(
  ask: Ask,
  path: string,
  items: readonly T[],
  arrange = (page: readonly T[]): readonly T[] => page,
): Answer => {
  const paging = pagingIn(ask.url);
  const link = linkHeader(new URL(`${path}${ask.url.search}`, ask.url), paging, items.length);
  return {
    status: 200,
    body: arrange(pageOf(items, paging)),
    ...(link !== undefined && {headers: {link}}),
  };
};

/** Sorted by what the query says, where the documentation of a list allows it; ties are in the order of their ids. */
export const sorted = <T extends Sortable>(
  url: URL,
  items: readonly T[],
  {sort: usual = 'created', direction: usualDirection = 'desc'} = {},
): readonly T[] => {
  const asked = url.searchParams.get('sort') ?? usual;
  const field = asked === 'updated' ? 'updated_at' : 'created_at';
  const sign = (url.searchParams.get('direction') ?? usualDirection) === 'asc' ? 1 : -1;
  return items.toSorted((a, b) => sign * (a[field].localeCompare(b[field]) || a.id - b.id));
};

/**
 * What changed since the time in the query. The documentation says "after the given time"; recorded traffic of
 * api.github.com has what changed in that very second, too (@octokit/fixtures, paginate-issues).
 */
export const since = <T>(
  url: URL,
  items: readonly T[],
  changed: (item: T) => string,
): readonly T[] | Answer => {
  const given = url.searchParams.get('since');
  if (given === null) return items;
  const instant = Date.parse(given);
  if (Number.isNaN(instant)) return invalid('since');
  return items.filter((item) => Date.parse(changed(item)) >= instant);
};
