// Progress without a cursor: which slices one round has read, so that a round that was cut off goes on instead of beginning anew.
//   {"done": ["repository=octocat/hello-world"], "resume": {"repository=…": {…}}, "started": "…", "unfinished": true}
import {isObject} from '../../json/values.ts';
import {
  FULL_REFRESH_COMPLETE_STATE,
  NO_CURSOR_STATE,
  type StateBlob,
} from '../../protocol/state.ts';
import {type Resume, resumeBlob, resumeIn} from './position.ts';
import type {Progress, SliceProgress} from './progress.ts';
import {packKeys, sliceNumber, unpackKeys} from './slice-keys.ts';

/** A round that began longer ago begins anew: what it read first is old by now. */
const ROUND_LIFE = 24 * 3_600_000;

/** More slices than these are not listed, but packed. */
const LISTED = 1_000;

export type Pass = {
  readonly startedAt: number;
  readonly done: ReadonlySet<number>;
  /** The same by name, as long as they are few enough to be listed. */
  readonly names: readonly string[] | undefined;
  readonly resumes: ReadonlyMap<string, Resume>;
};

/** What a blob says of a round that is not over; undefined where there is none, or it is too old. */
export const parsePass = (blob: StateBlob, now: number): Pass | undefined => {
  const {done, resume, started, unfinished} = blob;
  const startedAt = Date.parse(String(started));
  if (unfinished !== true || !(now - startedAt < ROUND_LIFE)) return undefined;
  const names = Array.isArray(done) ? done.map(String) : undefined;
  const keys = names ? new Set(names.map(sliceNumber)) : unpackKeys(String(done ?? ''));
  if (keys === undefined) return undefined;
  const resumes = Object.entries(isObject(resume) ? resume : {}).flatMap(([key, value]) => {
    const found = resumeIn(isObject(value) ? value : {});
    return found ? [[key, found] as const] : [];
  });
  return {startedAt, done: keys, names, resumes: new Map(resumes)};
};

type Following = {
  readonly from: Pass | undefined;
  readonly startedAt: number;
  readonly now: () => number;
  /** How long the next page of a slice that was cut off can be asked for, in milliseconds; 0: not at all. */
  readonly resumeLife: number;
  readonly sliced: boolean;
};

export const followPass = ({from, startedAt, now, resumeLife, sliced}: Following): Progress => {
  const done = new Set(from?.done);
  let names: string[] | undefined = from ? from.names && [...from.names] : [];
  const resumes = new Map(from?.resumes);
  const began = from?.startedAt ?? startedAt;

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
      observe: (_records, next) => {
        // Lists offer it without being asked. Behind the last page one that was saved before stays until the slice is complete.
        if (next === undefined || resumeLife === 0) return;
        resumes.set(key, {
          next,
          since: undefined,
          seen: undefined,
          startedAt: began,
          savedAt: now(),
        });
      },
      restart: () => void resumes.delete(key),
      reach: () => {},
      complete: () => finish(key),
    };
  };
  return {
    slice,
    unfinished: () =>
      // A stream in one piece that can not go on inside it has nothing to say before its end.
      done.size === 0 && resumes.size === 0
        ? NO_CURSOR_STATE
        : {
            // A copy: what was saved must not change when more is done.
            done: names ? [...names] : packKeys(done),
            ...(resumes.size > 0 && {
              resume: Object.fromEntries(
                [...resumes].map(([key, resume]) => [key, resumeBlob(resume)['resume']]),
              ),
            }),
            started: new Date(began).toISOString(),
            unfinished: true,
          },
    finished: () => (!sliced && resumeLife === 0 ? NO_CURSOR_STATE : FULL_REFRESH_COMPLETE_STATE),
  };
};
