// Which field of a stream's records is its cursor, and how it is followed.
import type {Duration} from '../duration.ts';
import type {CursorFormat, CursorValue} from './types.ts';

/** Which field tells how far a stream was read. */
export type Cursor<Path extends string = string> = {
  /** Timestamps (ISO 8601), dates, or numbers that only grow; a nested one by its dot path, `commit.committer.date`. */
  readonly field: Path;
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
