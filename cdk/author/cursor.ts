import type {Duration} from '../duration.ts';
import type {CursorFormat, CursorValue} from './types.ts';

/** The field that says how new a record is, and how it is followed: `{field: 'updated_at', order: 'ascending'}`. */
export type Cursor<Path extends string = string> = {
  /** Holds ISO 8601 timestamps, dates, or numbers that only grow. A nested field has a dot path: `commit.committer.date`. */
  readonly field: Path;
  readonly token?: undefined;
  /** Needed for other notations. Default: ISO 8601 strings, numbers, or strings of digits. Others cause a warning, or an error. */
  readonly format?: CursorFormat;
  /**
   * The first sync begins at this value, such as `config.start_date`. Without it `since` is undefined, and everything is read. With a
   * `format` of times it may be ISO 8601, too: `since` is then the same time in the format.
   */
  readonly start?: CursorValue | undefined;
  /**
   * The order of records within a slice. `ascending`: a cursor is never smaller than the one before it, so the position is
   * saved after each page. `descending`: the newest come first, so reading ends at the first page with nothing new; a page of that many old
   * records on top would end it too early. Default
   * `none`: the position is saved at the end of a slice.
   */
  readonly order?: 'ascending' | 'descending' | 'none';
  /** Starts each sync this much before the last position, for late records: `{hours: 1}`, or a number for a numeric cursor. */
  readonly lookback?: Duration | number;
  /** Set `after` if the API excludes `since` itself: `since` is then one tick earlier, so that no record is lost. Default `at`. */
  readonly bound?: 'at' | 'after';
  /**
   * Set it if no two records share a value and new ones get higher values, as with a sequence: the record at the position is
   * then not read again in each sync. For numbers and for the format `characters`, not for times. Default false.
   */
  readonly unique?: boolean;
  /** Decides about records without a cursor value: emit them (default `include`), leave them out, or fail. */
  readonly withoutValue?: 'include' | 'exclude' | 'error';
  /** Set it if the API cannot filter by the cursor: the kit leaves out records older than `since`. Default false. */
  readonly clientSide?: boolean;
};
