// A stream as the kit reads it: one value that hides the types of its records and slices.
import type {Duration} from '../duration.ts';
import type {JsonObject} from '../json/values.ts';
import type {Cursor} from './cursor.ts';
import type {Deletes} from './deletes.ts';
import type {TokenCursor} from './token-cursor.ts';
import type {Awaitable, CursorValue, describes, Page, Slice, StreamContext} from './types.ts';

/** Passed to `read`. */
export type ReadContext<S, R extends object = JsonObject> = StreamContext<R> & {
  /** One of the stream's slices, or `{}` for a stream without slices. */
  readonly slice: S;
  /**
   * Read records that changed at or after this cursor value; undefined: read everything. It is the position of the last
   * sync minus the lookback, or `cursor.start`; with `cursor: {token: …}` the last token. Always undefined for a stream without a cursor.
   */
  readonly since: CursorValue | undefined;
  /** The end of the window, which itself belongs to the next one. Undefined for a stream without windows. */
  readonly until: CursorValue | undefined;
  /**
   * The `resume` of the last page of an interrupted run: read what comes after that page; undefined: read from the
   * beginning. `http.paginate` resumes by itself, so only a `read` that makes its own pages needs it.
   */
  readonly resume: JsonObject | undefined;
};

/** Passed to `schema` if it is a function. */
export type SchemaContext = StreamContext & {
  /** The user's config, untyped. `streams` gets it with its type. */
  readonly config: JsonObject;
};

/** The origin of a stream's slices: the stream is one slice, a function lists them, or a parent's records become them. */
export type SliceOrigin =
  | {readonly kind: 'whole'}
  | {readonly kind: 'list'; readonly list: (context: StreamContext) => AsyncIterable<Slice>}
  | {
      readonly kind: 'parent';
      readonly parent: Stream;
      /** @param context the child's */
      readonly slicesOf: (record: object, context: StreamContext) => Promise<readonly Slice[]>;
      /** Reads only parents that changed since the last sync. */
      readonly incremental: boolean;
    };

/** Ranges of time that a slice is read in: `{length: {days: 30}, cap: 1000}`. */
export type Window = {
  readonly length: Duration;
  /**
   * The most records that the API returns for one query. A window with that many is read again in halves; it is an error if
   * it is as short as the cursor's steps or a second, or if all of the records have one value. Default: no limit.
   */
  readonly cap?: number;
};

/** One stream, as `stream()` returns it. */
export type Stream<R extends object = object> = {
  readonly name: string;
  readonly schema: JsonObject | ((context: SchemaContext) => Awaitable<JsonObject>);
  readonly primaryKey: readonly string[];
  readonly cursor?: Cursor;
  /** Instead of a `cursor`: the positions are the API's tokens. */
  readonly token?: TokenCursor;
  readonly slices: SliceOrigin;
  readonly window?: Window;
  readonly resumable?: Duration;
  readonly fullSync?: {readonly every: Duration};
  readonly deletes?: Deletes<object, Slice>;
  readonly types: 'as-declared' | 'as-they-come';
  readonly fields: 'as-selected' | 'all';
  readonly read: (context: ReadContext<Slice>) => AsyncIterable<Page>;
  readonly migrateState?: (blob: JsonObject) => JsonObject;
  /** In milliseconds. */
  readonly checkpointInterval: number;
  readonly [describes]?: R;
};
