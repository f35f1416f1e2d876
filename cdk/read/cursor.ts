// The rules of cursors without a format of their own, and where a run may leave its position.
import type {CursorValue} from '../source.ts';
import {cursorRules} from './cursor/rules.ts';

export {isCursorValue} from './cursor/rules.ts';

const {compare, later, cappedAt} = cursorRules({field: ''});

export {compare as compareCursors, later};

/**
 * How far the clocks of an API and of this machine may be apart. What changes while a run reads may carry a
 * time before others it saw, so a position never passes the run's own start less this.
 */
const CLOCK_SKEW = 60_000;

/**
 * A position that the next run may begin at: not after this run's own start, and never before `from`, where
 * this run began. Only timestamps know about "now"; other cursors pass as they are.
 */
export const capAtRunStart = (
  position: CursorValue | undefined,
  from: CursorValue | undefined,
  startedAt: number,
): CursorValue | undefined =>
  position === undefined ? from : later(cappedAt(position, startedAt - CLOCK_SKEW), from);
