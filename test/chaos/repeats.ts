// Counts the records that come again in a resumed run, and limits them.
import {type ChaosStream, DAY} from './streams.ts';
import {resumeIn, type Witness} from './witness.ts';

/** True if a slice resumes near its interruption, so that few records come again. */
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
  /** The most repeats of one slice, beyond the lookback, if the order is sorted or pages can be resumed. */
  readonly worst: number;
};

/** Throws if more than a page of a slice comes again, beyond the lookback. */
export const repeatsIn = (
  watched: Witness,
  streams: readonly ChaosStream[],
  {startedAt, mutations}: {readonly startedAt: number; readonly mutations: number},
): Repeats => {
  let [all, worst] = [0, 0];
  for (const spec of streams) {
    const {name, pageSize, paging} = spec;
    const before = watched.before(name);
    for (const [slice, counts] of watched.repeats(name)) {
      all += counts.all;
      if (!isBounded(spec, streams, resumeIn(before, slice), startedAt)) continue;
      // With offsets, each inserted row moves one row into the next page.
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
