// How far the reading of one stream has come, slice by slice.

import type {CursorValue} from '../../author/types.ts';
import type {JsonObject} from '../../json/values.ts';
import type {StreamState} from './stream-state.ts';

/** Follows one slice. */
export type SliceProgress = {
  /** The position of an earlier run, or the stream's start; undefined: all records are to be read. */
  readonly from: CursorValue | undefined;
  /** What the author's `read` gets as `since`: the same less the lookback. */
  readonly since: CursorValue | undefined;
  /** Where a reading that was cut off is resumed. */
  readonly resume: JsonObject | undefined;
  /** It is complete already, in a pass that is not over. */
  readonly isDone: boolean;
  /** Whether a record of the slice goes to the user; all of them go to the stream's children. */
  readonly emits: (record: object) => boolean;
  /** Looks at records that were emitted, and keeps where the page after them is. */
  readonly observe: (records: readonly object[], next?: JsonObject) => void;
  /** The token of `resume` is void: the slice is read from its position again. */
  readonly restart: () => void;
  /** Everything before this was read, whatever the order. */
  readonly reach: (value: CursorValue) => void;
  /** Everything of the slice was read: its position moves, whatever the order. */
  readonly complete: () => void;
};

export type Progress = {
  readonly slice: (key: string) => SliceProgress;
  /**
   * The part of the stream's state that says how far it was read.
   * @param isFinished whether every slice is complete; slices that are gone are then forgotten
   */
  readonly state: (isFinished: boolean) => StreamState;
};
