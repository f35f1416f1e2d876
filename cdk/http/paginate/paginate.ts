import type {JsonObject} from '../../json/values.ts';
import {asOne, openResponse} from '../decode/decode-response.ts';
import type {Decoder} from '../decode/decoder.ts';
import {isTouched, pageWith} from '../decode/lazy-records.ts';
import {actionOf, withEmptyOn} from '../response/action.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import {countAt, type FieldLocation} from './field-location.ts';
import {
  assertBelowCap,
  assertNewContent,
  assertNewRequest,
  checkEnd,
  truncationCheck,
} from './guards.ts';
import {fullPageReason} from './incomplete-reason.ts';
import {type FetchedPage, type Paginator, takeStep} from './paginator.ts';
import {type ListResume, openList} from './resume.ts';
import {selectRecords} from './select-records.ts';

export type PaginateOptions<R extends object = object> = {
  /** Where the records are in the body: `items`, `data.rows`, `groups.*.items`. Default: the body itself is the list. */
  readonly records?: string;
  /** How the next page is found: a paginator, or a function of your own. Without it there is just one. */
  readonly next?: Paginator<R> | Paginator<R>['next'];
  /** Ends the list behind a page, whatever follows. */
  readonly stop?: (page: FetchedPage<R>) => boolean;
  /** Statuses that mean "nothing here" rather than a fault, such as GitHub's 409 for an empty repository. */
  readonly emptyOn?: readonly number[];
  /** Statuses that mean "past the end" behind the first page, such as WordPress' 400. */
  readonly endOn?: readonly number[];
  /** Where the API tells how many records there are: it is compared with those that came. */
  readonly total?: FieldLocation;
  /** What an end is that is not proven, or a `total` that was not reached: a warning (the default), or an error. */
  readonly incomplete?: 'warn' | 'fail';
  /** More pages than these are an error. Default 100,000. */
  readonly maxPages?: number;
  /** By default the next page is requested while this one is worked on. False: only when the reader asks for it. */
  readonly prefetch?: boolean;
};

/** What was fetched at once. */
export type FetchedRecords<R extends object> = {
  readonly records: readonly R[];
  readonly bytes: number;
  /** Why the list may not be complete: on a page without records, behind the last one. */
  readonly incompleteReason?: string;
  /** Where the page behind this one is; undefined for the last one, and where that would tell a secret. */
  readonly resume?: JsonObject;
};

/** What a client lends to paging. */
export type Paging = {
  /** Lets answers through that are none of the API's refusals, or one of these statuses. */
  readonly sendAllowing: (allowed: readonly number[]) => Send;
  readonly warn: (message: string) => void;
  readonly decoder: Decoder;
  /** The largest body, unpacked. */
  readonly limit: number;
  /** Absent: the list begins at its first page, and its pages do not say where the next one is. */
  readonly resume?: ListResume | undefined;
};

type Fetched<R extends object> = FetchedPage<R> & {
  /** Its size, unpacked. */
  readonly bytes: number;
};

const onePage: Paginator = {
  next: () => undefined,
  incompleteReason: (page) => fullPageReason(page, 'no `next` is set'),
};

const paginatorOf = <R extends object>(next: PaginateOptions<R>['next']): Paginator<R> =>
  typeof next === 'function' ? {next} : (next ?? onePage);

const maxOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

const DEFAULT_MAX_PAGES = 100_000;

type Content<R extends object> = Pick<Fetched<R>, 'json' | 'bytes' | 'records'>;

/** Opens answers: their records are parsed when somebody looks at them, where that can be. */
const contentReader = <R extends object>(
  decoder: Decoder,
  limit: number,
  path: string | undefined,
  paginator: Pick<Paginator, 'records'>,
) => {
  // A paginator that finds the records itself has to see them.
  let location = path !== undefined || paginator.records === undefined ? {path} : undefined;
  const places = {path, find: paginator.records, follow: decoder.find};
  return async (
    request: HttpRequest,
    response: HttpResponse,
    before: Fetched<R> | undefined,
  ): Promise<Content<R>> => {
    // Who looks at one page looks at all of them: they are parsed at once then.
    if (before !== undefined && isTouched(before.records)) location = undefined;
    const opened = await openResponse<R>(request, response, decoder, limit, location);
    const {documents, bytes} = opened;
    const records =
      opened.records ??
      documents.flatMap((document) => selectRecords<R>({request, json: document}, places));
    return {json: asOne(documents), bytes, records};
  };
};

