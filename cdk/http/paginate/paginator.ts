import type {HttpResponse} from '../message.ts';

/** What a paginator decides from. */
export type FetchedPage = {
  readonly response: HttpResponse;
  /** The decoded body. */
  readonly json: unknown;
  readonly records: readonly object[];
};

/** The URL of the page behind this one; undefined where there is none. */
export type Paginator = (page: FetchedPage) => URL | undefined;
