import type {JsonObject} from '../../json/values.ts';
import {asOne, hasNoContent, openResponse} from '../decode/decode-response.ts';
import type {Decoder} from '../decode/decoder.ts';
import {isTouched, pageWith} from '../decode/lazy-records.ts';
import {type RecordsOption, recordsOption, shapedRecords} from '../decode/record-shape.ts';
import {assertRecords, recordsAtPath} from '../decode/records-in-document.ts';
import type {WithoutRecords} from '../decode/records-path.ts';
import {actionOf, withEmptyOn} from '../response/action.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from '../types.ts';
import type {Follow, HoldsSecret} from '../wire/crossing.ts';
import {describeDecision} from './describe-decision.ts';
import {countAt, type FieldLocation} from './field-location.ts';
import {
  assertBelowCap,
  assertKnownParameter,
  assertNewRequest,
  checkEnd,
  isWhole,
  leadsBack,
  repeatReason,
  truncationCheck,
} from './guards.ts';
import {fullPageReason} from './incomplete-reason.ts';
import {type FetchedPage, type Paginator, takeStep} from './paginator.ts';
import {openRepeatCheck} from './repeats.ts';
import {type ListResume, openList} from './resume.ts';
import {syncTokenIn} from './sync-token.ts';

export type PaginateOptions<R extends object = object> = {
  /**
   * The path of the records in the body: `items`, `data.rows`, `groups.*.items`. Default: the body itself is the list. An
   * object makes records of other values, or adds fields from around them: `{path: 'tags', wrap: 'name'}`.
   */
  readonly records?: RecordsOption<R>;
  /** A body that has nothing at `records` is an `error` (the default) or an `empty` list. Null is always an empty one. */
  readonly withoutRecords?: WithoutRecords;
  /** Finds the next page: a paginator, or your own function. Without it one page is read. */
  readonly next?: Paginator<R> | Paginator<R>['next'];
  /** Ends the list after a page, even if there is a next one. */
  readonly stop?: (page: FetchedPage<R>) => boolean;
  /** Statuses that mean "nothing here" rather than a fault, such as GitHub's 409 for an empty repository. */
  readonly emptyOn?: readonly number[];
  /** Statuses that mean "past the end" after the first page, such as WordPress' 400. */
  readonly endOn?: readonly number[];
  /** The location of the number of all records, which is compared with the number read. */
  readonly total?: FieldLocation;
  /** A list that may be incomplete, or does not reach its `total`, is a warning (the default) or an error. */
  readonly incomplete?: 'warn' | 'fail';
  /** More pages are an error. Default 100,000. */
  readonly maxPages?: number;
  /**
   * The location of the API's sync token, for a stream with `cursor: {token: …}`: `nextSyncToken`. A page without it has none. Of several
   * locations the first one with a token counts.
   */
  readonly token?: FieldLocation | readonly FieldLocation[];
  /** True (the default) requests the next page while you work on this one; false waits until you need it. */
  readonly prefetch?: boolean;
};

export type FetchedRecords<R extends object> = {
  readonly records: readonly R[];
  readonly bytes: number;
  /** Why the list may be incomplete. Set on an additional page without records after the last one. */
  readonly incompleteReason?: string;
  /** The API's token for all records up to here. */
  readonly token?: string | number;
  /** Resumes the list after this page; undefined on the last page, or if it would contain a secret. */
  readonly resume?: JsonObject;
};

export type Paging = {
  /** Returns responses with one of these statuses too; other refusals of the API are errors. */
  readonly sendAllowing: (allowed: readonly number[]) => Send;
  /** Follows links to a next page. Credentials must not follow one to another origin. */
  readonly follow?: Follow;
  /** Finds the known secrets in what a state would hold: a next request, or a sync token that is a URL. */
  readonly holdsSecret?: HoldsSecret;
  readonly warn: (message: string) => void;
  /** Logs what the paginator decides after each page. */
  readonly debug?: (message: string) => void;
  readonly decoder: Decoder;
  /** The largest body in bytes, unpacked. */
  readonly limit: number;
  /** Absent: the list begins at its first page, and its pages have no `resume`. */
  readonly resume?: ListResume | undefined;
};

