// A stream that is being read, as all that deals with it sees it.
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {logMessage, type RecordPage} from '../protocol/messages.ts';
import type {Stream} from '../source.ts';
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

/** Emits records in their form, and counts them. */
export const emitRecords = async (
  {run, checkpoints, descriptor, conform, onFirstRecord}: Reading,
  records: readonly object[],
  bytes?: number,
): Promise<void> => {
  const emitted = conform.page(records);
  if (emitted.records.length === 0) return;
  await onFirstRecord();
  checkpoints.count(emitted.records.length);
  const emittedAt = run.now();
  await run.emitPage({type: 'PAGE', stream: descriptor, ...emitted, emittedAt}, bytes);
};
