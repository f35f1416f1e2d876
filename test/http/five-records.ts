// An API with five records in pages of two, in the shape that a test gives it.
import type {HttpRequest} from '../../cdk/http/types.ts';
import {type Answer, items} from './paging.ts';

export const text = (request: HttpRequest, name: string): string =>
  request.url.searchParams.get(name) ?? '';

/** What a page of two out of five records is. */
type Page = {
  readonly rows: readonly object[];
  /** Where the next page begins: 2, 4, or nowhere. */
  readonly next: number | undefined;
  readonly from: number;
};

/** An API with five records in pages of two, and where a request to it begins. */
export type Api = {
  readonly from: (request: HttpRequest) => number;
  readonly answer: (page: Page) => Answer;
};

export const serve =
  ({from, answer}: Api) =>
  (request: HttpRequest): Answer => {
    const start = from(request);
    const next = start + 2 < 5 ? start + 2 : undefined;
    return answer({rows: items(5).slice(start, start + 2), next, from: start});
  };

/** In a URL: `?from=2`. In a token: `t2`. In a page: 2 is the one that begins at 2. */
export const byFrom = (request: HttpRequest) => Number(text(request, 'from'));
export const byToken = (name: string) => (request: HttpRequest) =>
  Number(text(request, name).slice(1));
export const byPage =
  (first = 1, name = 'page') =>
  (request: HttpRequest) =>
    (Number(text(request, name) || first) - first) * 2;

export const urlOf = (next: number | undefined) =>
  next === undefined ? null : `https://api.test/items?from=${next}`;
export const tokenOf = (next: number | undefined) => (next === undefined ? null : `t${next}`);

export const FROM = ['', '?from=2', '?from=4'];
export const PAGES = ['', '?page=2', '?page=3'];
export const tokens = (name: string) => ['', `?${name}=t2`, `?${name}=t4`];