type Fetched<R extends object> = FetchedPage<R> & {
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

/** Opens responses, with lazily parsed records where that is possible. */
const contentReader = <R extends object>(
  decoder: Decoder,
  limit: number,
  {records: option, withoutRecords}: Pick<PaginateOptions<R>, 'records' | 'withoutRecords'>,
  paginator: Pick<Paginator, 'records'>,
) => {
  const {path, shape} = recordsOption(option);
  // Records that are made from something else, or that a paginator finds, need the parsed body.
  const isLazy = shape === undefined && (path !== undefined || paginator.records === undefined);
  let location = isLazy ? {path} : undefined;
  const {find = recordsAtPath, childrenOf} = decoder;
  const {records: detect = ({json}) => json} = paginator;
  const recordsIn = (request: HttpRequest, document: unknown): readonly R[] => {
    const found = path === undefined ? detect({request, json: document}) : find(document, path);
    const about = {where: describeRequest(request), path, withoutRecords};
    if (shape === undefined) return assertRecords({...about, found, document});
    return shapedRecords(path === undefined ? found : document, {
      ...{...about, shape, childrenOf},
      isMissing: found === undefined,
    });
  };
  return async (
    request: HttpRequest,
    response: HttpResponse,
    before: Fetched<R> | undefined,
  ): Promise<Content<R>> => {
    // Code that accesses the records of one page accesses all: parse the next ones at once.
    if (before !== undefined && isTouched(before.records)) location = undefined;
    const opened = await openResponse<R>(request, response, decoder, limit, location);
    const {documents, bytes} = opened;
    const records = opened.records ?? documents.flatMap((document) => recordsIn(request, document));
    return {json: asOne(documents), bytes, records};
  };
};

const countsOf = (
  decoded: Pick<FetchedPage, 'response' | 'json'>,
  records: readonly object[],
  total: FieldLocation | undefined,
  before: FetchedPage | undefined,
): Pick<FetchedPage, 'firstSize' | 'seen' | 'counted'> => ({
  firstSize: before?.firstSize ?? records.length,
  seen: (before?.seen ?? 0) + records.length,
  counted: maxOf(total === undefined ? undefined : countAt(decoded, total), before?.counted),
});

/** Undefined for a new page; for one that was sent before a function that says why its end of the list is uncertain. */
const repeatFinder = <R extends object>(
  open: ReturnType<typeof contentReader<R>>,
  isTried: Paginator<R>['isTried'],
): ((
  request: HttpRequest,
  records: readonly R[],
  before: Fetched<R> | undefined,
) => Promise<Paginator<R>['incompleteReason']>) => {
  const isSentBefore = openRepeatCheck();
  return async (request, records, before) => {
    // Read from its body again, because the reader may have changed its records.
    const previous = async () =>
      before && (await open(before.request, before.response, undefined)).records;
    if (!(await isSentBefore(records, previous)) || before === undefined) return undefined;
    assertKnownParameter(request, before, isTried?.(before) ?? false);
    return () => (isWhole(before) ? undefined : repeatReason(before.index + 1, records.length));
  };
};

/** `fetchPage` returns undefined past the end of the list. */
const openPages = <R extends object>(
  {sendAllowing, follow, holdsSecret, warn, decoder, limit}: Paging,
  options: PaginateOptions<R>,
  isResumed: boolean,
) => {
  const {endOn = [], incomplete = 'warn', maxPages = DEFAULT_MAX_PAGES} = options;
  const paginator = paginatorOf(options.next);
  // A resumed list does not count the records before its first page.
  const total = isResumed ? undefined : (options.total ?? paginator.total);
  const open = contentReader<R>(decoder, limit, options, paginator);
  const requested = new Set<string>();
  const findRepeat = repeatFinder(open, paginator.isTried);
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
    const {json, bytes, records} = await open(request, response, before);
    const repeated = await findRepeat(request, records, before);
    if (before !== undefined && repeated !== undefined) {
      incompleteReason = checkEnd(before, repeated, {incomplete, warn});
      return undefined;
    }
    const counts = countsOf({response, json}, records, total, before);
    return {request, response, json, bytes, records, index, ...counts};
  };

  const requestAfter = (page: Fetched<R>): HttpRequest | undefined => {
    checkTruncation(page);
    // The functions of the source read a body, and a response without content has none.
    const isEmpty = hasNoContent(page.request, page.response);
    if (!isEmpty && options.stop?.(page)) return undefined;
    const step = isEmpty && typeof options.next === 'function' ? undefined : paginator.next(page);
    const request = step && takeStep(page.request, step, follow);
    if (request !== undefined && !leadsBack(page, request)) return request;
    // With a sync token nothing is missing: it stands for the end of the list, or the next sync reads on from it.
    const isCertain = syncTokenIn(page, options.token, holdsSecret) !== undefined;
    const reason = isCertain ? undefined : paginator.incompleteReason;
    incompleteReason = checkEnd(page, reason, {incomplete, warn});
    return undefined;
  };

  return {fetchPage, requestAfter, incompleteReason: () => incompleteReason};
};

/** Keeps an error, to throw it when the reader requests the next page. */
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
  const list = openList(paging.resume, first, paging);
  const pages = openPages<R>(paging, options, list.isResumed);
  const {fetchPage, requestAfter, incompleteReason} = pages;
  let page = await fetchPage(withEmptyOn(list.begin, options.emptyOn));
  while (page !== undefined) {
    const current: Fetched<R> = page;
    const following = attempt(() => requestAfter(current));
    const next = 'value' in following ? following.value : undefined;
    if ('value' in following) paging.debug?.(describeDecision(current, next));
    const fetchNext = () => next && fetchPage(next, current);
    const ahead = options.prefetch === false ? undefined : fetchNext();
    // A failure is thrown when the reader requests that page; a reader that stops before does not need it.
    ahead?.catch(() => {});
    const token = syncTokenIn(current, options.token, paging.holdsSecret);
    yield pageWith(current.records, {
      bytes: current.bytes,
      ...(token !== undefined && {token}),
      ...(next && list.resumeAt(next)),
    });
    if ('error' in following) throw following.error;
    page = await (ahead ?? fetchNext());
  }
  const reason = incompleteReason();
  if (reason !== undefined) yield {records: [], bytes: 0, incompleteReason: reason};
}
