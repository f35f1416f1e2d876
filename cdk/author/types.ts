// What the parts of a source's definition have in common: schemas, positions, slices and pages.
import type {HttpClient} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';

export declare const describes: unique symbol;

/** A stream's JSON Schema (draft-07), tied to the type of the records it describes. `npm run generate` makes both. */
export type Schema<R extends object> = JsonObject & {readonly [describes]?: R};

export type Awaitable<T> = T | Promise<T>;

/**
 * What all functions of a stream are given.
 * @template R what the records of the API are taken for, where a call of `http` does not say it
 */
export type StreamContext<R extends object = JsonObject> = {
  /**
   * The client, bound to the stream: what it sends is counted, waits and fails for this stream. Connections, limits, quotas
   * and tokens are shared with the other streams of the source.
   */
  readonly http: HttpClient<R>;
  /** Aborted when the run must stop. `http` already listens to it. */
  readonly signal: AbortSignal;
};

/** A position in a stream, in the record's own format: a timestamp, a date, an id. */
export type CursorValue = string | number;

/** Which part of a stream one pass reads, such as `{repository: 'octocat/hello-world'}`. Its content is its identity. */
export type Slice = Readonly<Record<string, string | number | boolean>>;

/** What a stream yields: some records, in the order in which they were fetched. */
export type Page<R extends object = object> = {
  readonly records: readonly R[];
  /** The size of what was fetched, in bytes, where it is known; it bounds what waits in memory. */
  readonly bytes?: number;
  /** What the page behind this one is asked for with, as plain JSON: `read` gets it back where a run was cut off. */
  readonly resume?: JsonObject | undefined;
  /** Why the list may be incomplete, in words: what is missing in it is then not taken for deleted. */
  readonly incompleteReason?: string | undefined;
};

/** How a cursor's values are written down, where that is not seen from the values themselves. */
export type CursorFormat =
  /** Numbers, or texts of digits, that are times: seconds, milliseconds or microseconds since 1970. */
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  /** A pattern of `yyyy MM dd HH mm ss SSS SSSSSS Z XXX` and anything between, such as `dd.MM.yyyy HH:mm`; UTC without a zone. */
  | {readonly pattern: string};
