// How far the reading of one stream has come, slice by slice.

import type {CursorValue} from '../../author/types.ts';
import type {JsonObject} from '../../json/values.ts';
import type {StateBlob} from '../../protocol/state.ts';

/** Follows one slice. */
export type SliceProgress = {
  /** The position that an earlier run left, or the stream's start; undefined: everything is to be read. */
  readonly from: CursorValue | undefined;
  /** What the author's `read` gets as `since`: the same less the lookback. */
  readonly since: CursorValue | undefined;
  /** Where a reading that was cut off goes on. */
  readonly resume: JsonObject | undefined;
  /** It was read to its end already, in a round that is not over. */
  readonly isDone: boolean;
  /** Looks at records that were emitted, and keeps where the page behind them is. */
  readonly observe: (records: readonly object[], next?: JsonObject) => void;
  /** The token of `resume` is void: the slice begins anew. */
  readonly restart: () => void;
  /** Everything before this was read, whatever the order. */
  readonly reach: (value: CursorValue) => void;
  /** Everything of the slice was read: its position moves, whatever the order. */
  readonly complete: () => void;
};

export type Progress = {
  readonly slice: (key: string) => SliceProgress;
  /** What to save while the stream is being read, or when it could not be read to its end. */
  readonly unfinished: () => StateBlob;
  /** What to save when every slice is complete; slices that are gone are forgotten. */
  readonly finished: () => StateBlob;
};
