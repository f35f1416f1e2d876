// `stream()` and `page()`. A definition is a value: nothing is read before a command runs.

import {type Duration, type ExactDuration, toMilliseconds} from '../duration.ts';
import {SystemError} from '../errors.ts';
import type {FieldPath} from '../json/field-path.ts';
import type {JsonObject} from '../json/values.ts';
import type {Cursor} from './cursor.ts';
import {closeDeletes, type Deletes} from './deletes.ts';
import {type SliceList, type Slices, sliceOriginOf} from './slices.ts';
import type {ReadContext, SchemaContext, Stream, Window} from './stream-types.ts';
import type {TokenCursor} from './token-cursor.ts';
import type {Awaitable, CursorValue, Page, Schema, Slice} from './types.ts';

/** The name of a top-level field of a record; any string if the schema is a function. */
type Field<R> = keyof R extends never ? string : keyof R & string;

/** A record as an API may send it: each field of the schema may be missing, and there may be others. */
export type Loose<R extends object> = Partial<R> & JsonObject;

/** A stream without `read` and `map`. */
type StreamDescription<R extends object, S extends Slice> = {
  /** The name in catalogs and states: `issue_comments`. Unique in the source. */
  readonly name: string;
  /**
   * JSON Schema and record type in one. Write a function if only the API knows the fields; it is called once per `discover`,
   * and once per `read` of the stream.
   */
  readonly schema: Schema<R> | ((context: SchemaContext) => Awaitable<Schema<R>>);
  /** The fields that together identify a record: `['id']`. Without them a destination cannot remove repeated records. */
  readonly primaryKey?: readonly NoInfer<Field<R>>[];
  /** Makes the stream incremental: `{field: 'updated_at', order: 'ascending'}`, or `{token: 'last-page'}` for an API that gives out tokens. */
  readonly cursor?: Cursor<NoInfer<FieldPath<R>>> | TokenCursor<NoInfer<S>>;
  /**
   * Parts of the stream that are read separately, each with its own position: a function that lists them,
   * `() => [{region: 'eu'}, {region: 'us'}]`, or the result of `parent` or `cross`. Default: one.
   */
  readonly slices?: SliceList<S> | Slices<S>;
  /**
   * Reads each slice in consecutive windows of time, such as `{days: 30}`: `read` gets `since` and `until`, and the position
   * is saved after each window. Needs `cursor.start`, and a cursor that is a time.
   */
  readonly window?: Duration | Window;
  /**
   * Resumes an interrupted slice at its next page, if the interruption is not longer ago than this: the life of the API's page
   * tokens, such as `{hours: 1}`. Default: an interrupted slice is read from its beginning, or from its saved position.
   */
  readonly resumable?: Duration;
  /** Reads everything again after this time, for APIs that do not report every change: `{every: {weeks: 1}}`. Default: never. */
  readonly fullSync?: {readonly every: Duration};
  /** Detects deleted records. They are emitted once more, with `_deleted_at`. */
  readonly deletes?: Deletes<NoInfer<R>, S>;
  /**
   * `as-declared` converts values to the types of `schema` where nothing is lost. Others become null, which is reported in
   * `meta.changes` and a WARN at the end; fields of the primary key and the cursor never do. Default `as-they-come`: records
   * are not inspected. See docs/records.md.
   */
  readonly types?: 'as-declared' | 'as-they-come';
  /**
   * `as-selected` leaves out fields that are missing from the configured catalog's schema, except those of the primary key
   * and the cursor. Default `all`.
   */
  readonly fields?: 'as-selected' | 'all';
  /** Converts a `stream_state` that an older version of the source wrote to the shape that this one writes. See docs/state.md. */
  readonly migrateState?: (blob: JsonObject) => JsonObject;
  /** The least time between two saved positions of the stream; `{seconds: 0}` saves after each page. Default `{minutes: 1}`. */
  readonly checkpointInterval?: ExactDuration;
};

/** A stream that emits its records unchanged. */
type Passed<R extends object, S extends Slice> = {
  readonly map?: undefined;
  /**
   * Yields the pages of a slice: `({http, since}) => http.paginate('/issues', {query: {since}, next: linkHeader()})`, or any
   * async generator that yields `page(records)`.
   */
  readonly read: (context: ReadContext<S, NoInfer<R>>) => AsyncIterable<Page<NoInfer<R>>>;
};

