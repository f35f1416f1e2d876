// Reads a slice in windows of time. One that is full is read again in halves.
import type {Stream, Window} from '../author/stream-types.ts';
import type {CursorValue} from '../author/types.ts';
import {shift} from '../duration.ts';
import {SystemError} from '../errors.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {CursorRules} from './cursor/rules.ts';
import type {SliceProgress} from './state/progress.ts';
import {logForStream, type StreamRun} from './stream-run.ts';

export type WindowedSlice = {
  readonly reading: {
    readonly descriptor: StreamDescriptor;
    readonly stream: Stream;
    readonly run: StreamRun;
    readonly saveIfDue: () => Promise<void>;
  };
  readonly progress: SliceProgress;
  /** Undefined for a stream without a cursor. */
  readonly rules: CursorRules | undefined;
  /** Reads one window. Resolves to the number of its records. */
  readonly read: (
    bounds: {readonly since: CursorValue; readonly until: CursorValue},
    onPage: (page: {readonly valid: readonly object[]}) => void,
  ) => Promise<number>;
};

/** Shorter windows are not split; one that is full is an error. Milliseconds. */
const SHORTEST_WINDOW = 1_000;

/** Writes instants like the slice's `since`. */
type AsValue = (instant: number) => CursorValue;

type Range = readonly [start: number, end: number];

/**
 * An instant that divides a window into two that differ for the API; undefined without one. A date has no times of day, so
 * half a day would be requested with the same values as the whole.
 */
const middleOf = (
  [start, end]: Range,
  asValue: AsValue,
  {tickBefore, instantOf}: CursorRules,
): number | undefined => {
  if (end - start <= SHORTEST_WINDOW) return undefined;
  const [since, until] = [asValue(start), asValue(end)];
  const isBetween = (instant: number | undefined): instant is number => {
    if (instant === undefined || instant <= start || instant >= end) return false;
    const value = asValue(instant);
    return value !== since && value !== until;
  };
  // Half of January and February may be in January still.
  return [start + Math.floor((end - start) / 2), instantOf(tickBefore(until))].find(isBetween);
};

const readWindow = async (
  slice: WindowedSlice,
  {cap = Number.POSITIVE_INFINITY}: Window,
  [start, end]: Range,
  asValue: AsValue,
): Promise<void> => {
  const bounds = {since: asValue(start), until: asValue(end)};
  const {rules} = slice;
  const values = new Set<CursorValue | undefined>();
  const count = await slice.read(bounds, ({valid}) => {
    // Two are enough to divide the window between them.
    for (const record of valid) if (values.size < 2) values.add(rules?.valueOf(record));
  });
  if (count < cap) return;
  const middle = rules && middleOf([start, end], asValue, rules);
  const [only] = values;
  if (middle === undefined || (values.size === 1 && only !== undefined)) {
    const where =
      middle === undefined
        ? `From ${bounds.since} to ${bounds.until}, the shortest window of this cursor,`
        : `At ${only}`;
    throw new SystemError(
      `${where} there are ${count} records or more, which is the most that the API returns for one query, so some may be missing. Divide the stream into smaller slices.`,
    );
  }
  logForStream(
    slice.reading,
    'INFO',
    `the window from ${bounds.since} to ${bounds.until} has at least ${cap} records, the most that the API returns for one query. It is read again in halves.`,
  );
  await readWindow(slice, {cap, length: {}}, [start, middle], asValue);
  await readWindow(slice, {cap, length: {}}, [middle, end], asValue);
};

/** The end of the window that begins at `start`. It is longer if the cursor's values could not tell its ends apart. */
const windowEnd = (start: number, last: number, {length}: Window, asValue: AsValue): number => {
  const since = asValue(start);
  let end = shift(start, length, 1);
  while (end < last && end > start && asValue(end) === since) end = shift(end, length, 1);
  return Math.min(last, end);
};

const DAY = 24 * 3_600_000;

/** The last window ends after the current second, or after today if the cursor is a date. */
const lastEnd = (now: number, model: CursorValue): number => {
  const unit = typeof model === 'string' && !model.includes(':') ? DAY : 1_000;
  return Math.ceil(now / unit) * unit;
};

export const readWindows = async (slice: WindowedSlice, window: Window): Promise<void> => {
  const {reading, progress, rules} = slice;
  const {since} = progress;
  const first = since === undefined ? undefined : rules?.instantOf(since);
  if (since === undefined || rules === undefined || first === undefined) {
    throw new SystemError(
      `Stream ${reading.stream.name} is read in windows of time, so its cursor must be a time and needs a \`start\`; but it begins at ${since}.`,
    );
  }
  const end = lastEnd(reading.run.startedAt, since);
  const asValue: AsValue = (instant) =>
    instant === first ? since : rules.atInstant(instant, since);
  for (let start = first; start < end; ) {
    const next = windowEnd(start, end, window, asValue);
    await readWindow(slice, window, [start, next], asValue);
    progress.reach(asValue(next));
    await reading.saveIfDue();
    start = next;
  }
};
