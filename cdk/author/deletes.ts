import type {Duration} from '../duration.ts';
import {SystemError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {CursorFormat, CursorValue, Page, Slice, StreamContext} from './types.ts';

type Within<S> = StreamContext & {
  /** One of the stream's slices, or `{}` for a stream without slices. */
  readonly slice: S;
};

/** Finds restored records that did not get a new cursor value, so that they do not come with the stream's new records. */
type Restores<R extends object, S> = {
  /**
   * The time after its deletion in which a record can be restored: `{days: 30}`. The list is read from so long ago in each sync,
   * and the kit remembers what it lists.
   */
  readonly within: Duration;
  /**
   * Requests a record that the list no longer shows as deleted, by its primary key, and returns it as `read` and `map` do.
   * Returns null or undefined if it is gone for good, or is still deleted.
   */
  readonly fetch: (key: Partial<R>, context: Within<S>) => Promise<R | null | undefined>;
  /**
   * Returns true for an item whose record was restored, in a list that keeps such items. Default: a restored record leaves
   * the list, so `read` must list all that were deleted since `since` and still are.
   */
  readonly isRestored?: (item: JsonObject, slice: S) => boolean;
};

/** The API's own list of deleted items, such as `/trash`. It has its own position in each slice. */
export type DeletedList<R extends object, S> = {
  /**
   * Yields pages of the items deleted at or after `since`; undefined: of all deleted items. They are read before the
   * slice's records, so that a restored record is emitted last.
   */
  readonly read: (
    context: Within<S> & {readonly since: CursorValue | undefined},
  ) => AsyncIterable<Page>;
  /**
   * The field of an item that says when it was deleted, or its dot path. Once the list was read to its end, its highest value
   * is the next `since`. Without it the next `since` is the time at which the run began, as an ISO 8601 string.
   */
  readonly at?: string;
  /** The notation of the values of `at`, as in `cursor.format`. */
  readonly format?: CursorFormat;
  /** The `since` of the first sync, in the notation of `at` or as ISO 8601. Default: undefined. */
  readonly start?: CursorValue | undefined;
  /**
   * Returns the record's fields that an item shows, at least its primary key, and its cursor if the item has it. Default: the
   * item's fields of these names.
   */
  readonly record?: (item: JsonObject, slice: S) => Partial<R>;
  /** Set it if the API restores records without giving them a new cursor value. */
  readonly restores?: Restores<R, S>;
};

/** If more than `least` records and more than `share` of the known ones are missing at once, or all, none is taken for deleted. */
export type SafetyLimit = {
  /** A number of records. Default 20. */
  readonly least?: number;
  /** Between 0 and 1. Default 0.1. */
  readonly share?: number;
};

/** The list that known ids are compared with: one of its own, or the stream's records. */
type SweepSource<S> =
  | {
      /** The least time between two lists of a slice that are compared. */
      readonly every: Duration;
      /**
       * Yields pages of **all** items in the slice, each with at least the primary key. A list without any page, or with an
       * `incompleteReason`, is not compared. Without `read` the stream's own records are compared, whenever a slice is read
       * from its beginning: in a full sync, without a cursor, or with `cursor.clientSide`.
       */
      readonly read: (context: Within<S>) => AsyncIterable<Page>;
    }
  | {
      /** Default: each reading of a slice from its beginning is compared. */
      readonly every?: Duration;
      readonly read?: never;
    };

/**
 * Finds deleted records by comparing the known ids with a complete list of them: `{every: {weeks: 1}, read: …}`. A record
 * that is missing in two such lists in a row is taken for deleted.
 */
export type Sweep<R extends object, S> = SweepSource<S> & {
  /** Returns the record's fields that an item shows, at least its primary key. Default: the item's fields of that name. */
  readonly record?: (item: JsonObject, slice: S) => Partial<R>;
  /** Guards against a list that is short by mistake. `false` takes all missing records for deleted, even if none is left. */
  readonly safetyLimit?: SafetyLimit | false;
  /**
   * Requests one missing record by its primary key; returns true if it is gone (404, 410). With it one list is enough. It is
   * called for each missing record, unless the safety limit is exceeded.
   */
  readonly confirm?: (key: Partial<R>, context: Within<S>) => Promise<boolean>;
  /**
   * Requests a record that was marked as deleted, but is listed again and did not come with a new cursor; returns it as
   * `read` and `map` do, or null or undefined. Without it such records are a warning. Without `read` it is not needed.
   */
  readonly fetch?: (key: Partial<R>, context: Within<S>) => Promise<R | null | undefined>;
  /**
   * Decides about a slice that is no longer listed. Default `keep`: its records stay, and their ids are forgotten. `delete`:
   * its records are taken for deleted once two complete syncs did not list it; `confirm` is not called. `delete` cannot be
   * combined with an `incremental` parent, which lists only slices that changed.
   */
  readonly goneSlices?: 'keep' | 'delete';
  /** The most ids that are kept in the state. With more, or with more than 1 MB of them, the sweep is off. Default 200,000. */
  readonly limit?: number;
};

/** Ways to detect deleted records; use one or several. */
export type Deletes<R extends object, S> = {
  /**
   * Returns the time at which a record was deleted, or true if it does not say when: `({deleted_at}) => deleted_at`. True
   * stands for the record's cursor, or without one for the time at which it is emitted.
   */
  readonly flag?: (record: R, slice: S) => boolean | string | null | undefined;
  readonly list?: DeletedList<R, S>;
  readonly sweep?: Sweep<R, S>;
};

/** True for a stream whose deletes are found by comparing a sync with earlier ones. */
export const tracksDeletes = ({
  deletes,
}: {
  readonly deletes?: Pick<Deletes<object, Slice>, 'list' | 'sweep'>;
}): boolean => deletes?.list !== undefined || deletes?.sweep !== undefined;

type Described = {
  readonly name: string;
  readonly primaryKey?: readonly string[];
  readonly window?: unknown;
  readonly fullSync?: unknown;
  readonly cursor?: {readonly clientSide?: boolean};
  readonly slices: {readonly kind: string; readonly incremental?: boolean};
};

const problemIn = <R extends object, S>(
  {primaryKey = [], window, fullSync, cursor, slices}: Described,
  {list, sweep}: Deletes<R, S>,
): string | undefined => {
  if ((list || sweep) && primaryKey.length === 0) {
    return 'deleted records are identified by their primary key, so declare a `primaryKey`.';
  }
  if (list?.restores && !cursor) {
    return 'without a cursor each sync reads all records, so restored ones come by themselves: leave out `deletes.list.restores`.';
  }
  if (sweep?.read && !sweep.every) {
    return 'set `deletes.sweep.every` to the time between two lists of all ids, {weeks: 1}.';
  }
  if (sweep?.goneSlices === 'delete' && slices.incremental) {
    return 'an `incremental` parent lists only slices that changed, so a slice that is not listed may still exist: leave out `deletes.sweep.goneSlices` or `incremental`.';
  }
  if (!sweep || sweep.read) return undefined;
  if (window !== undefined) {
    return 'a record that changes while windows are read may be in none of them, so they do not show which records were deleted: give `deletes.sweep` a `read` that lists all ids.';
  }
  return cursor && !cursor.clientSide && !fullSync
    ? 'after its first sync only new records are read, which does not show which ones were deleted: give `deletes.sweep` a `read` that lists all ids, or the stream a `fullSync`.'
    : undefined;
};

const closeRestores = <R extends object, S>(
  {within, fetch, isRestored}: Restores<R, S>,
  own: (context: Within<Slice>) => Within<S>,
): Restores<object, Slice> => ({
  within,
  fetch: (key, context) => fetch(key as Partial<R>, own(context)),
  ...(isRestored && {isRestored: (item, slice) => isRestored(item, slice as S)}),
});

/** Hides the types of records and slices, and throws a SystemError if the stream cannot work with these deletes. */
export const closeDeletes = <R extends object, S extends Slice>(
  described: Described,
  deletes: Deletes<R, S>,
): Deletes<object, Slice> => {
  const problem = problemIn(described, deletes);
  if (problem !== undefined) throw new SystemError(`Stream ${described.name}: ${problem}`);
  // The kit passes only the stream's own records and slices.
  const within = <C extends Within<Slice>>(context: C) => ({...context, slice: context.slice as S});
  const naming = (record: ((item: JsonObject, slice: S) => Partial<R>) | undefined) =>
    record && {record: (item: JsonObject, slice: Slice): object => record(item, slice as S)};
  const {flag, list, sweep} = deletes;
  const {record: ofListed, read: readList, restores, ...listing} = list ?? {};
  const {record: ofSwept, read: readIds, every, confirm, fetch, ...sweeping} = sweep ?? {};
  return {
    ...(flag && {flag: (record, slice) => flag(record as R, slice as S)}),
    ...(readList && {
      list: {
        ...listing,
        ...naming(ofListed),
        read: (context) => readList(within(context)),
        ...(restores && {restores: closeRestores(restores, within)}),
      },
    }),
    ...(sweep && {
      sweep: {
        ...sweeping,
        ...naming(ofSwept),
        ...(every && (readIds ? {every, read: (context) => readIds(within(context))} : {every})),
        ...(confirm && {confirm: (key, context) => confirm(key as Partial<R>, within(context))}),
        ...(fetch && {fetch: (key, context) => fetch(key as Partial<R>, within(context))}),
      },
    }),
  };
};
