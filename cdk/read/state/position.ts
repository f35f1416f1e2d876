// How far a stream was read: one position for the stream, and one for each of its slices.
// The blob carries the stream's own position under the cursor field's name, in the record's format:
//   {"updated_at": "2026-01-01T00:00:00Z", "slices": {"repository=octocat/hello-world": {"updated_at": "…"}}}
// `"unfinished": true` marks a blob saved while the stream was still being read; `"resume"` is where a slice that was cut off
// goes on inside; `"folded"` are slices that share a position, when there are too many to list.

import type {CursorValue, Slice} from '../../author/types.ts';
import {isObject, type JsonObject} from '../../json/values.ts';
import {hasNoPosition, isEmptyBlob, NO_CURSOR_STATE, type StateBlob} from '../../protocol/state.ts';
import {isCursorValue} from '../cursor/rules.ts';
import type {ForeignSlice} from './foreign-state.ts';
import {packKeys, unpackKeys} from './slice-keys.ts';

/** Where reading goes on inside a slice. */
export type Resume = {
  /** What the page behind the last one is asked for with, as the stream's `read` gave it. */
  readonly next: JsonObject;
  /** What that reading began with. */
  readonly since: CursorValue | undefined;
  /** The highest cursor up to there. */
  readonly seen: CursorValue | undefined;
  /** When the run began that read up to there, and when it was saved: epoch milliseconds. */
  readonly startedAt: number;
  readonly savedAt: number;
};

export type SlicePosition = {
  /** Up to here everything of the slice was read; undefined for a slice that has yielded nothing yet. */
  readonly at: CursorValue | undefined;
  readonly resume?: Resume;
};

/** Slices that share a position, by `sliceNumber`. */
export type Fold = {
  readonly at: CursorValue | undefined;
  readonly keys: ReadonlySet<number>;
};

export type Position = {
  /** Up to here everything was read, in all slices. */
  readonly watermark: CursorValue | undefined;
  /** Of a stream without slices. */
  readonly resume?: Resume;
  /** By `sliceKey`. Absent: nobody spoke of slices. */
  readonly slices?: ReadonlyMap<string, SlicePosition>;
  readonly folded?: readonly Fold[];
  /** Of slices that Airbyte's Python CDK has read, in its own terms. */
  readonly foreign?: readonly ForeignSlice[];
  /** How far back reading has to begin once, as the state says, in seconds. */
  readonly lookbackSeconds?: number;
};

export const START: Position = {watermark: undefined};

/** A slice's identity: its fields by name, whatever their order. Empty for a stream without slices. */
export const sliceKey = (slice: Slice): string =>
  Object.keys(slice)
    .sort()
    .map((key) => `${encode(key)}=${encode(String(slice[key]))}`)
    .join('&');

/** The slice of a key, its values as texts. */
export const sliceOf = (key: string): Slice =>
  Object.fromEntries(
    key.split('&').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [decode(name), decode(value)];
    }),
  );

const decode = (text: string): string => text.replace(/%(25|26|3D)/g, decodeURIComponent);

/** Only what would blur the key's own grammar is escaped, so that `octocat/hello-world` stays readable. */
const encode = (text: string): string => text.replace(/[%&=]/g, encodeURIComponent);

const cursorIn = (blob: JsonObject, field: string): CursorValue | undefined => {
  const value = blob[field];
  return isCursorValue(value) ? value : undefined;
};

/** Undefined where there is none, or one that is not whole: the slice is then read from its beginning. */
export const resumeIn = (value: unknown): Resume | undefined => {
  if (!isObject(value) || !isObject(value['next'])) return undefined;
  const [startedAt, savedAt] = [value['started'], value['saved']].map((time) =>
    Date.parse(String(time)),
  );
  return startedAt && savedAt
    ? {
        next: value['next'],
        since: cursorIn(value, 'since'),
        seen: cursorIn(value, 'seen'),
        startedAt,
        savedAt,
      }
    : undefined;
};

const sliceIn = (value: unknown, field: string): SlicePosition => {
  if (!isObject(value)) return {at: undefined};
  const resume = resumeIn(value['resume']);
  return {at: cursorIn(value, field), ...(resume && {resume})};
};

const foldIn = (value: unknown, field: string): readonly Fold[] => {
  const keys = isObject(value) ? unpackKeys(String(value['keys'])) : undefined;
  return isObject(value) && keys ? [{at: cursorIn(value, field), keys}] : [];
};

/** Reads a blob; undefined where it is not one of ours for this cursor field. */
export const parsePosition = (blob: StateBlob, field: string): Position | undefined => {
  if (isEmptyBlob(blob)) return START;
  const watermark = cursorIn(blob, field);
  const {slices, folded, unfinished} = blob;
  if (!isObject(slices)) {
    const resume = resumeIn(blob['resume']);
    const isOurs = watermark !== undefined || unfinished === true || hasNoPosition(blob);
    return isOurs || resume ? {watermark, ...(resume && {resume})} : undefined;
  }
  const folds = Array.isArray(folded) ? folded.flatMap((fold) => foldIn(fold, field)) : [];
  return {
    watermark,
    slices: new Map(Object.entries(slices).map(([key, slice]) => [key, sliceIn(slice, field)])),
    ...(folds.length > 0 && {folded: folds}),
  };
};

const cursorBlob = (field: string, value: CursorValue | undefined): JsonObject =>
  value === undefined ? {} : {[field]: value};

export const resumeBlob = (resume: Resume | undefined): JsonObject =>
  resume === undefined
    ? {}
    : {
        resume: {
          next: resume.next,
          ...cursorBlob('since', resume.since),
          ...cursorBlob('seen', resume.seen),
          started: new Date(resume.startedAt).toISOString(),
          saved: new Date(resume.savedAt).toISOString(),
        },
      };

/** The blob of a position. One that says nothing becomes Airbyte's sentinel, as an empty one means "reset". */
export const toBlob = (
  {watermark, resume, slices, folded = []}: Position,
  field: string,
  {unfinished}: {readonly unfinished: boolean},
): StateBlob => {
  const blob = {
    ...cursorBlob(field, watermark),
    ...resumeBlob(resume),
    ...(slices !== undefined && {
      slices: Object.fromEntries(
        [...slices].map(([key, slice]) => [
          key,
          {...cursorBlob(field, slice.at), ...resumeBlob(slice.resume)},
        ]),
      ),
    }),
    ...(folded.length > 0 && {
      folded: folded.map(({at, keys}) => ({...cursorBlob(field, at), keys: packKeys(keys)})),
    }),
    ...(unfinished && {unfinished}),
  };
  return Object.keys(blob).length === 0 ? NO_CURSOR_STATE : blob;
};
