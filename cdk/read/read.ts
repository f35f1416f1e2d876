// A whole read: the planned streams one after another, through one ordered queue that a slow reader fills.
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import {
  type Emission,
  errorTrace,
  type Failure,
  logMessage,
  stateMessage,
  streamStatus,
} from '../protocol/messages.ts';
import {NO_CURSOR_STATE} from '../protocol/state.ts';
import {onBehalfOf} from './current-stream.ts';
import {readFailure} from './failures.ts';
import type {Plan, PlannedStream} from './plan.ts';
import {boundedQueue} from './queue.ts';
import {readStream, type StreamRun} from './read-stream.ts';

/** What may wait for the writer. Parsed records take several times their size in JSON, so this is kept low. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export type ReadRuntime = {
  /** Aborted when the run must stop: positions are saved, then the read ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Takes the one who is to hear of each long wait for the API: for which stream, and until when it lasts. */
  readonly followWaits?: (listener: (stream: string, until: number) => void) => void;
  /** What was done for a stream, in words: `3 requests, 2 retries`. */
  readonly workOf?: (stream: string) => string;
};

/** For pages whose size nobody measured: that of the first record, times all. */
const estimateBytes = (records: readonly object[]): number =>
  (JSON.stringify(records[0])?.length ?? 0) * records.length;

/** A stream that can't be read still gets its STATE, unchanged, and its status: no client waits for it. */
const refuse = async (
  {descriptor, reason, blob}: Extract<PlannedStream, {kind: 'refuse'}>,
  {emit, now}: StreamRun,
): Promise<Failure> => {
  await emit(logMessage('ERROR', reason.message));
  await emit(streamStatus(descriptor, 'STARTED', now()));
  await emit(stateMessage(descriptor, blob ?? NO_CURSOR_STATE, 0));
  await emit(streamStatus(descriptor, 'INCOMPLETE', now()));
  return {type: reason.failureType, message: reason.message, stream: descriptor};
};

/** Says of each stream when it has to wait. */
const tellWaits = (
  {streams}: Plan,
  {emit, now}: StreamRun,
): ((stream: string, until: number) => void) => {
  const descriptors = new Map(streams.map(({descriptor}) => [descriptor.name, descriptor]));
  return (stream, until) => {
    const descriptor = descriptors.get(stream);
    if (descriptor !== undefined) void emit(streamStatus(descriptor, 'RUNNING', now(), until));
  };
};

/**
 * Failures are told at the very end, behind the last stream, also of a run that is stopped: some clients stop
 * at the first TRACE ERROR, and would lose the streams that are fine.
 */
const readStreams = async ({streams, warnings}: Plan, run: StreamRun): Promise<boolean> => {
  for (const warning of warnings) await run.emit(logMessage('WARN', warning));
  const failures: Failure[] = [];
  try {
    for (const planned of streams) {
      const failure =
        planned.kind === 'refuse'
          ? await refuse(planned, run)
          : await onBehalfOf(planned.descriptor.name, () => readStream(planned, run));
      if (failure !== undefined) failures.push(failure);
    }
  } finally {
    const told = failures.length === 0 ? [] : [...failures, readFailure(failures, streams.length)];
    for (const failure of told) await run.emit(errorTrace(failure, run.now()));
  }
  return failures.length === 0;
};

/** Reads what was planned. Returns whether every stream is complete. */
export async function* readPlan(
  plan: Plan,
  {signal, now, followWaits, workOf = () => ''}: ReadRuntime,
): AsyncGenerator<Emission, boolean> {
  const queue = boundedQueue<Emission>(MAX_QUEUED_BYTES);
  const emit = (message: AirbyteMessage) => queue.push(message, 0);
  const run: StreamRun = {
    emit,
    emitPage: (page, bytes) => queue.push(page, bytes ?? estimateBytes(page.records)),
    signal,
    now,
    startedAt: now(),
    workOf,
  };
  followWaits?.(tellWaits(plan, run));
  const reading = readStreams(plan, run).finally(queue.close);
  // Its failure is taken up below, when the queue has been emptied; until then it is not unhandled.
  reading.catch(() => {});
  yield* queue;
  return await reading;
}
