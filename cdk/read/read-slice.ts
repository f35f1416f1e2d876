// Reads one slice from its position to its end: its pages, its windows, and the page at which it resumes.
import type {Cursor} from '../author/cursor.ts';
import type {Stream, Window} from '../author/stream-types.ts';
import type {TokenCursor} from '../author/token-cursor.ts';
import type {CursorValue, Page, Slice, StreamContext} from '../author/types.ts';
import {shift} from '../duration.ts';
import {messageOf, SystemError, TransientError} from '../errors.ts';
import {type ListResume, openListResume} from '../http/paginate/resume.ts';
import {countOf, type RawRecords, someOf} from '../json/raw-records.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {openComparison} from './comparable.ts';
import {type CursorRules, cursorRules} from './cursor/rules.ts';
import type {SliceDeletes, StreamDeletes} from './deletes/deletes.ts';
import {type EndOfNews, openEndOfNews} from './descending.ts';
import type {Output} from './emit.ts';
import type {Passthrough} from './passthrough.ts';
import {assertTokenKept, readByToken, tokenRules} from './read-by-token.ts';
import type {Progress, SliceProgress} from './state/progress.ts';
import {sliceKey} from './state/slice-keys.ts';
import type {StreamClient} from './stream-client.ts';
import {logForStream, type StreamRun} from './stream-run.ts';
import {untilAborted} from './turns/abort.ts';
import type {Slot} from './turns/slots.ts';

export type Reading = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  readonly run: StreamRun;
  readonly client: StreamClient;
  readonly progress: Progress;
  readonly deletes: StreamDeletes;
  readonly passthrough: Passthrough;
  readonly output: Output;
  readonly onRecords: (records: readonly object[], slot: Slot) => Promise<void>;
  readonly saveIfDue: () => Promise<void>;
};

type SliceReading = {
  readonly reading: Reading;
  readonly slice: Slice;
  readonly slot: Slot;
  readonly context: StreamContext;
  readonly key: string;
  readonly progress: SliceProgress;
  /** Absent for a stream without a cursor. */
  readonly rules: CursorRules | undefined;
  readonly deletes: SliceDeletes;
  readonly assertComparable: (records: readonly object[]) => void;
};

/** The part of a slice that is read: all of it, or one window. */
type Part = {
  readonly since: CursorValue | undefined;
  readonly until: CursorValue | undefined;
  readonly resume: JsonObject | undefined;
};

const named = ({key}: SliceReading): string => (key === '' ? 'it' : key);

const hasFields = (record: object): boolean => Object.keys(record).length > 0;

/** Returns the same list if all records are kept. */
const keep = (
  records: readonly object[],
  ...tests: readonly ((record: object) => boolean)[]
): readonly object[] => {
  const kept = records.filter((record) => tests.every((test) => test(record)));
  return kept.length === records.length ? records : kept;
};

/** Leaves empty objects out: Airbyte drops them silently, and then its counts do not match. */
const checkedRecords = (page: Page): readonly object[] => {
  const odd = page.records.find((record) => !isObject(record));
  if (odd !== undefined) {
    throw new SystemError(
      `A record must be an object, but one is ${kindOf(odd)}. Wrap it in \`read\`, such as {value: …}.`,
    );
  }
  return keep(page.records, hasFields);
};

/** `withoutValue` decides what happens to records without a cursor value. */
const withCursor = (
  records: readonly object[],
  {reading: {stream}, rules}: SliceReading,
): readonly object[] => {
  const {cursor} = stream;
  const {withoutValue = 'include'} = cursor ?? {};
  if (cursor === undefined || rules === undefined || withoutValue === 'include') return records;
  const valid = records.filter((record) => rules.valueOf(record) !== undefined);
  if (withoutValue === 'error' && valid.length < records.length) {
    throw new SystemError(
      `A record has no "${cursor.field}", which is the cursor of stream ${stream.name}. If the API may send such records, set \`withoutValue\` to include or exclude them.`,
    );
  }
  return valid;
};

