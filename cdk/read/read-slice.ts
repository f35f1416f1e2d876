// One slice, from its position to its end: pages, windows, and where it goes on when it is cut off.

import type {Stream, Window} from '../author/stream-value.ts';
import type {CursorValue, Page, Slice, StreamContext} from '../author/types.ts';
import {shift} from '../duration.ts';
import {messageOf, SystemError, TransientError} from '../errors.ts';
import {type ListResume, openListResume} from '../http/paginate/resume.ts';
import {countOf, type RawRecords, someOf} from '../json/raw-records.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {type CursorRules, cursorRules} from './cursor/rules.ts';
import type {SliceDeletes, StreamDeletes} from './deletes/deletes.ts';
import type {Output} from './emit.ts';
import type {Passthrough} from './passthrough.ts';
import type {Progress, SliceProgress} from './state/progress.ts';
import {sliceKey} from './state/slice-keys.ts';
import type {StreamClient} from './stream-client.ts';
import {type StreamRun, say} from './stream-run.ts';
import {untilAborted} from './turns/abort.ts';
import type {Slot} from './turns/slots.ts';

/** A stream that is being read, as its slices see it. */
export type Reading = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  readonly run: StreamRun;
  readonly client: StreamClient;
  readonly progress: Progress;
  readonly deletes: StreamDeletes;
  readonly passthrough: Passthrough;
  readonly output: Output;
  /** Hands records to the streams whose slices they are. */
  readonly onRecords: (records: readonly object[], slot: Slot) => Promise<void>;
  /** Emits a STATE if one is due. */
  readonly saveIfDue: () => Promise<void>;
};

type SliceReading = {
  readonly reading: Reading;
  readonly slice: Slice;
  readonly slot: Slot;
  /** The client, for this slice in its slot. */
  readonly context: StreamContext;
  readonly key: string;
  readonly progress: SliceProgress;
  /** Absent for a stream without a cursor. */
  readonly rules: CursorRules | undefined;
  readonly deletes: SliceDeletes;
};

/** Which part of a slice is read. */
type Part = {
  readonly since: CursorValue | undefined;
  readonly until: CursorValue | undefined;
  readonly resume: JsonObject | undefined;
};

const named = ({key}: SliceReading): string => (key === '' ? 'it' : key);

const hasFields = (record: object): boolean => Object.keys(record).length > 0;

/** Empty objects are no records: Airbyte drops them without a word, and then its counts are off. */
const checkedRecords = (page: Page): readonly object[] => {
  const odd = page.records.find((record) => !isObject(record));
  if (odd !== undefined) {
    throw new SystemError(
      `A record must be an object, but one is ${kindOf(odd)}. Wrap it in \`read\`, such as {value: …}.`,
    );
  }
  return page.records.every(hasFields) ? page.records : page.records.filter(hasFields);
};

/** A record without a cursor is none that can be followed: the author says what it is. */
const withCursor = (
  records: readonly object[],
  {reading: {stream}, rules}: SliceReading,
): readonly object[] => {
  const {cursor} = stream;
  const {withoutValue = 'include'} = cursor ?? {};
  if (cursor === undefined || rules === undefined || withoutValue === 'include') return records;
  const whole = records.filter((record) => rules.valueOf(record) !== undefined);
  if (withoutValue === 'error' && whole.length < records.length) {
    throw new SystemError(
      `A record has no "${cursor.field}", which is the cursor of stream ${stream.name}. If such records are in order, say with \`withoutValue\` whether they are emitted.`,
    );
  }
  return whole;
};

/** What is older than asked for, where the API can not be asked. */
const isNew = (
  {reading: {stream}, rules}: SliceReading,
  since: CursorValue | undefined,
): ((record: object) => boolean) => {
  if (rules === undefined || since === undefined || !stream.cursor?.clientSide) return () => true;
  return (record) => {
    const value = rules.valueOf(record);
    return value === undefined || rules.compare(value, since) >= 0;
  };
};

const keep = (
  records: readonly object[],
  ...tests: readonly ((record: object) => boolean)[]
): readonly object[] =>
  records.every((record) => tests.every((test) => test(record)))
    ? records
    : records.filter((record) => tests.every((test) => test(record)));

/** What was seen of a page. */
type Taken = {
  /** How many records it held. */
  readonly count: number;
  /** All of them, or what was read of them. */
  readonly records: readonly object[];
  /** Those that have the cursor they need. */
  readonly whole: readonly object[];
};

const takeParsed = async (
  slice: SliceReading,
  page: Page,
  since: CursorValue | undefined,
): Promise<Taken> => {
  const {reading, progress, deletes, slot} = slice;
  const whole = withCursor(checkedRecords(page), slice);
  await reading.onRecords(whole, slot);
  const emitted = keep(whole, progress.emits, isNew(slice, since));
  await reading.output.emit(deletes.take(page, emitted), page.bytes);
  return {count: page.records.length, records: page.records, whole};
};

/** The bytes of those records that are kept, out of all that were looked at. */
const keptOf = (
  raw: RawRecords,
  looked: readonly object[],
  kept: readonly object[],
): RawRecords => {
  if (kept.length === looked.length) return raw;
  const among = new Set(kept);
  return someOf(
    raw,
    looked.flatMap((record, index) => (among.has(record) ? [index] : [])),
  );
};

/** The same for a page whose records need not be parsed. */
const takeRaw = async (
  slice: SliceReading,
  raw: RawRecords,
  page: Page,
  since: CursorValue | undefined,
): Promise<Taken> => {
  const {reading} = slice;
  const records = reading.passthrough.look(raw);
  const whole = withCursor(records, slice);
  const kept = keep(whole, isNew(slice, since));
  await reading.output.emitRaw(keptOf(raw, records, kept), page.bytes);
  return {count: countOf(raw), records, whole};
};

