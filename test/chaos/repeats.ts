// How much comes again when a run goes on, and how much may.
import {type ChaosStream, DAY} from './streams.ts';
import {resumeIn, type Witness} from './witness.ts';

/** Whether a slice goes on where it was cut off, so that little of what was read before comes again. */
const isBounded = (
  spec: ChaosStream,
  streams: readonly ChaosStream[],
  saved: number | undefined,
  startedAt: number,
): boolean => {
  if (spec.checkpointInterval > 0 || spec.window > 0) return false;
  if (spec.hasCursor && spec.order === 'ascending') return true;
  // A parent's children need all of its pages.
  const isParent = streams.some(({parent}) => parent?.name === spec.name);
  const isFresh = saved !== undefined && startedAt - saved < spec.resumable;
  return isFresh && !isParent && (spec.paging !== 'token' || spec.tokenLife >= DAY);
};

export type Repeats = {
  readonly all: number;
  /** The most of one slice, beyond the lookback, where the order is sorted or pages can be resumed. */
  readonly worst: number;
};

/** What came again in a run; throws where it is more than a page of a slice, beside the lookback. */
export const repeatsIn = (
  eyes: Witness,
  streams: readonly ChaosStream[],
  {startedAt, mutations}: {readonly startedAt: number; readonly mutations: number},
): Repeats => {
  let [all, worst] = [0, 0];
  for (const spec of streams) {
    const {name, pageSize, paging} = spec;
    const before = eyes.before(name);
    for (const [slice, counts] of eyes.repeats(name)) {
      all += counts.all;
      if (!isBounded(spec, streams, resumeIn(before, slice), startedAt)) continue;
      // Where pages are counted, each row that comes in moves one of a page into the next.
      const most = pageSize + (paging === 'offset' ? mutations : 0);
      if (counts.unexplained > most) {
        throw new Error(
          `${name}: ${counts.unexplained} records of "${slice}" came again, with pages of ${pageSize}, from ${JSON.stringify(before)}.`,
        );
      }
      worst = Math.max(worst, counts.unexplained);
    }
  }
  return {all, worst};
};
