// What an author's file calls: a source is one value, a stream is one value.
// The kit reads them; nothing here runs before a command does.

import type {Duration} from './duration.ts';
import type {HttpClient, HttpOptions} from './http/client.ts';
import type {JsonObject} from './json.ts';

declare const describes: unique symbol;

/** A stream's JSON Schema (draft-07), tied to the type of the records it describes. `npm run generate` makes both. */
export type Schema<R extends object> = JsonObject & {readonly [describes]?: R};

/** A connector specification (the content of `spec.json`), tied to the type of the config it describes. */
export type Spec<C extends object> = {
  readonly connectionSpecification: JsonObject;
  readonly documentationUrl?: string;
  readonly changelogUrl?: string;
  readonly [describes]?: C;
};

/** Names a top-level field of a record. */
type Field<R> = keyof R & string;

/** A position in a stream, in the record's own format: a timestamp, a date, an id. */
export type CursorValue = string | number;

/** Which part of a stream one pass reads, such as `{repository: 'octocat/hello-world'}`. Its content is its identity. */
export type Slice = Readonly<Record<string, string | number | boolean>>;

/** What a stream yields: some records, in the order in which they were fetched. */
export type Page<R extends object = object> = {
  readonly records: readonly R[];
  /** The size of what was fetched, in bytes, where it is known; it bounds what waits in memory. */
  readonly bytes?: number;
};

/** How a cursor's values are written down, where that is not seen from the values themselves. */
export type CursorFormat =
  /** Numbers, or texts of digits, that are times: seconds, milliseconds or microseconds since 1970. */
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  /** A pattern of `yyyy MM dd HH mm ss SSS SSSSSS Z XXX` and anything between, such as `dd.MM.yyyy HH:mm`; UTC without a zone. */
  | {readonly pattern: string};

/** Which field tells how far a stream was read. */
export type Cursor<F extends string = string> = {
  /** Timestamps (ISO 8601), dates, or numbers that only grow; a nested one by its dot path, `commit.committer.date`. */
  readonly field: F | `${F}.${string}`;
  /** Default: ISO 8601 texts, else plain numbers, else texts that compare by their characters. */
  readonly format?: CursorFormat;
  /** Where the first sync begins. Without it `since` is undefined then, and everything is read. */
  readonly start?: CursorValue | undefined;
  /**
   * `ascending`: within a slice no record comes before one with a smaller cursor, so the position is saved
   * after each page. `descending`: the newest come first, so reading ends at the first page that holds nothing new.
   * `none` (the default): the position is saved at the end of a slice, because a smaller one may follow.
   */
  readonly order?: 'ascending' | 'descending' | 'none';
  /**
   * How far before the last position each sync begins, for records that appear late: a time, or a number where the
   * cursor is one; `learned` measures how late they come, and takes half as much again.
   */
  readonly lookback?: Duration | number | 'learned';
  /** The API reads what changed *after* `since`, not at it: one tick less is asked for, and ties are not lost. */
  readonly exclusive?: boolean;
  /** What a record without a cursor value is: emitted (the default), left out, or an error. */
  readonly missing?: 'include' | 'exclude' | 'error';
  /** The API can not be asked for what is new: the kit leaves out what is older than `since`. */
  readonly filter?: boolean;
};

/** What `read` is given. */
type ReadContext<S> = {
  /** One of `slices()`, or `{}` for a stream without slices. */
  readonly slice: S;
  /**
   * Read what changed at or after this cursor value. Undefined: everything. It is the position of the last
   * sync, or `cursor.start`; always undefined for a stream without a cursor.
   */
  readonly since: CursorValue | undefined;
  /** Aborted when the run must stop. `http` already listens to it. */
  readonly signal: AbortSignal;
};

type Awaitable<T> = T | Promise<T>;

