import {SystemError} from '../../errors.ts';
import type {JsonObject} from '../../json/values.ts';
import {type Query, setParameter} from '../query.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import type {FieldLocation} from './field-location.ts';

/** What a paginator decides from. */
export type FetchedPage<R extends object = object> = {
  /** What was asked. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** The decoded body. */
  readonly json: unknown;
  readonly records: readonly R[];
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
  /** Merged into the JSON of the request, field by field at the top level. The list must be asked for by POST. */
  readonly json?: JsonObject;
  /** Merged into the form of the request. The list must be asked for by POST. */
  readonly form?: Query;
};

/** How an API is paged. It keeps nothing between pages: what it needs to know stands in the request it made. */
export type Paginator<R extends object = object> = {
  /** What the request for the first page has more, such as a limit. */
  readonly first?: Step;
  /** The step to the next page; undefined after the last one. */
  readonly next: (page: FetchedPage<R>) => Step | undefined;
  /** Called where `next` finds no page: why the list may be incomplete. Undefined where its end is certain. */
  readonly incompleteReason?: (page: FetchedPage<R>) => string | undefined;
  /** Called for every page: which list in it is truncated. Reported once for each list of pages; undefined where none is. */
  readonly truncatedIn?: (page: FetchedPage<R>) => string | undefined;
  /** Where the API tells how many records there are. */
  readonly total?: FieldLocation | undefined;
  /** Finds the records, where no `records` path is set. */
  readonly records?: (page: Pick<FetchedPage, 'request' | 'json'>) => unknown;
};

/** A GET has no body, and a body is JSON or a form. */
const assertBody = (request: HttpRequest, part: 'json' | 'form'): void => {
  const words = {json: 'JSON', form: 'form'};
  const other = part === 'json' ? 'form' : 'json';
  if (request.method !== 'GET' && request[other] === undefined) return;
  throw new SystemError(
    request.method === 'GET'
      ? `${describeRequest(request)}: \`next\` sets a field in the ${words[part]} of the request, but a GET has none. Set \`method: 'POST'\`, or put the field into the query.`
      : `${describeRequest(request)}: \`next\` sets a field in the ${words[part]} of the request, but its body is ${other === 'json' ? 'JSON' : 'a form'}. Put the field there.`,
  );
};

/** The request that a step leads to. */
export const takeStep = (
  request: HttpRequest,
  {url, query = {}, json, form}: Step,
): HttpRequest => {
  if (json) assertBody(request, 'json');
  if (form) assertBody(request, 'form');
  const target = new URL(url ?? request.url);
  for (const [name, value] of Object.entries(query)) {
    setParameter(target, name, value);
  }
  return {
    ...request,
    url: target,
    ...(json && {json: {...request.json, ...json}}),
    ...(form && {form: {...request.form, ...form}}),
  };
};
