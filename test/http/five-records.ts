// An API with five records in pages of two. The test defines its format.
import type {HttpRequest} from '../../cdk/http/types.ts';
import {type Answer, items} from './paging.ts';

export const text = (request: HttpRequest, name: string): string =>
  request.url.searchParams.get(name) ?? '';

/** A page of two records. */
type Page = {
  readonly rows: readonly object[];
  /** The start of the next page: 2, 4, or undefined. */
  readonly next: number | undefined;
  readonly from: number;
};

/** Finds the start of a requested page, and formats its response. */
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

/** In a URL `?from=2`, in a token `t2`. As a number, page 2 starts at 2. */
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
