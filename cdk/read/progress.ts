// How far the reading of one stream has come, slice by slice.
import {NO_CURSOR_STATE, type StateBlob} from '../protocol/state.ts';
import type {Cursor, CursorValue, Stream} from '../source.ts';
import {capAtRunStart, compareCursors, isCursorValue, later} from './cursor.ts';
import {type Position, toBlob} from './position.ts';

/** Follows one slice. */
export type SliceProgress = {
  /** Where reading begins: what the author's `read` gets as `since`. */
  readonly since: CursorValue | undefined;
  /** Looks at the cursors of records that were emitted. */
  readonly observe: (records: readonly object[]) => void;
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

/** A stream without a cursor: nothing to follow, nothing to save but that it was read. */
const WITHOUT_CURSOR: Progress = {
  slice: () => ({since: undefined, observe: () => {}, complete: () => {}}),
  unfinished: () => NO_CURSOR_STATE,
  finished: () => NO_CURSOR_STATE,
};

type Sorted = {readonly highest: CursorValue | undefined; readonly inOrder: boolean};

/** The highest cursor of some records behind `highest`, and whether they came in ascending order. */
const scan = (
  records: readonly object[],
  field: string,
  highest: CursorValue | undefined,
): Sorted =>
  records.reduce<Sorted>(
    (sorted, record) => {
      const value: unknown = Reflect.get(record, field);
      if (!isCursorValue(value)) return sorted;
      if (sorted.highest === undefined || compareCursors(value, sorted.highest) >= 0) {
        return {highest: value, inOrder: sorted.inOrder};
      }
      return {highest: sorted.highest, inOrder: false};
    },
    {highest, inOrder: true},
  );

const followCursor = (
  cursor: Cursor,
  sliced: boolean,
  from: Position,
  startedAt: number,
  warn: (message: string) => void,
): Progress => {
  const {field, start} = cursor;
  // A stream in slices says so in its state even when there are none yet: see `known` below.
  const slices = sliced ? new Map(from.slices) : undefined;
  const seen = new Set<string>();
  let watermark = from.watermark;

  const slice = (key: string): SliceProgress => {
    // A slice that no earlier run knew begins at the start: the stream's watermark says nothing about it.
    // Only a state that knows no slices, another connector's, speaks for all of them.
    const known = slices && from.slices ? from.slices.get(key) : from.watermark;
    const since = known ?? start;
    let highest: CursorValue | undefined;
    let ascending = cursor.order === 'ascending';
    seen.add(key);
    slices?.set(key, known);

    const advance = () => {
      const position = capAtRunStart(highest, since, startedAt);
      if (slices) slices.set(key, position);
      else watermark = position;
    };
    return {
      since,
      observe: (records) => {
        const found = scan(records, field, highest);
        highest = found.highest;
        if (ascending && !found.inOrder) {
          ascending = false;
          warn(
            `Records${key === '' ? '' : ` of ${key}`} should come in ascending order of "${field}", but do not: the position is saved at the end only.`,
          );
        }
        if (ascending) advance();
      },
      complete: advance,
    };
  };
  const blob = (unfinished: boolean): StateBlob =>
    toBlob({watermark, ...(slices && {slices})}, field, {unfinished});
  return {
    slice,
    unfinished: () => blob(true),
    finished: () => {
      if (slices) {
        for (const key of slices.keys()) if (!seen.has(key)) slices.delete(key);
        watermark = [...slices.values()].reduce<CursorValue | undefined>(later, watermark);
      }
      return blob(false);
    },
  };
};

export const trackProgress = (
  {cursor, sliced}: Stream,
  from: Position,
  startedAt: number,
  warn: (message: string) => void,
): Progress =>
  cursor === undefined ? WITHOUT_CURSOR : followCursor(cursor, sliced, from, startedAt, warn);
