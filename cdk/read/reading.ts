// A stream that is being read, as all that deals with it sees it.
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {logMessage, type RecordPage, rawPage} from '../protocol/messages.ts';
import {countOf, type RawRecords} from '../raw-records.ts';
import type {Stream} from '../source.ts';
import type {ByteLane} from './byte-lane.ts';
import type {Checkpoints} from './checkpoints.ts';
import type {StreamConform} from './conform/conform-stream.ts';
import type {StreamDeletes} from './deletes/deletes.ts';
import type {Lanes} from './lanes.ts';
import type {Progress} from './progress.ts';

/** What a run lends to each of its streams. */
export type StreamRun = {
  /** Puts a message behind all earlier ones; resolves when the writer has caught up. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly emitPage: (page: RecordPage, bytes: number | undefined) => Promise<void>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  readonly lanes: Lanes;
  /** What was done for a stream, in words; '' for nothing. */
  readonly workOf: (stream: string) => string;
  /** Says something to who looks for the kit's own doing. */
  readonly debug: (message: string) => void;
};

export type Reading = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  readonly run: StreamRun;
  readonly progress: Progress;
  readonly checkpoints: Checkpoints;
  readonly deletes: StreamDeletes;
  /** Brings records to the form in which they are emitted. */
  readonly conform: StreamConform;
  readonly byteLane: ByteLane;
  /** Which of a slice's records are emitted; all of them are children's parents. */
  readonly emits: (slice: string) => (record: object) => boolean;
  /** Hands records to the streams whose slices they are. */
  readonly onRecords: (records: readonly object[]) => Promise<void>;
  /** Says that the stream is RUNNING, once, ahead of its first record. */
  readonly onFirstRecord: () => Promise<void>;
};

export const say = (
  {descriptor, run}: Pick<Reading, 'descriptor' | 'run'>,
  level: 'INFO' | 'WARN',
  message: string,
): void => void run.emit(logMessage(level, `Stream ${descriptor.name}: ${message}`));

export const saveIfDue = async ({progress, checkpoints, run}: Reading): Promise<void> => {
  const state = checkpoints.due(progress.unfinished);
  if (state !== undefined) await run.emit(state);
};

/** Counts records and emits them. */
const emitPage = async (
  {run, checkpoints, onFirstRecord}: Reading,
  count: number,
  pageAt: (emittedAt: number) => RecordPage,
  bytes: number | undefined,
): Promise<void> => {
  if (count === 0) return;
  await onFirstRecord();
  checkpoints.count(count);
  await run.emitPage(pageAt(run.now()), bytes);
};

/** Emits records in their form, and counts them. */
export const emitRecords = async (
  reading: Reading,
  records: readonly object[],
  bytes?: number,
): Promise<void> => {
  const emitted = reading.conform.page(records);
  const stream = reading.descriptor;
  const pageAt = (emittedAt: number): RecordPage => ({type: 'PAGE', stream, ...emitted, emittedAt});
  await emitPage(reading, emitted.records.length, pageAt, bytes);
};

/** The same of records that go out as they came. */
export const emitRaw = async (
  reading: Reading,
  raw: RawRecords,
  bytes: number | undefined,
): Promise<void> => {
  reading.conform.sample(raw);
  const pageAt = (emittedAt: number): RecordPage => rawPage(reading.descriptor, raw, emittedAt);
  await emitPage(reading, countOf(raw), pageAt, bytes);
};