/** Drops records before `since` if the API cannot filter by it, and the record at the position if its cursor is unique. */
const isNew = (
  {reading: {stream}, rules, progress: {readUpTo}}: SliceReading,
  since: CursorValue | undefined,
): ((record: object) => boolean) => {
  if (rules === undefined) return () => true;
  const oldest = stream.cursor?.clientSide ? since : undefined;
  if (oldest === undefined && readUpTo === undefined) return () => true;
  const {valueOf: cursorOf, compare} = rules;
  return (record) => {
    const value = cursorOf(record);
    if (value === undefined) return true;
    if (readUpTo !== undefined && compare(value, readUpTo) === 0) return false;
    return oldest === undefined || compare(value, oldest) >= 0;
  };
};

type Taken = {
  readonly count: number;
  /** All of them; of records that were not parsed only the cursors. */
  readonly records: readonly object[];
  /** Those whose cursors the position follows. */
  readonly valid: readonly object[];
};

const takeParsed = async (
  slice: SliceReading,
  page: Page,
  since: CursorValue | undefined,
): Promise<Taken> => {
  const {reading, progress, deletes, slot} = slice;
  const valid = withCursor(checkedRecords(page), slice);
  slice.assertComparable(valid);
  await reading.onRecords(valid, slot);
  const isLater = isNew(slice, since);
  const emitted = keep(
    valid,
    (record) => deletes.isRestored(record) || (progress.emits(record) && isLater(record)),
  );
  await reading.output.emit(deletes.take(page, emitted), page.bytes);
  return {count: page.records.length, records: page.records, valid};
};

const keptOf = (raw: RawRecords, all: readonly object[], some: readonly object[]): RawRecords => {
  if (some.length === all.length) return raw;
  const kept = new Set(some);
  const indexes = all.flatMap((record, index) => (kept.has(record) ? [index] : []));
  return someOf(raw, indexes);
};

const takeRaw = async (
  slice: SliceReading,
  raw: RawRecords,
  page: Page,
  since: CursorValue | undefined,
): Promise<Taken> => {
  const {reading} = slice;
  const records = reading.passthrough.look(raw);
  const valid = withCursor(records, slice);
  slice.assertComparable(valid);
  const kept = keep(valid, isNew(slice, since));
  await reading.output.emitRaw(keptOf(raw, records, kept), page.bytes);
  return {count: countOf(raw), records, valid};
};

const takePage = async (slice: SliceReading, page: Page, {since, until}: Part): Promise<Taken> => {
  const {reading, progress} = slice;
  assertTokenKept(page, reading.stream);
  const raw = reading.passthrough.enter(page);
  const taken = await (raw === undefined
    ? takeParsed(slice, page, since)
    : takeRaw(slice, raw, page, since));
  // A window is never resumed: a partly read window proves nothing about earlier ones.
  progress.observe(taken.valid, until === undefined ? page.resume : undefined, page);
  await reading.saveIfDue();
  return taken;
};

const endOfNewsOf = (slice: SliceReading, since: CursorValue | undefined): EndOfNews => {
  const {reading, rules, key, progress} = slice;
  const {cursor} = reading.stream;
  if (cursor?.order !== 'descending' || rules === undefined) return () => false;
  return openEndOfNews(cursor, rules, {since, readUpTo: progress.readUpTo}, (fault) =>
    logForStream(reading, 'WARN', `the records${key === '' ? '' : ` of ${key}`} ${fault}`),
  );
};

/** The option that decides by comparisons which records are emitted. */
const comparingOption = ({clientSide, order}: Cursor): string | undefined => {
  if (clientSide) return 'clientSide';
  return order === 'descending' ? "order: 'descending'" : undefined;
};

const comparisonOf = (
  cursor: Cursor | undefined,
  rules: CursorRules | undefined,
  since: CursorValue | undefined,
): SliceReading['assertComparable'] => {
  const needs = cursor && comparingOption(cursor);
  if (cursor === undefined || rules === undefined || needs === undefined) return () => {};
  return openComparison(cursor, rules, since, needs);
};

