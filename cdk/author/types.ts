// Types that all parts of a source's definition share: schemas, positions, slices and pages.
import type {HttpClient} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';

export declare const describes: unique symbol;

/** A stream's JSON Schema (draft-07) with the type of its records. `npm run generate` makes it from `schemas/*.json`. */
export type Schema<R extends object> = JsonObject & {readonly [describes]?: R};

export type Awaitable<T> = T | Promise<T>;

/**
 * Passed to every function of a stream.
 * @template R the type of the API's records, unless a call of `http` names another
 */
export type StreamContext<R extends object = JsonObject> = {
  /**
   * A client for this stream: `http.get('/users')`, `http.paginate('/issues', {next: linkHeader()})`. Streams of a source
   * share connections, limits, quotas and tokens.
   */
  readonly http: HttpClient<R>;
  /** Aborted when the run must stop. `http` already obeys it; pass it to anything else that waits. */
  readonly signal: AbortSignal;
};

/** A position in a stream, in the format of its records: a timestamp, a date, an id. */
export type CursorValue = string | number;

/** A part of a stream with its own position: `{repository: 'octocat/hello-world'}`. Slices with the same content are the same. */
export type Slice = Readonly<Record<string, string | number | boolean>>;

/** Records that were fetched together, in their order. `page(records)` makes one. */
export type Page<R extends object = object> = {
  readonly records: readonly R[];
  /** The size of the response in bytes, if it is known. It bounds the pages that wait in memory. */
  readonly bytes?: number;
  /** Leads to the next page, as plain JSON such as `{cursor: 'abc'}`. `read` gets it back after an interrupted run. */
  readonly resume?: JsonObject | undefined;
  /** For a stream with `cursor: {token: …}`: the API's token for all records up to here. */
  readonly token?: CursorValue | undefined;
  /** Says in words why the list may be incomplete. Records missing from it are then not taken for deleted. */
  readonly incompleteReason?: string | undefined;
};

/** The notation of cursor values, for those that do not show it: `'epoch-ms'` or `{pattern: 'dd.MM.yyyy HH:mm'}`. */
export type CursorFormat =
  /** Seconds, milliseconds or microseconds since 1970, as numbers or as strings of digits. */
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  /** Times of mail, feeds and HTTP: `Wed, 01 Jan 2025 00:00:00 +0000`; also `Wed Jan 1 00:00:00 +0000 2025`. */
  | 'rfc-2822'
  /** Strings that sort by their characters, such as ULIDs or versions of equal length. */
  | 'characters'
  /**
   * A pattern of `yyyy MM M MMM MMMM dd d EEE HH H hh h a mm ss SSS SSSSSS Z XXX` with anything between them. Names are
   * English. Times without a zone are UTC.
   */
  | {readonly pattern: string};
