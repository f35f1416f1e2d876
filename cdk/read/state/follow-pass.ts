// Progress without a cursor: which slices a full-refresh pass has read, so that one that was cut off is resumed.

import type {Progress, SliceProgress} from './progress.ts';
import {sliceNumber} from './slice-keys.ts';
import type {Pass} from './stream-state.ts';

/** More slices than these are not listed, but packed. */
const LISTED = 1_000;

type PassOptions = {
  readonly from: Pass | undefined;
  readonly startedAt: number;
  readonly now: () => number;
  /** How long the next page of a slice that was cut off can be requested, in milliseconds; 0: not at all. */
  readonly resumeLife: number;
  readonly sliced: boolean;
  /** Whether the user gets the records; else they are read for the stream's children only. */
  readonly isSelected: boolean;
};

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
    if (done.size > LISTED) names = undefined;
  };
  const slice = (key: string): SliceProgress => {
    const known = resumes.get(key);
    const isFresh = known !== undefined && now() - known.savedAt < resumeLife;
    if (!isFresh) resumes.delete(key);
    return {
      from: undefined,
      since: undefined,
      resume: isFresh ? known.next : undefined,
      isDone: done.has(sliceNumber(key)),
      emits: () => isSelected,
      observe: (_records, next) => {
        // Lists offer it unasked. After the last page the one that was saved before stays until the slice is complete.
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
      // A stream in one piece that can not be resumed inside it has nothing to keep before its end.
      if (done.size === 0 && resumes.size === 0) return {};
      return {pass: {startedAt, done, names, resumes}, isUnfinished: true};
    },
  };
};
