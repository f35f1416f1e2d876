// What an author's file calls for each stream. Nothing here runs before a command does.

import type {Duration} from '../duration.ts';
import type {JsonObject} from '../json/values.ts';
import type {Cursor} from './cursor.ts';
import {closeDeletes, type Deletes} from './deletes.ts';
import {originOf, type SliceList, type Slices} from './slices.ts';
import type {ReadContext, SchemaContext, Stream, Window} from './stream-value.ts';
import type {Awaitable, Page, Schema, Slice} from './types.ts';

/** Names a top-level field of a record. */
type Field<R> = keyof R & string;

/** One stream, as an author writes it. */
export type StreamDefinition<R extends object, S extends Slice> = {
  readonly name: string;
  /**
   * JSON Schema and record type in one. A function, where the fields are only known by asking the API: it is called once in
   * `discover`, and in a `read` of the stream.
   */
  readonly schema: Schema<R> | ((context: SchemaContext) => Awaitable<Schema<R>>);
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

async function* mapPages<R extends object>(
  pages: AsyncIterable<Page<R>>,
  map: (record: R) => R,
): AsyncGenerator<Page<R>> {
  for await (const page of pages) yield {...page, records: page.records.map(map)};
}

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
  const slices = originOf(definition.slices);
  return {
    name,
    schema,
    primaryKey: definition.primaryKey ?? [],
    slices,
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
    ...(definition.deletes && {deletes: closeDeletes({...definition, slices}, definition.deletes)}),
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
