// Progress without a cursor: notes which slices a full-refresh pass has read, so that it can be resumed.
import type {Progress, ProgressOptions, SliceProgress} from './progress.ts';
import {sliceNumber} from './slice-keys.ts';
import type {Pass} from './stream-state.ts';

/** With more slices their keys are packed. */
const MAX_LISTED = 1_000;

type PassOptions = ProgressOptions & {readonly from: Pass | undefined};

export const followPass = (options: PassOptions): Progress => {
  const {from, now, resumeLife, sliced, isSelected} = options;
  const done = new Set(from?.done);
  let names: string[] | undefined = from ? from.names && [...from.names] : [];
  const resumes = new Map(from?.resumes);
  const startedAt = from?.startedAt ?? options.startedAt;

  const finish = (key: string): void => {
    resumes.delete(key);
    done.add(sliceNumber(key));
    names?.push(key);
    if (done.size > MAX_LISTED) names = undefined;
  };
  const slice = (key: string): SliceProgress => {
    const known = resumes.get(key);
    const isFresh = known !== undefined && Math.abs(now() - known.savedAt) < resumeLife;
    if (!isFresh) resumes.delete(key);
    return {
      from: undefined,
      since: undefined,
      resume: isFresh ? known.next : undefined,
      isDone: done.has(sliceNumber(key)),
      emits: () => isSelected,
      observe: (_records, next) => {
        // The last page has no next one; the token saved before it stays until the slice is complete.
        if (next === undefined || resumeLife === 0) return;
        resumes.set(key, {next, since: undefined, seen: undefined, startedAt, savedAt: now()});
      },
      restart: () => void resumes.delete(key),
      reach: () => {},
      complete: () => finish(key),
    };
  };
  return {
    slice,
    state: (isFinished) => {
      if (isFinished) return {isRefreshed: sliced || resumeLife > 0};
      // A stream without slices that is not resumable has nothing to save before its end.
      if (done.size === 0 && resumes.size === 0) return {};
      return {pass: {startedAt, done, names, resumes}, isUnfinished: true};
    },
  };
};