/** Hands on one page. */
const takePage = async (slice: SliceReading, page: Page, {since, until}: Part): Promise<Taken> => {
  const {reading, progress} = slice;
  const raw = reading.passthrough.enter(page);
  const taken = await (raw === undefined
    ? takeParsed(slice, page, since)
    : takeRaw(slice, raw, page, since));
  // A window is read from its beginning again: what of it had been seen says nothing of those before it.
  progress.observe(taken.whole, until === undefined ? page.resume : undefined);
  await reading.saveIfDue();
  return taken;
};

/** Whether a list whose newest records come first has got to those that were read before. */
const isBehind = (
  {reading: {stream}, rules}: SliceReading,
  records: readonly object[],
  since: CursorValue | undefined,
): boolean =>
  stream.cursor?.order === 'descending' &&
  rules !== undefined &&
  since !== undefined &&
  records.some((record) => {
    const value = rules.valueOf(record);
    return value !== undefined && rules.compare(value, since) < 0;
  });

/** Lists say where they can be resumed in streams whose author says for how long, but not inside a window. */
const listResume = ({stream}: Reading, {resume}: Part): ListResume | undefined =>
  stream.resumable === undefined || stream.window !== undefined
    ? undefined
    : openListResume(resume);

const readPart = async (
  slice: SliceReading,
  part: Part,
  onPage: () => void = () => {},
): Promise<number> => {
  const {reading, slot} = slice;
  const {stream, client} = reading;
  const lists = listResume(reading, part);
  const context = lists === undefined ? slice.context : client.inSlot(slot, lists);
  const {signal} = context;
  const pages = stream.read({...context, slice: slice.slice, ...part});
  let count = 0;
  for await (const page of untilAborted(pages, signal)) {
    const taken = await takePage(slice, page, part);
    count += taken.count;
    onPage();
    if (isBehind(slice, taken.records, part.since)) break;
  }
  if (lists?.isLeft()) {
    say(
      reading,
      'WARN',
      `${named(slice)} was read from its beginning: none of its lists begins with the request of the one that was cut off. A query that differs from run to run, such as one with the time of now, keeps a list from being resumed.`,
    );
  }
  return count;
};

/** A token of an earlier run may be void by now, whatever its age: then the slice begins anew, not the stream. */
const readFrom = async (slice: SliceReading, part: Part): Promise<number> => {
  if (part.resume === undefined) return readPart(slice, part);
  let isUnderWay = false;
  try {
    return await readPart(slice, part, () => {
      isUnderWay = true;
    });
  } catch (error) {
    slice.reading.run.signal.throwIfAborted();
    if (isUnderWay || error instanceof TransientError) throw error;
    say(
      slice.reading,
      'WARN',
      `${named(slice)} can not go on where it was cut off, and begins anew: ${messageOf(error)}`,
    );
    slice.progress.restart();
    return readPart(slice, {...part, resume: undefined});
  }
};

/** Shorter windows are not split: an API that has more records in it is read wrongly. */
const SHORTEST_WINDOW = 1_000;

const readWindow = async (
  slice: SliceReading,
  {cap = Number.POSITIVE_INFINITY}: Window,
  [start, end]: readonly [number, number],
  asValue: (instant: number) => CursorValue,
): Promise<void> => {
  const bounds = {since: asValue(start), until: asValue(end)};
  const count = await readFrom(slice, {...bounds, resume: undefined});
  if (count < cap) return;
  if (end - start <= SHORTEST_WINDOW) {
    throw new SystemError(
      `From ${bounds.since} to ${bounds.until} there are ${count} records or more, as many as the API gives out for one query, so some are missing. Cut the stream into slices by something else, too.`,
    );
  }
  say(
    slice.reading,
    'INFO',
    `from ${bounds.since} to ${bounds.until} there are more records than the ${cap} that the API gives out for one query: it is read again in halves.`,
  );
  const middle = start + Math.floor((end - start) / 2);
  await readWindow(slice, {cap, length: {}}, [start, middle], asValue);
  await readWindow(slice, {cap, length: {}}, [middle, end], asValue);
};

const DAY = 24 * 3_600_000;

/** Of cursors that are dates the last window ends behind today, and of times behind the second that began. */
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
      `Stream ${reading.stream.name} is read in windows of time, so it needs a cursor that is a time, and a \`cursor.start\`; it begins at ${since}.`,
    );
  }
  const end = lastEnd(reading.run.startedAt, since);
  const asValue = (instant: number): CursorValue =>
    instant === first ? since : rules.atInstant(instant, since);
  for (let start = first; start < end; ) {
    const next = Math.min(end, shift(start, window.length, 1));
    await readWindow(slice, window, [start, next], asValue);
    progress.reach(asValue(next));
    await reading.saveIfDue();
    start = next;
  }
};

/** Reads a slice to its end. */
export const readSlice = async (reading: Reading, slice: Slice, slot: Slot): Promise<void> => {
  const {cursor, window} = reading.stream;
  const key = sliceKey(slice);
  const progress = reading.progress.slice(key);
  const context = reading.client.inSlot(slot);
  const deletes = reading.deletes.slice(context, slice, key, progress);
  if (progress.isDone) return;
  await deletes.begin();
  const sliceReading: SliceReading = {
    reading,
    slice,
    slot,
    context,
    key,
    progress,
    rules: cursor && cursorRules(cursor),
    deletes,
  };
  const {since, resume} = progress;
  if (window === undefined) await readFrom(sliceReading, {since, until: undefined, resume});
  else await readWindows(sliceReading, window);
  progress.complete();
  await deletes.end();
};
