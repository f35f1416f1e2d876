// What an author's file calls: a source is one value, a stream is one value.
// The kit reads them; nothing here runs before a command does.

import type {Duration} from '../duration.ts';
import type {HttpClient, HttpOptions} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import {closeDeletes, type Deletes} from './deletes.ts';
import type {CursorFormat, CursorValue, Page, Slice} from './types.ts';

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
   * cursor is one.
   */
  readonly lookback?: Duration | number;
  /** `after`: the API returns what changed after `since`, not at it. Then one tick less is asked for, so that ties are not lost. Default `at`. */
  readonly bound?: 'at' | 'after';
  /** What a record without a cursor value is: emitted (the default), left out, or an error. */
  readonly withoutValue?: 'include' | 'exclude' | 'error';
  /** The API can not be asked for what is new: the kit leaves out what is older than `since`. */
  readonly clientSide?: boolean;
};

/** What `read` is given. */
type ReadContext<S> = {
  /** One of the slices, or `{}` for a stream without slices. */
  readonly slice: S;
  /**
   * Read what changed at or after this cursor value. Undefined: everything. It is the position of the last
   * sync less the lookback, or `cursor.start`; always undefined for a stream without a cursor.
   */
  readonly since: CursorValue | undefined;
  /** The end of the window, which is not part of it; undefined for a stream without windows. */
  readonly until: CursorValue | undefined;
  /** The `resume` of the last page of a run that was cut off: read what is behind it. Undefined: from the beginning. */
  readonly resume: JsonObject | undefined;
  /** Aborted when the run must stop. `http` already listens to it. */
  readonly signal: AbortSignal;
};

type Awaitable<T> = T | Promise<T>;

/** Slices that are listed: an array, a promise of one, or an async iterable. */
export type SliceList<S extends Slice> = () => Awaitable<Iterable<S>> | AsyncIterable<S>;

/** Where the slices of a stream come from. */
export type SliceOrigin =
  | {readonly kind: 'whole'}
  | {readonly kind: 'list'; readonly list: () => AsyncIterable<Slice>}
  | {
      readonly kind: 'parent';
      readonly parent: Stream;
      readonly slicesOf: (record: object) => Promise<readonly Slice[]>;
      /** Whether only parents that changed are read again. */
      readonly incremental: boolean;
    };

/** Slices that are made by `parent` or `cross`. */
export type Slices<S extends Slice> = {
  readonly origin: SliceOrigin;
  readonly [describes]?: S;
};

/** How a stream is cut into windows of time. */
export type Window = {
  readonly length: Duration;
  /** The most records that the API gives out for one query: a window that holds as many is read again in halves. */
  readonly cap?: number;
};

/** One stream, as an author writes it. */
export type StreamDefinition<R extends object, S extends Slice> = {
  readonly name: string;
  readonly schema: Schema<R>;
  /** The fields that together name one record. Without them a destination cannot remove repeats. */
  readonly primaryKey?: readonly NoInfer<Field<R>>[];
  /** Makes the stream incremental. */
  readonly cursor?: Cursor<NoInfer<Field<R>>>;
  /** The parts the stream is read in, each with its own position: a list, or what `parent` or `cross` make. */
  readonly slices?: SliceList<S> | Slices<S>;
  /**
   * Reads each slice in windows of time, `{days: 30}`, one after another: `read` gets `since` and `until`. The position is
   * saved behind each. Needs `cursor.start`, and a cursor that is a time.
   */
  readonly window?: Duration | Window;
  /** How long the `resume` of a page can be used, by which a slice that was cut off goes on inside. */
  readonly resumable?: Duration;
  /** Reads everything anew now and then, for APIs whose changes can't be trusted. */
  readonly fullSync?: {readonly every: Duration};
  /** How is known what was deleted: such records are emitted with `_deleted_at`. */
  readonly deletes?: Deletes<NoInfer<R>, S>;
  /** Pages of records; usually `http.paginate(…)`, else any async generator that yields `page(records)`. */
  readonly read: (context: ReadContext<S>) => AsyncIterable<Page<NoInfer<R>>>;
  /** Changes each record before it is emitted, such as adding the slice's name. Without it records pass as they came. */
  readonly map?: (record: NoInfer<R>, slice: S) => NoInfer<R>;
  /**
   * `as-declared`: values are brought to the types of `schema` where nothing is lost; others become null, which
   * `meta.changes` and a WARN at the end say. Fields of the primary key and the cursor are never nulled. Default
   * `as-they-come`: records are not looked into. docs/records.md
   */
  readonly types?: 'as-declared' | 'as-they-come';
  /**
   * `as-selected`: fields that the user took out of the configured catalog's schema are not emitted; those of the primary
   * key and the cursor always are. Default `all`.
   */
  readonly fields?: 'as-selected' | 'all';
  /** Understands states that older versions of the source have written: gives the blob that this one would have. */
  readonly migrateState?: (blob: JsonObject) => JsonObject;
  /** How often the position is saved while reading, in milliseconds. Default 60,000; 0 after each page. */
  readonly checkpointInterval?: number;
};

