// How far a stream was read: one position for the stream, and one for each of its slices.
// The blob carries the stream's own position under the cursor field's name, in the record's format:
//   {"updated_at": "2026-01-01T00:00:00Z", "slices": {"repository=octocat/hello-world": {"updated_at": "…"}}}
// `"unfinished": true` marks a blob saved while the stream was still being read.
import {isObject, type JsonObject} from '../json.ts';
import {isEmptyBlob, NO_CURSOR_STATE, type StateBlob} from '../protocol/state.ts';
import type {CursorValue, Slice} from '../source.ts';
import {isCursorValue} from './cursor.ts';

export type Position = {
  /** Up to here everything was read, in all slices. */
  readonly watermark: CursorValue | undefined;
  /** By `sliceKey`; undefined for a slice that has yielded nothing yet. Absent: nobody spoke of slices. */
  readonly slices?: ReadonlyMap<string, CursorValue | undefined>;
};

export const START: Position = {watermark: undefined};

/** A slice's identity: its fields by name, whatever their order. Empty for a stream without slices. */
export const sliceKey = (slice: Slice): string =>
  Object.keys(slice)
    .sort()
    .map((key) => `${encode(key)}=${encode(String(slice[key]))}`)
    .join('&');

/** Only what would blur the key's own grammar is escaped, so that `octocat/hello-world` stays readable. */
const encode = (text: string): string => text.replace(/[%&=]/g, encodeURIComponent);

const cursorIn = (blob: JsonObject, field: string): CursorValue | undefined => {
  const value = blob[field];
  return isCursorValue(value) ? value : undefined;
};

/** Reads a blob; undefined where it is not one of ours for this cursor field. */
export const parsePosition = (blob: StateBlob, field: string): Position | undefined => {
  if (isEmptyBlob(blob)) return START;
  const watermark = cursorIn(blob, field);
  const {slices, unfinished} = blob;
  if (!isObject(slices))
    return watermark === undefined && unfinished !== true ? undefined : {watermark};
  const positions = Object.entries(slices).map(
    ([key, slice]) => [key, isObject(slice) ? cursorIn(slice, field) : undefined] as const,
  );
  return {watermark, slices: new Map(positions)};
};

const cursorBlob = (field: string, value: CursorValue | undefined): JsonObject =>
  value === undefined ? {} : {[field]: value};

/** The blob of a position. One that says nothing becomes Airbyte's sentinel, as an empty one means "reset". */
export const toBlob = (
  {watermark, slices}: Position,
  field: string,
  {unfinished}: {readonly unfinished: boolean},
): StateBlob => {
  const blob = {
    ...cursorBlob(field, watermark),
    ...(slices !== undefined && {
      slices: Object.fromEntries(
        [...slices].map(([key, value]) => [key, cursorBlob(field, value)]),
      ),
    }),
    ...(unfinished && {unfinished}),
  };
  return Object.keys(blob).length === 0 ? NO_CURSOR_STATE : blob;
};
