// Moves positions that lie in the future back to the start of the run: nothing new would be read until then. They come from
// other tools, from a machine whose clock was wrong, or from an edited state.
import type {Cursor} from '../../author/cursor.ts';
import type {Stream} from '../../author/stream-types.ts';
import type {CursorValue} from '../../author/types.ts';
import {type CursorRules, cursorRules} from '../cursor/rules.ts';
import {CLOCK_SKEW} from './follow-cursor.ts';
import type {DeletesState, Position, Resume, SlicePosition} from './stream-state.ts';

type Cap = <T extends CursorValue | undefined>(value: T) => T | CursorValue;

/** `onMoved` gets each value that was moved. */
const capWith =
  (
    {instantOf, cappedAt}: CursorRules,
    startedAt: number,
    onMoved: (value: CursorValue) => void,
  ): Cap =>
  (value) => {
    const instant = value === undefined ? undefined : instantOf(value);
    if (value === undefined || instant === undefined || instant <= startedAt + CLOCK_SKEW) {
      return value;
    }
    onMoved(value);
    return cappedAt(value, startedAt - CLOCK_SKEW);
  };

const resumeBy = (cap: Cap, resume: Resume | undefined): Resume | undefined =>
  resume && {...resume, since: cap(resume.since), seen: cap(resume.seen)};

/** The lookback of a moved position would read old records again, from before the run. */
const atBy = (cap: Cap, before: CursorValue | undefined) => {
  const at = cap(before);
  return {at, ...(at !== before && {isMoved: true})};
};

const positionBy = (cap: Cap, position: Position): Position => {
  const {slices, compacted, foreign} = position;
  const capSlice = ({at, resume}: SlicePosition): SlicePosition => ({
    ...atBy(cap, at),
    resume: resumeBy(cap, resume),
  });
  const {at, isMoved} = capSlice({at: position.watermark});
  return {
    ...position,
    watermark: at,
    ...(isMoved && {isMoved}),
    resume: resumeBy(cap, position.resume),
    slices: slices && new Map([...slices].map(([key, slice]) => [key, capSlice(slice)])),
    compacted: compacted?.map((one) => ({...one, ...atBy(cap, one.at)})),
    foreign: foreign?.map((one) => ({...one, cursor: cap(one.cursor)})),
  };
};

const ignore = (): void => {};

/** @param startedAt the start of the run, in epoch milliseconds */
export const positionUntilNow = (
  position: Position,
  cursor: Cursor,
  startedAt: number,
  onMoved: (value: CursorValue) => void = ignore,
): Position => positionBy(capWith(cursorRules(cursor), startedAt, onMoved), position);

export const deletesUntilNow = (
  state: DeletesState,
  {cursor, deletes}: Stream,
  startedAt: number,
  onMoved: (value: CursorValue) => void,
): DeletesState => {
  const format = deletes?.list?.format;
  const capEmitted = capWith(cursorRules(cursor ?? {field: ''}), startedAt, ignore);
  const moved: CursorValue[] = [];
  const capListed = capWith(
    cursorRules({field: deletes?.list?.at ?? '', ...(format && {format})}),
    startedAt,
    (value) => void moved.push(value),
  );
  const {list} = state;
  const capped = list && {
    ...list,
    at: list.at && new Map([...list.at].map(([key, at]) => [key, capListed(at)] as const)),
    compacted: list.compacted && {...list.compacted, at: capListed(list.compacted.at)},
  };
  moved.forEach(onMoved);
  return {
    ...state,
    cursor: capEmitted(state.cursor),
    list: capped && (moved.length > 0 ? {...capped, isMoved: true} : capped),
  };
};

/** The value of `cursor.start` if it lies in the future. */
export const futureStart = ({cursor}: Stream, startedAt: number): CursorValue | undefined => {
  const {start} = cursor ?? {};
  const instant = cursor && start !== undefined ? cursorRules(cursor).instantOf(start) : undefined;
  return instant !== undefined && instant > startedAt + CLOCK_SKEW ? start : undefined;
};
