// One stream, from STARTED to COMPLETE or INCOMPLETE. What fails in here stays in here.
import {SystemError} from '../errors.ts';
import {isObject, kindOf} from '../json.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {
  type Failure,
  logMessage,
  type RecordPage,
  type StreamStatus,
  streamStatus,
} from '../protocol/messages.ts';
import type {Page, SliceReader, Stream} from '../source.ts';
import {type Checkpoints, trackCheckpoints} from './checkpoints.ts';
import {type SliceFault, streamFailure, userMessage} from './failures.ts';
import {untilAborted} from './interrupt.ts';
import {type Position, sliceKey} from './position.ts';
import {type Progress, type SliceProgress, trackProgress} from './progress.ts';

/** What a run lends to each of its streams. */
export type StreamRun = {
  /** Puts a message behind all earlier ones; resolves when the writer has caught up. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly emitPage: (page: RecordPage, bytes: number | undefined) => Promise<void>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  /** What was done for a stream, in words; '' for nothing. */
  readonly workOf: (stream: string) => string;
};

/** A stream that can be read, and where its reading begins. */
type ReadableStream = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  readonly position: Position;
};

type Reading = {
  readonly descriptor: StreamDescriptor;
  readonly run: StreamRun;
  readonly progress: Progress;
  readonly checkpoints: Checkpoints;
};

const setStatus = ({descriptor, run}: Reading, status: StreamStatus): Promise<void> =>
  run.emit(streamStatus(descriptor, status, run.now()));

const hasFields = (record: object): boolean => Object.keys(record).length > 0;

/** Empty objects are no records: Airbyte drops them without a word, and then its counts are off. */
const recordsOf = (page: Page): readonly object[] => {
  const odd = page.records.find((record) => !isObject(record));
  if (odd !== undefined) {
    throw new SystemError(
      `A record must be an object, but one is ${kindOf(odd)}. Wrap it in \`read\`, such as {value: …}.`,
    );
  }
  return page.records.every(hasFields) ? page.records : page.records.filter(hasFields);
};

const saveIfDue = async ({progress, checkpoints, run}: Reading): Promise<void> => {
  const state = checkpoints.due(progress.unfinished);
  if (state !== undefined) await run.emit(state);
};

const emitPage = async (reading: Reading, page: Page, slice: SliceProgress): Promise<void> => {
  const {descriptor, run, checkpoints} = reading;
  const records = recordsOf(page);
  if (records.length === 0) return;
  if (checkpoints.total() === 0) await setStatus(reading, 'RUNNING');
  checkpoints.count(records.length);
  await run.emitPage({type: 'PAGE', stream: descriptor, records, emittedAt: run.now()}, page.bytes);
  slice.observe(records);
  await saveIfDue(reading);
};

const readSlice = async (reading: Reading, {slice, read}: SliceReader): Promise<void> => {
  const {signal} = reading.run;
  const progress = reading.progress.slice(sliceKey(slice));
  for await (const page of untilAborted(read(progress.since, signal), signal)) {
    await emitPage(reading, page, progress);
  }
  progress.complete();
};

/** Reads every slice, also behind one that fails; a slice that turns up twice is read once. */
const readSlices = async (reading: Reading, stream: Stream): Promise<readonly SliceFault[]> => {
  const {run, descriptor} = reading;
  const faults: SliceFault[] = [];
  const seen = new Set<string>();
  const fail = async (slice: string, error: unknown): Promise<void> => {
    run.signal.throwIfAborted();
    faults.push({slice, error});
    const where = slice === '' ? '' : `, slice ${slice}`;
    await run.emit(logMessage('ERROR', `Stream ${descriptor.name}${where}: ${userMessage(error)}`));
  };
  try {
    for await (const reader of untilAborted(stream.slices(), run.signal)) {
      const key = sliceKey(reader.slice);
      if (seen.has(key)) continue;
      seen.add(key);
      await saveIfDue(reading); // the slice before this one may have moved it
      await readSlice(reading, reader).catch((error: unknown) => fail(key, error));
    }
  } catch (error) {
    await fail('', error);
  }
  return faults;
};

const isSome = <T>(list: readonly T[]): list is readonly [T, ...T[]] => list.length > 0;

/** The end of a stream: last RECORD, then its final STATE, then its status. */
const finish = async (reading: Reading, complete: boolean): Promise<void> => {
  const {progress, checkpoints, run, descriptor} = reading;
  const state = checkpoints.last(complete ? progress.finished() : progress.unfinished());
  if (complete && checkpoints.total() === 0) await setStatus(reading, 'RUNNING');
  if (state !== undefined) await run.emit(state);
  await setStatus(reading, complete ? 'COMPLETE' : 'INCOMPLETE');
  const end = complete ? 'complete' : 'incomplete';
  const work = run.workOf(descriptor.name);
  await run.emit(
    logMessage(
      'INFO',
      `Stream ${descriptor.name} is ${end}: ${checkpoints.total()} records${work && ` (${work})`}.`,
    ),
  );
};

/**
 * Reads one stream. Its failure is handed back, not thrown; it throws only when the run was told to stop,
 * and then, too, the stream's last position has been saved.
 */
export const readStream = async (
  {descriptor, stream, position: from}: ReadableStream,
  run: StreamRun,
): Promise<Failure | undefined> => {
  const warn = (message: string): void => {
    void run.emit(logMessage('WARN', `Stream ${descriptor.name}: ${message}`));
  };
  const progress = trackProgress(stream, from, run.startedAt, warn);
  const checkpoints = trackCheckpoints(
    descriptor,
    stream.checkpointInterval,
    run.now,
    progress.unfinished(),
  );
  const reading = {descriptor, run, progress, checkpoints};
  await setStatus(reading, 'STARTED');
  let faults: readonly SliceFault[] | undefined;
  try {
    faults = await readSlices(reading, stream);
  } finally {
    await finish(reading, faults?.length === 0);
  }
  return isSome(faults) ? streamFailure(descriptor, faults) : undefined;
};