/** Fetches the page of a request, and the one behind a page; undefined behind the last. */
const openPages = <R extends object>(
  {sendAllowing, warn, decoder, limit}: Paging,
  options: PaginateOptions<R>,
  isResumed: boolean,
) => {
  const {endOn = [], incomplete = 'warn', maxPages = DEFAULT_MAX_PAGES} = options;
  const paginator = paginatorOf(options.next);
  // The records before the page at which a list is resumed are not counted.
  const total = isResumed ? undefined : (options.total ?? paginator.total);
  const open = contentReader<R>(decoder, limit, options.records, paginator);
  const requested = new Set<string>();
  let incompleteReason: string | undefined;
  const checkTruncation = truncationCheck(paginator.truncatedIn, {incomplete, warn});

  const fetchPage = async (
    request: HttpRequest,
    before?: Fetched<R>,
  ): Promise<Fetched<R> | undefined> => {
    const index = before === undefined ? 0 : before.index + 1;
    assertNewRequest(request, requested);
    assertBelowCap(request, index, maxPages);
    const ends = before === undefined ? [] : endOn;
    const response = await sendAllowing(ends)(request);
    if (ends.includes(response.status) || actionOf(response) === 'ignore') {
      if (before !== undefined) incompleteReason = checkEnd(before, undefined, {incomplete, warn});
      return undefined;
    }
    request.scope.count('pages');
    assertNewContent(request, response, before);
    const {json, bytes, records} = await open(request, response, before);
    const firstSize = before?.firstSize ?? records.length;
    const seen = (before?.seen ?? 0) + records.length;
    const named = total === undefined ? undefined : countAt({response, json}, total);
    const counted = maxOf(named, before?.counted);
    return {request, response, json, bytes, records, index, firstSize, seen, counted};
  };

  /** The request for the page behind this one; undefined where there is none. */
  const requestBehind = (page: Fetched<R>): HttpRequest | undefined => {
    checkTruncation(page);
    if (options.stop?.(page)) return undefined;
    const step = paginator.next(page);
    if (step !== undefined) return takeStep(page.request, step);
    incompleteReason = checkEnd(page, paginator.incompleteReason, {incomplete, warn});
    return undefined;
  };

  return {fetchPage, requestBehind, incompleteReason: () => incompleteReason};
};

/** What a page is, or why it can't be had: told when the reader comes for it. */
const attempt = <T>(make: () => T): {readonly value: T} | {readonly error: unknown} => {
  try {
    return {value: make()};
  } catch (error) {
    return {error};
  }
};

/** Fetches page after page, one ahead of the reader. */
export async function* paginate<R extends object>(
  paging: Paging,
  request: HttpRequest,
  options: PaginateOptions<R>,
): AsyncGenerator<FetchedRecords<R>> {
  const first = takeStep(request, paginatorOf(options.next).first ?? {});
  const list = openList(paging.resume, first);
  const pages = openPages<R>(paging, options, list.isResumed);
  const {fetchPage, requestBehind, incompleteReason} = pages;
  let page = await fetchPage(withEmptyOn(list.begin, options.emptyOn));
  while (page !== undefined) {
    const current: Fetched<R> = page;
    const behind = attempt(() => requestBehind(current));
    const next = 'value' in behind ? behind.value : undefined;
    const fetchNext = () => next && fetchPage(next, current);
    const ahead = options.prefetch === false ? undefined : fetchNext();
    // It is told when the reader comes for that page; a reader that leaves before has no use for it.
    ahead?.catch(() => {});
    yield pageWith(current.records, {
      bytes: current.bytes,
      ...(next && list.resumeAt(next)),
    });
    if ('error' in behind) throw behind.error;
    page = await (ahead ?? fetchNext());
  }
  const why = incompleteReason();
  if (why !== undefined) yield {records: [], bytes: 0, incompleteReason: why};
}