/** A stream that changes its records before they are emitted. */
type Mapped<R extends object, S extends Slice, Raw extends object> = {
  /**
   * Makes a record of an item of the API: `(issue: RawIssue, {repository}) => ({...issue, repository})`. The parameter's type
   * is your claim about the API and is not checked. Without it every field of the schema is optional.
   */
  readonly map: (record: Raw, slice: S) => NoInfer<R>;
  /** Yields the pages of a slice with the items that `map` takes: `({http}) => http.paginate('/issues', {next: linkHeader()})`. */
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
    // The type of the parameter of `map` is the author's claim about the API.
    yield {...page, records: page.records.map((record) => map(record as Raw))};
  }
}

/** A time is never unique, and a lookback or a window reads records again on purpose. */
const assertUnique = (name: string, {unique, lookback, format}: Cursor, window: unknown): void => {
  const other = [
    lookback !== undefined && '`cursor.lookback`',
    window !== undefined && '`window`',
    format !== undefined && format !== 'characters' && 'a `cursor.format` of times',
  ].find((one) => one !== false);
  if (!unique || other === undefined) return;
  throw new SystemError(
    `Stream ${name} has \`cursor.unique\` beside ${other}, but it is for numbers and strings that are read once. Remove one of them.`,
  );
};

/** The kit passes only the stream's own slices, or `{}` without slices, where S is `{}`. */
const closeToken = <S extends Slice>(
  name: string,
  {identity, ...cursor}: TokenCursor<S>,
  window: unknown,
): TokenCursor => {
  if (window !== undefined) {
    throw new SystemError(
      `Stream ${name} has a \`window\` beside \`cursor.token\`, but a token says nothing about times. Remove one of them.`,
    );
  }
  return {
    ...cursor,
    ...(identity && {identity: (context) => identity({...context, slice: context.slice as S})}),
  };
};

const windowOf = (window: Duration | Window): Window =>
  'length' in window ? window : {length: window};

/**
 * Describes one stream. The types of records and slices come from `schema` and `slices`. A field that the schema does not
 * declare does not compile as a primary key or cursor, nor in `next`, `stop` or `lastId`.
 * @example stream({name: 'users', schema: users, primaryKey: ['id'], read: ({http}) => http.paginate('/users')})
 * @throws SystemError if `checkpointInterval` is not a duration, `cursor.unique` or `cursor.token` does not fit the other options, or `deletes` cannot work with the rest of the stream
 */
export const stream = <
  R extends object,
  S extends Slice = Record<never, never>,
  Raw extends object = Loose<R>,
>(
  definition: StreamDefinition<R, S, Raw>,
): Stream<R> => {
  const {map, window, deletes, checkpointInterval, cursor: declared, ...others} = definition;
  const cursor = declared?.token === undefined ? declared : undefined;
  if (cursor) assertUnique(others.name, cursor, window);
  const rest = {
    ...others,
    ...(cursor && {cursor}),
    ...(declared?.token && {token: closeToken(others.name, declared, window)}),
  };
  const slices = rest.slices ? sliceOriginOf(rest.slices) : ({kind: 'whole'} as const);
  return {
    ...rest,
    slices,
    primaryKey: rest.primaryKey ?? [],
    types: rest.types ?? 'as-they-come',
    fields: rest.fields ?? 'all',
    read: (context) => {
      // The kit passes only slices that `slices` gave, or `{}` without slices, where S is `{}`.
      const own = {...context, slice: context.slice as S};
      const pages = definition.read(own);
      return map === undefined
        ? pages
        : mapPages<Raw, R>(pages, (record) => map(record, own.slice));
    },
    checkpointInterval: toMilliseconds('checkpointInterval', checkpointInterval ?? {minutes: 1}),
    ...(window && {window: windowOf(window)}),
    ...(deletes && {deletes: closeDeletes({...rest, window, slices}, deletes)}),
  };
};

/**
 * Makes a page of records, for a `read` that is your own async generator.
 * @param resume leads to the next page, for a stream that is `resumable`; plain JSON
 * @param token the API's token for all records up to here, for a stream with `cursor: {token: …}`; null or '' counts as absent
 * @example yield page(await fetchUsers(), {resume: {after: 'u42'}})
 */
export const page = <R extends object>(
  records: readonly R[],
  {
    resume,
    token,
  }: {readonly resume?: JsonObject; readonly token?: CursorValue | null | undefined} = {},
): Page<R> => ({
  records,
  ...(resume && {resume}),
  ...(token !== undefined && token !== null && token !== '' && {token}),
});