/** One stream, as the kit reads it: record and slice types are closed over. */
export type Stream<R extends object = object> = {
  readonly name: string;
  readonly schema: JsonObject;
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
  readonly checkpointInterval: number;
  readonly [describes]?: R;
};

async function* mapPages<R extends object>(
  pages: AsyncIterable<Page<R>>,
  map: (record: R) => R,
): AsyncGenerator<Page<R>> {
  for await (const page of pages) yield {...page, records: page.records.map(map)};
}

async function* iterate<S extends Slice>(list: SliceList<S>): AsyncGenerator<S> {
  yield* await list();
}

const originOf = <S extends Slice>(slices: SliceList<S> | Slices<S> | undefined): SliceOrigin => {
  if (slices === undefined) return {kind: 'whole'};
  return typeof slices === 'function' ? {kind: 'list', list: () => iterate(slices)} : slices.origin;
};

/**
 * A slice for each record of another stream, such as the comments of each issue. The parent is read once, however many
 * streams need it, and whether the user wants its own records or not.
 * @param toSlice the slice of a record, or several, or none
 * @param incremental only of parents that changed since the last sync; for APIs where a new child changes its parent.
 *   By default all parents are listed in each sync
 */
export const parent = <P extends object, S extends Slice>(
  parentStream: Stream<P>,
  toSlice: (record: P) => S | readonly S[],
  {incremental = false}: {readonly incremental?: boolean} = {},
): Slices<S> => ({
  origin: {
    kind: 'parent',
    parent: parentStream,
    // The records of a stream are of its type, which `Stream` itself has closed over.
    slicesOf: async (record) => [toSlice(record as P)].flat() as readonly S[],
    incremental,
  },
});

/** Each slice of the one with each of the other: `cross(parent(sites, …), () => [{kind: 'clicks'}, {kind: 'views'}])`. */
export const cross = <A extends Slice, B extends Slice>(
  one: SliceList<A> | Slices<A>,
  other: SliceList<B>,
): Slices<A & B> => {
  const origin = originOf(one);
  let listed: Promise<readonly B[]> | undefined;
  const others = (): Promise<readonly B[]> => {
    listed ??= Array.fromAsync(iterate(other));
    return listed;
  };
  const alongside = async (slice: Slice): Promise<readonly Slice[]> =>
    (await others()).map((more) => ({...slice, ...more}));
  if (origin.kind === 'parent') {
    const slicesOf = async (record: object) =>
      (await Promise.all((await origin.slicesOf(record)).map(alongside))).flat();
    return {origin: {...origin, slicesOf}};
  }
  return {
    origin: {
      kind: 'list',
      async *list() {
        if (origin.kind === 'list')
          for await (const slice of origin.list()) yield* await alongside(slice);
      },
    },
  };
};

const DEFAULT_CHECKPOINT_INTERVAL = 60_000;

const windowOf = (window: Duration | Window | undefined): Window | undefined =>
  window === undefined || 'length' in window ? window : {length: window};

/**
 * Describes one stream. Record and slice types come from `schema` and `slices`; a primary key or cursor field
 * that the schema does not declare does not compile.
 */
export const stream = <R extends object, S extends Slice = Record<never, never>>(
  definition: StreamDefinition<R, S>,
): Stream<R> => {
  const {map, name, schema, cursor, resumable, fullSync, migrateState} = definition;
  const window = windowOf(definition.window);
  return {
    name,
    schema,
    primaryKey: definition.primaryKey ?? [],
    slices: originOf(definition.slices),
    read: (context) => {
      // The kit hands out the slices it was given, and the empty one where there are none, which is all that S can be then.
      const own = {...context, slice: context.slice as S};
      const pages = definition.read(own);
      return map === undefined ? pages : mapPages(pages, (record) => map(record, own.slice));
    },
    checkpointInterval: definition.checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
    types: definition.types ?? 'as-they-come',
    fields: definition.fields ?? 'all',
    ...(cursor && {cursor}),
    ...(window && {window}),
    ...(resumable && {resumable}),
    ...(fullSync && {fullSync}),
    ...(definition.deletes && {deletes: closeDeletes(definition, definition.deletes)}),
    ...(migrateState && {migrateState}),
  };
};

/**
 * Wraps records into a page, for a `read` that is an async generator of its own.
 * @param resume where the next page begins, for a stream that is `resumable`
 */
export const page = <R extends object>(
  records: readonly R[],
  {resume}: {readonly resume?: JsonObject} = {},
): Page<R> => ({records, ...(resume && {resume})});

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