/** Undefined for streams that are not resumable, and for windows. */
const listResume = ({stream}: Reading, {resume}: Part): ListResume | undefined =>
  stream.resumable === undefined || stream.window !== undefined
    ? undefined
    : openListResume(resume);

const readPart = async (
  slice: SliceReading,
  part: Part,
  onPage: (taken: Taken) => void = () => {},
): Promise<number> => {
  const {reading, slot} = slice;
  const {stream, client} = reading;
  const lists = listResume(reading, part);
  const context = client.inSlot(slot, lists, stream.token && tokenRules(stream.token, part.since));
  const {signal} = context;
  const pages = stream.read({...context, slice: slice.slice, ...part});
  const endsNews = endOfNewsOf(slice, part.since);
  let count = 0;
  for await (const page of untilAborted(pages, signal)) {
    const taken = await takePage(slice, page, part);
    count += taken.count;
    onPage(taken);
    if (endsNews(taken.records)) break;
  }
  if (lists?.isLeft()) {
    logForStream(
      reading,
      'WARN',
      `${named(slice)} was read from its beginning, because no list in it starts with the request that the interrupted list started with. To resume it, keep values that differ from run to run, such as the current time, out of the query.`,
    );
  }
  return count;
};

/** A token of an earlier run may be invalid whatever its age. Then only this slice starts over, not the stream. */
const readFrom = async (
  slice: SliceReading,
  part: Part,
  onPage?: (taken: Taken) => void,
): Promise<number> => {
  if (part.resume === undefined) return readPart(slice, part, onPage);
  let isUnderWay = false;
  try {
    return await readPart(slice, part, () => {
      isUnderWay = true;
    });
  } catch (error) {
    slice.reading.run.signal.throwIfAborted();
    if (isUnderWay || error instanceof TransientError) throw error;
    logForStream(
      slice.reading,
      'WARN',
      `${named(slice)} could not be resumed and starts over: ${messageOf(error)}`,
    );
    slice.progress.restart();
    return readPart(slice, {...part, resume: undefined});
  }
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
  slice: SliceReading,
  {cap = Number.POSITIVE_INFINITY}: Window,
  [start, end]: Range,
  asValue: AsValue,
): Promise<void> => {
  const bounds = {since: asValue(start), until: asValue(end)};
  const {rules} = slice;
  const values = new Set<CursorValue | undefined>();
  const count = await readFrom(slice, {...bounds, resume: undefined}, ({valid}) => {
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

const readWindows = async (slice: SliceReading, window: Window): Promise<void> => {
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

const readFromToken = (sliceReading: SliceReading, cursor: TokenCursor): Promise<void> => {
  const {reading, slice, context, progress, deletes} = sliceReading;
  return readByToken({
    cursor,
    progress,
    context: {...context, slice},
    read: (from) => readFrom(sliceReading, {...from, until: undefined}),
    onStartOver: deletes.startOver,
    log: (level, message) => logForStream(reading, level, `${named(sliceReading)} ${message}`),
  });
};

export const readSlice = async (reading: Reading, slice: Slice, slot: Slot): Promise<void> => {
  const {cursor, token, window} = reading.stream;
  const key = sliceKey(slice);
  const progress = reading.progress.slice(key);
  const context = reading.client.inSlot(slot);
  const deletes = reading.deletes.slice(context, slice, key, progress);
  if (progress.isDone) return;
  await reading.onRecords(await deletes.begin(), slot);
  const {since, resume} = progress;
  const rules = cursor && cursorRules(cursor);
  const sliceReading: SliceReading = {
    reading,
    slice,
    slot,
    context,
    key,
    progress,
    rules,
    deletes,
    assertComparable: comparisonOf(cursor, rules, since),
  };
  if (token !== undefined) await readFromToken(sliceReading, token);
  else if (window === undefined) await readFrom(sliceReading, {since, until: undefined, resume});
  else await readWindows(sliceReading, window);
  progress.complete();
  await reading.onRecords(await deletes.end(), slot);
};
