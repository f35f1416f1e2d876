// Follows how far one stream was read, slice by slice.
import type {CursorValue, Page} from '../../author/types.ts';
import type {JsonObject} from '../../json/values.ts';
import type {StreamState} from './stream-state.ts';

/** The part of a slice's progress that only a stream with tokens has. */
type TokenProgress = {
  /** The identity that was saved beside the token. */
  readonly of: CursorValue | undefined;
  /** Sets the identity that is saved beside it from now on. */
  readonly belongTo: (identity: CursorValue | undefined) => void;
  /** The API no longer knows the token: the slice is at its beginning. */
  readonly forget: () => void;
};

export type SliceProgress = {
  /** The position of an earlier run, or the stream's start; undefined: all records are read. */
  readonly from: CursorValue | undefined;
  /** The `since` for the author's `read`: `from` less the lookback. */
  readonly since: CursorValue | undefined;
  /** The record with exactly this cursor was read, and no other has it: it is left out. Undefined unless the cursor is `unique`. */
  readonly readUpTo: CursorValue | undefined;
  /** The token of the page at which an interrupted slice resumes. */
  readonly resume: JsonObject | undefined;
  /** An earlier run of an unfinished pass has completed it. */
  readonly isDone: boolean;
  /** True for records that are emitted; the stream's children get all of them. */
  readonly emits: (record: object) => boolean;
  /** Notes the cursors of emitted records, the token of the next page, and the page itself. */
  readonly observe: (records: readonly object[], next?: JsonObject, page?: Page) => void;
  /** The token of `resume` is invalid: the slice is read from its position again. */
  readonly restart: () => void;
  /** All records before this value were read, in whatever order. */
  readonly reach: (value: CursorValue) => void;
  /** All records of the slice were read: its position moves, in whatever order they came. */
  readonly complete: () => void;
  readonly token?: TokenProgress;
};

export type ProgressOptions = {
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
  /** For so many milliseconds the next page of an interrupted slice can be requested; 0: not at all. */
  readonly resumeLife: number;
  readonly sliced: boolean;
  /** The records are emitted; otherwise they are read for the stream's children only. */
  readonly isSelected: boolean;
};

export type Progress = {
  readonly slice: (key: string) => SliceProgress;
  /** Call it once all deletes were emitted. */
  readonly settle?: () => void;
  /** @param isFinished all slices are complete: slices that are no longer listed are then forgotten */
  readonly state: (isFinished: boolean) => StreamState;
};
