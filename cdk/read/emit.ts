// A stream that is being read, as all that deals with it sees it.

import type {Stream} from '../author/source.ts';
import {countOf, type RawRecords} from '../json/raw-records.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {type RecordPage, rawPage} from '../protocol/messages.ts';
import type {StreamConform} from './conform/conform-stream.ts';
import type {StreamDeletes} from './deletes/deletes.ts';
import type {Passthrough} from './passthrough.ts';
import type {Checkpoints} from './state/checkpoints.ts';
import type {Progress} from './state/progress.ts';
import type {StreamRun} from './stream-run.ts';

export type Reading = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  readonly run: StreamRun;
  readonly progress: Progress;
  readonly checkpoints: Checkpoints;
  readonly deletes: StreamDeletes;
  /** Brings records to the form in which they are emitted. */
  readonly conform: StreamConform;
  readonly passthrough: Passthrough;
  /** Which of a slice's records are emitted; all of them are children's parents. */
  readonly emits: (slice: string) => (record: object) => boolean;
  /** Hands records to the streams whose slices they are. */
  readonly onRecords: (records: readonly object[]) => Promise<void>;
  /** Says that the stream is RUNNING, once, ahead of its first record. */
  readonly onFirstRecord: () => Promise<void>;
};

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
