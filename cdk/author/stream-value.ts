// A stream as the kit reads it: one value, in which the types of its records and slices are closed over.
import type {Duration} from '../duration.ts';
import type {JsonObject} from '../json/values.ts';
import type {Cursor} from './cursor.ts';
import type {Deletes} from './deletes.ts';
import type {Awaitable, CursorValue, describes, Page, Slice, StreamContext} from './types.ts';

/** What `read` is given. */
export type ReadContext<S, R extends object = JsonObject> = StreamContext<R> & {
  /** One of the slices, or `{}` for a stream without slices. */
  readonly slice: S;
  /**
   * Read what changed at or after this cursor value. Undefined: everything. It is the position of the last
   * sync less the lookback, or `cursor.start`; always undefined for a stream without a cursor.
   */
  readonly since: CursorValue | undefined;
  /** The end of the window, which is not part of it; undefined for a stream without windows. */
  readonly until: CursorValue | undefined;
  /**
   * The `resume` of the last page of a run that was cut off: read what comes after it. Undefined: from the beginning. Lists
   * of `http.paginate` go on there by themselves: only a `read` that yields pages of its own needs it.
   */
  readonly resume: JsonObject | undefined;
};

/** What a function that finds out a schema is given. */
export type SchemaContext = StreamContext & {
  /** The user's config, as in `streams`, where it has its type. */
  readonly config: JsonObject;
};

/** Where the slices of a stream come from. */
export type SliceOrigin =
  | {readonly kind: 'whole'}
  | {readonly kind: 'list'; readonly list: (context: StreamContext) => AsyncIterable<Slice>}
  | {
      readonly kind: 'parent';
      readonly parent: Stream;
      /** @param context that of the child */
      readonly slicesOf: (record: object, context: StreamContext) => Promise<readonly Slice[]>;
      /** Whether only parents that changed are read again. */
      readonly incremental: boolean;
    };

/** How a stream is cut into windows of time. */
export type Window = {
  readonly length: Duration;
  /** The most records that the API gives out for one query: a window that holds as many is read again in halves. */
  readonly cap?: number;
};

/** One stream, as the kit reads it: record and slice types are closed over. */
export type Stream<R extends object = object> = {
  readonly name: string;
  readonly schema: JsonObject | ((context: SchemaContext) => Awaitable<JsonObject>);
  readonly primaryKey: readonly string[];
  readonly cursor?: Cursor;
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
