import type {JsonObject} from '../../json/values.ts';
import {type Query, setParameter} from '../query.ts';
import type {HttpRequest, HttpResponse} from '../types.ts';
import type {Place} from './field-location.ts';

/** What a paginator decides from. */
export type FetchedPage = {
  /** What was asked. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** The decoded body. */
  readonly json: unknown;
  readonly records: readonly object[];
  /** How many pages came before it. */
  readonly index: number;
  /** How many records the first page had: a full page here, since servers cut the asked size without a word. */
  readonly firstSize: number;
  /** How many records there were up to this page, its own included. */
  readonly seen: number;
  /** The largest total the API has named so far, where `total` tells where it does. */
  readonly counted: number | undefined;
};

/** What is different about the request for a page; everything else stays as in the request before it. */
export type Step = {
  /** Instead of the URL before, its query included. */
  readonly url?: URL;
  /** Set in the query. */
  readonly query?: Query;
  /** Merged into the JSON, field by field at the top level; a request with JSON is a POST. */
  readonly json?: JsonObject;
};

/** How an API is paged. It keeps nothing between pages: what it needs to know stands in the request it made. */
export type Paginator = {
  /** What the request for the first page has more, such as a limit. */
  readonly first?: Step;
  /** The step to the page behind this one; undefined where there is none. */
  readonly next: (page: FetchedPage) => Step | undefined;
  /** Asked where `next` found none: why this may not be the end after all. Undefined where it is certain. */
  readonly doubt?: (page: FetchedPage) => string | undefined;
  /** Asked of every page: what it leaves out itself, whatever follows. Said once for a list; undefined where nothing is. */
  readonly gap?: (page: FetchedPage) => string | undefined;
  /** Where the API tells how many records there are. */
  readonly total?: Place | undefined;
  /** Finds the records, where no `records` path is set. */
  readonly records?: (page: Pick<FetchedPage, 'request' | 'json'>) => unknown;
};

/** The request that a step leads to. */
export const takeStep = (request: HttpRequest, {url, query = {}, json}: Step): HttpRequest => {
  const target = new URL(url ?? request.url);
  for (const [name, value] of Object.entries(query)) {
    setParameter(target, name, value);
  }
  return {
    ...request,
    url: target,
    ...(json && {method: 'POST', json: {...request.json, ...json}}),
  };
};