/** One stream, as an author writes it. */
export type StreamDefinition<R extends object, S extends Slice> = {
  readonly name: string;
  readonly schema: Schema<R>;
  /** The fields that together name one record. Without them a destination cannot remove repeats. */
  readonly primaryKey?: readonly NoInfer<Field<R>>[];
  /** Makes the stream incremental. */
  readonly cursor?: Cursor<NoInfer<Field<R>>>;
  /** The parts the stream is read in, one after another, each with its own position. */
  readonly slices?: () => Awaitable<Iterable<S>> | AsyncIterable<S>;
  /** Pages of records; usually `http.paginate(…)`, else any async generator that yields `page(records)`. */
  readonly read: (context: ReadContext<S>) => AsyncIterable<Page<NoInfer<R>>>;
  /** Changes each record before it is emitted, such as adding the slice's name. Without it records pass as they came. */
  readonly map?: (record: NoInfer<R>, slice: S) => NoInfer<R>;
  /** How often the position is saved while reading, in milliseconds. Default 60,000; 0 after each page. */
  readonly checkpointInterval?: number;
};

/** A slice that is ready to be read. */
export type SliceReader = {
  readonly slice: Slice;
  readonly read: (since: CursorValue | undefined, signal: AbortSignal) => AsyncIterable<Page>;
};

/** One stream, as the kit reads it: record and slice types are closed over. */
export type Stream = {
  readonly name: string;
  readonly schema: JsonObject;
  readonly primaryKey: readonly string[];
  readonly cursor?: Cursor;
  /** Whether the stream is read in slices; if not, `slices` yields one reader, for the slice `{}`. */
  readonly sliced: boolean;
  readonly slices: () => AsyncIterable<SliceReader>;
  readonly checkpointInterval: number;
};

async function* mapPages<R extends object>(
  pages: AsyncIterable<Page<R>>,
  map: (record: R) => R,
): AsyncGenerator<Page<R>> {
  for await (const page of pages) yield {...page, records: page.records.map(map)};
}

/** The one slice of a stream without slices; S is the empty slice then, which TypeScript can't see. */
const WHOLE: Slice = {};

const DEFAULT_CHECKPOINT_INTERVAL = 60_000;

/**
 * Describes one stream. Record and slice types come from `schema` and `slices`; a primary key or cursor field
 * that the schema does not declare does not compile.
 */
export const stream = <R extends object, S extends Slice = Record<never, never>>(
  definition: StreamDefinition<R, S>,
): Stream => {
  const {map, slices} = definition;
  const readerOf = (slice: S): SliceReader => ({
    slice,
    read: (since, signal) => {
      const pages = definition.read({slice, since, signal});
      return map === undefined ? pages : mapPages(pages, (record) => map(record, slice));
    },
  });
  return {
    name: definition.name,
    schema: definition.schema,
    primaryKey: definition.primaryKey ?? [],
    ...(definition.cursor && {cursor: definition.cursor}),
    sliced: slices !== undefined,
    async *slices() {
      if (slices === undefined) yield readerOf(WHOLE as S);
      else for await (const slice of await slices()) yield readerOf(slice);
    },
    checkpointInterval: definition.checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
  };
};

/** Wraps records into a page, for a `read` that is an async generator of its own. */
export const page = <R extends object>(records: readonly R[]): Page<R> => ({records});

/** What `check` and `streams` are given. */
export type Connection<C> = {
  /** The user's config: valid by the spec, with its defaults filled in. */
  readonly config: C;
  /** Talks to the API as `connect` says. */
  readonly http: HttpClient;
};

/** A connector. */
export type Source<C extends object> = {
  /** `github`: lower case, as in `sources/github`. */
  readonly name: string;
  readonly spec: Spec<C>;
  /** How the API is reached. Without it `http` takes absolute URLs and sends no credentials. */
  readonly connect?: (config: NoInfer<C>) => HttpOptions;
  /** Throws if the config does not work; the message is what the user sees. Keep it to a few cheap requests. */
  readonly check: (connection: Connection<NoInfer<C>>) => Promise<unknown>;
  readonly streams: (connection: Connection<NoInfer<C>>) => readonly Stream[];
};

/** Describes a source. The config type comes from `spec`. */
export const defineSource = <C extends object>(source: Source<C>): Source<C> => source;
