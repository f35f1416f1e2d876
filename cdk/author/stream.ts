// What an author's file calls for each stream. Nothing here runs before a command does.

import {type Duration, type ExactDuration, toMilliseconds} from '../duration.ts';
import type {FieldPath} from '../json/field-path.ts';
import type {JsonObject} from '../json/values.ts';
import type {Cursor} from './cursor.ts';
import {closeDeletes, type Deletes} from './deletes.ts';
import {type SliceList, type Slices, sliceOriginOf} from './slices.ts';
import type {ReadContext, SchemaContext, Stream, Window} from './stream-value.ts';
import type {Awaitable, Page, Schema, Slice} from './types.ts';

/** Names a top-level field of a record; any, where a schema is only known by asking the API. */
type Field<R> = keyof R extends never ? string : keyof R & string;

/** What an API may give for a record: perhaps with the fields of the schema, and with any others. */
export type Loose<R extends object> = Partial<R> & JsonObject;

/** All of a stream but how its records are read. */
type StreamDescription<R extends object, S extends Slice> = {
  readonly name: string;
  /**
   * JSON Schema and record type in one. A function, where the fields are only known by asking the API: it is called once in
   * `discover`, and in a `read` of the stream.
   */
  readonly schema: Schema<R> | ((context: SchemaContext) => Awaitable<Schema<R>>);
  /** The fields that together name one record. Without them a destination cannot remove repeats. */
  readonly primaryKey?: readonly NoInfer<Field<R>>[];
  /** Makes the stream incremental. */
  readonly cursor?: Cursor<NoInfer<FieldPath<R>>>;
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
  /** How often the position is saved while reading. Default `{minutes: 1}`; `{seconds: 0}` saves it after each page. */
  readonly checkpointInterval?: ExactDuration;
};

/** A stream whose records pass as they come. */
type Passed<R extends object, S extends Slice> = {
  readonly map?: undefined;
  /** Pages of records; usually `http.paginate(…)`, else any async generator that yields `page(records)`. */
  readonly read: (context: ReadContext<S, NoInfer<R>>) => AsyncIterable<Page<NoInfer<R>>>;
};

/** A stream whose records are changed before they are emitted. */
type Mapped<R extends object, S extends Slice, Raw extends object> = {
  /**
   * Makes a record of what the API gave, such as with the name of the slice in it. Say in the parameter's type what that is,
   * `(issue: RawIssue, slice) => …`: it is your claim about the API. Without it all fields of the schema are optional.
   */
  readonly map: (record: Raw, slice: S) => NoInfer<R>;
  /** Pages of what `map` takes; usually `http.paginate(…)`, else any async generator that yields `page(records)`. */
  readonly read: (context: ReadContext<S, NoInfer<R>>) => AsyncIterable<Page>;
};

/** One stream, as an author writes it. */
export type StreamDefinition<
  R extends object,
  S extends Slice,
  Raw extends object = Loose<R>,
> = StreamDescription<R, S> & (Passed<R, S> | Mapped<R, S, Raw>);

async function* mapPages<Raw extends object, R extends object>(
  pages: AsyncIterable<Page>,
  map: (record: Raw) => R,
): AsyncGenerator<Page<R>> {
  for await (const page of pages) {
    // The author's claim about the API: the parameter of `map` says what its records are.
    yield {...page, records: page.records.map((record) => map(record as Raw))};
  }
}

const DEFAULT_CHECKPOINT_INTERVAL: ExactDuration = {minutes: 1};

const windowOf = (window: Duration | Window | undefined): Window | undefined =>
  window === undefined || 'length' in window ? window : {length: window};

/**
 * Describes one stream. Record and slice types come from `schema` and `slices`; a primary key or cursor field
 * that the schema does not declare does not compile; neither does a field of a record in `next`, `stop` or `lastId`.
 */
export const stream = <
  R extends object,
  S extends Slice = Record<never, never>,
  Raw extends object = Loose<R>,
>(
  definition: StreamDefinition<R, S, Raw>,
): Stream<R> => {
  const {map, name, schema, cursor, resumable, fullSync, migrateState} = definition;
  const window = windowOf(definition.window);
  const slices = sliceOriginOf(definition.slices);
  return {
    name,
    schema,
    primaryKey: definition.primaryKey ?? [],
    slices,
    read: (context) => {
      // The kit hands out the slices it was given, and the empty one where there are none, which is all that S can be then.
      const own = {...context, slice: context.slice as S};
      const pages = definition.read(own);
      return map === undefined
        ? pages
        : mapPages<Raw, R>(pages, (record) => map(record, own.slice));
    },
    checkpointInterval: toMilliseconds(
      'checkpointInterval',
      definition.checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
    ),
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
