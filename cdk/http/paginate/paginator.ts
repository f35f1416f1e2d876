import {SystemError} from '../../errors.ts';
import type {JsonObject} from '../../json/values.ts';
import {type Query, setParameter} from '../query.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import {type Follow, followLinks} from '../wire/crossing.ts';
import {openReach} from '../wire/reach.ts';
import type {FieldLocation} from './field-location.ts';

export type FetchedPage<R extends object = object> = {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly json: unknown;
  readonly records: readonly R[];
  readonly index: number;
  /** The number of records in the first page: the actual page size, because servers silently reduce the requested one. */
  readonly firstSize: number;
  /** The number of records up to and including this page. */
  readonly seen: number;
  /** The largest number that was found at `total` so far. */
  readonly counted: number | undefined;
};

/** Changes to the request for the next page. The rest is that of the request before it. */
export type Step = {
  /** Replaces the URL and its query. */
  readonly url?: URL;
  readonly query?: Query;
  /** Merged into the JSON of the request, field by field at the top level. The list must be requested by POST. */
  readonly json?: JsonObject;
  /** Merged into the form of the request. The list must be requested by POST. */
  readonly form?: Query;
};

/** Finds the next page of a list. It keeps nothing between pages: the request says what was requested. */
export type Paginator<R extends object = object> = {
  /** Changes to the first request, such as a limit. */
  readonly first?: Step;
  /** The step to the next page; undefined after the last one. */
  readonly next: (page: FetchedPage<R>) => Step | undefined;
  /** True for a page without any sign of a next one, which `next` only tries. */
  readonly isTried?: (page: FetchedPage<R>) => boolean;
  /** Called if `next` finds no page. Returns why the list may be incomplete; undefined if its end is certain. */
  readonly incompleteReason?: (page: FetchedPage<R>) => string | undefined;
  /** Called for every page. Names a truncated list in it, else undefined. Only the first one is reported. */
  readonly truncatedIn?: (page: FetchedPage<R>) => string | undefined;
  /** The location of the number of all records. */
  readonly total?: FieldLocation | undefined;
  /** Finds the records if no `records` path is set. */
  readonly records?: (page: Pick<FetchedPage, 'request' | 'json'>) => unknown;
};

/** The words for the body of a request. */
const bodyKind = ({json, content}: HttpRequest): string => {
  if (content !== undefined) return '`body`';
  return json === undefined ? 'a form' : 'JSON';
};

/** A GET has no body, and a body is JSON, a form, or made from the values of a form. */
const assertBody = (request: HttpRequest, part: 'json' | 'form'): void => {
  const isOther =
    part === 'json'
      ? request.form !== undefined || request.content !== undefined
      : request.json !== undefined || (request.content !== undefined && request.form === undefined);
  if (request.method !== 'GET' && !isOther) return;
  const where = `${describeRequest(request)}: \`next\` sets a field in the ${{json: 'JSON', form: 'form'}[part]} of the request`;
  if (request.method === 'GET') {
    throw new SystemError(
      `${where}, but a GET has none. Set \`method: 'POST'\`, or put the field into the query.`,
    );
  }
  throw new SystemError(
    request.content === undefined
      ? `${where}, but its body is ${bodyKind(request)}. Put the field there.`
      : `${where}, but its body is ${bodyKind(request)}. Let \`next\` set fields of its form, and make \`body\` a function of these.`,
  );
};

const PLAIN = followLinks(undefined, () => false, {
  reach: openReach({}),
  holdsSecret: () => false,
});

export const takeStep = (
  request: HttpRequest,
  {url, query = {}, json, form}: Step,
  follow: Follow = PLAIN,
): HttpRequest => {
  if (json) assertBody(request, 'json');
  if (form) assertBody(request, 'form');
  const followed =
    url === undefined ? {...request, url: new URL(request.url)} : follow(request, url);
  const target = followed.url;
  for (const [name, value] of Object.entries(query)) {
    setParameter(target, name, value);
  }
  return {
    ...followed,
    ...(json && {json: {...request.json, ...json}}),
    ...(form && {form: {...request.form, ...form}}),
  };
};
