// How an author says what was deleted. The kit emits each such record once more, with `_deleted_at`.
import type {Duration} from '../duration.ts';
import {SystemError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {CursorFormat, CursorValue, Page, Slice, StreamContext} from './types.ts';

type Within<S> = StreamContext & {
  /** One of the stream's slices, or `{}` for a stream without slices. */
  readonly slice: S;
};

/** A list of what was deleted, as an API keeps it. It has a position of its own, one for each slice. */
export type DeletedList<R extends object, S> = {
  /**
   * Pages of deleted items. `since`: those that were deleted at or after it; undefined: all there are. Read ahead of
   * the slice's records, so that one that was restored is a record again.
   */
  readonly read: (
    context: Within<S> & {readonly since: CursorValue | undefined},
  ) => AsyncIterable<Page>;
  /**
   * The field of an item, or its dot path, that says when it was deleted. The highest is where the next sync begins, once
   * the list was read to its end. Without it that is the time at which the run began, as an ISO 8601 text.
   */
  readonly at?: string;
  /** How the values of `at` are written down, where that is not seen from them. */
  readonly format?: CursorFormat;
  /** Where the first sync begins. */
  readonly start?: CursorValue | undefined;
  /** What an item tells of the record, at least its primary key. Default: the item's fields of that name. */
  readonly record?: (item: JsonObject, slice: S) => Partial<R>;
};

/** From how many missing records on none is taken for deleted: more than `least`, and more than `share` of those known. */
export type SafetyLimit = {
  /** Default 20. */
  readonly least?: number;
  /** Between 0 and 1; default 0.1. */
  readonly share?: number;
};

/**
 * Finds what was deleted by what is missing: the ids that are known are compared with a complete list of them. What is
 * missing in two such lists in a row is taken for deleted.
 */
export type Sweep<R extends object, S> = {
  /**
   * The least time between two lists of a slice that count. Needed with `read`; without both, each time that a slice is
   * read from its beginning counts.
   */
  readonly every?: Duration;
  /**
   * Pages of items with at least the primary key: **all** that there are in the slice. Without it the stream's own records
   * serve, when a slice is read from its beginning: in a full sync, without a cursor, or with `cursor.clientSide`. A list
   * without a single page is none, and one with an `incompleteReason` is not complete.
   */
  readonly read?: (context: Within<S>) => AsyncIterable<Page>;
  /** What an item of `read` tells of the record, at least its primary key. Default: the item's fields of that name. */
  readonly record?: (item: JsonObject, slice: S) => Partial<R>;
  /** `false` takes everything that is missing for deleted, even if nothing is left. */
  readonly safetyLimit?: SafetyLimit | false;
  /**
   * Asks the API for one record that is missing, by its primary key; true if it is gone (404, 410). With it one list is
   * enough, as each missing record is asked for, below the safetyLimit.
   */
  readonly confirm?: (key: Partial<R>, context: Within<S>) => Promise<boolean>;
  /**
   * Of a slice that is no longer listed: `keep` (the default) says nothing of its records and forgets their ids,
   * `delete` takes them for deleted, once a complete sync twice did not list it. `confirm` is not asked for them. Not for slices
   * of `incremental` parents, of which only those that changed are listed.
   */
  readonly goneSlices?: 'keep' | 'delete';
  /** The most ids that are kept in the state; with more, or more than 1 MB of them, the sweep is off. Default 200,000. */
  readonly limit?: number;
};

/** What is known of deletes; each of the three, or several of them. */
export type Deletes<R extends object, S> = {
  /**
   * Whether a record says of itself that it was deleted: when, or true where it does not say; then it is the record's cursor,
   * or else the time at which it is emitted.
   */
  readonly flag?: (record: R, slice: S) => boolean | string | null | undefined;
  readonly list?: DeletedList<R, S>;
  readonly sweep?: Sweep<R, S>;
};

type Described = {
  readonly name: string;
  readonly primaryKey?: readonly string[];
  readonly window?: unknown;
  readonly fullSync?: unknown;
  readonly cursor?: {readonly clientSide?: boolean};
  readonly slices: {readonly kind: string; readonly incremental?: boolean};
};

const refuse = (name: string, message: string): never => {
  throw new SystemError(`Stream ${name}: ${message}`);
};

const assertPossible = <R extends object, S>(
  {name, primaryKey = [], window, fullSync, cursor, slices}: Described,
  {list, sweep}: Deletes<R, S>,
): void => {
  if ((list || sweep) && primaryKey.length === 0) {
    refuse(name, 'what was deleted is named by its primary key, so declare a `primaryKey`.');
  }
  if (sweep?.read && !sweep.every) {
    refuse(name, 'say with `deletes.sweep.every` how often all ids are listed, {weeks: 1}.');
  }
  if (sweep?.goneSlices === 'delete' && slices.incremental) {
    refuse(
      name,
      'only the slices of parents that changed are listed, so that one which is not listed is not gone: leave `deletes.sweep.goneSlices` out, or read all parents, without `incremental`.',
    );
  }
  if (sweep && !sweep.read && window !== undefined) {
    refuse(
      name,
      'what changes while its windows are read is in none of them, so they do not show what was deleted: give `deletes.sweep` a `read` that lists all ids.',
    );
  }
  if (sweep && !sweep.read && cursor && !cursor.clientSide && !fullSync) {
    refuse(
      name,
      'after its first sync only what is new is read, which does not show what was deleted: give `deletes.sweep` a `read` that lists all ids, or the stream a `fullSync`.',
    );
  }
};

/** The same with record and slice types closed over, as the kit reads it. */
export const closeDeletes = <R extends object, S extends Slice>(
  described: Described,
  deletes: Deletes<R, S>,
): Deletes<object, Slice> => {
  assertPossible(described, deletes);
  // The kit hands out the stream's own records and slices only.
  const within = <C extends Within<Slice>>(context: C) => ({...context, slice: context.slice as S});
  const naming = (record: ((item: JsonObject, slice: S) => Partial<R>) | undefined) =>
    record && {record: (item: JsonObject, slice: Slice): object => record(item, slice as S)};
  const {flag, list, sweep} = deletes;
  const {record: ofListed, read: readList, ...listing} = list ?? {};
  const {record: ofSwept, read: readIds, confirm, ...sweeping} = sweep ?? {};
  return {
    ...(flag && {flag: (record, slice) => flag(record as R, slice as S)}),
    ...(readList && {
      list: {...listing, ...naming(ofListed), read: (context) => readList(within(context))},
    }),
    ...(sweep && {
      sweep: {
        ...sweeping,
        ...naming(ofSwept),
        ...(readIds && {read: (context) => readIds(within(context))}),
        ...(confirm && {confirm: (key, context) => confirm(key as Partial<R>, within(context))}),
      },
    }),
  };
};
