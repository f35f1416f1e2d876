// A whole read: the planned streams one after another, through one ordered queue that a slow reader fills.
import type {OpenedClient} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {type Emission, errorTrace, type Failure, logMessage} from '../protocol/messages.ts';
import {readFailure} from './failures.ts';
import type {Plan, PlannedStream} from './plan.ts';
import {abandonStream, readStream} from './read-stream.ts';
import type {StreamRun} from './stream-run.ts';
import {openStreamTree, type StreamNode} from './stream-tree.ts';
import {boundedQueue} from './turns/queue.ts';
import {openSlots} from './turns/slots.ts';
import {openWatchdog} from './turns/watchdog.ts';

/** What may wait for the writer. Parsed records take several times their size in JSON, so this is kept low. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export type ReadRuntime = {
  /** Aborted when the run must stop: positions are saved, then the read ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** When the run began, as the plan has it. */
  readonly startedAt: number;
  /** The client that all streams share. */
  readonly http: Pick<OpenedClient, 'bind' | 'underWay'>;
  readonly config: JsonObject;
  /** Takes what is said of the run outside of its messages. */
  readonly log?: (level: 'DEBUG', message: string) => void;
  /** How long nothing may come until the run says what it waits for, in milliseconds. */
  readonly patience?: number;
  /** How many slices are read at once, of all streams together; 1: one after another, in the order of the catalog. */
  readonly concurrency?: number;
};

/** Most of the time a slice waits for the API, and the client sees to it that not too many requests are under way. */
const DEFAULT_CONCURRENCY = 10;

/** For pages whose size nobody measured: that of the first record, times all. */
const estimateBytes = (records: readonly object[]): number =>
  (JSON.stringify(records[0])?.length ?? 0) * records.length;

const refuse = (
  {descriptor, reason, blob}: Extract<PlannedStream, {kind: 'refuse'}>,
  run: StreamRun,
): Promise<Failure> => abandonStream(descriptor, reason, blob, run);

const isReadable = (planned: PlannedStream): planned is Extract<PlannedStream, {kind: 'read'}> =>
  planned.kind === 'read';

/** By the stream's descriptor. */
type Failures = Map<StreamDescriptor, Failure>;

/** Streams side by side, parents first; one after another where only one slice may be read at once. */
const readAll = async (
  nodes: readonly StreamNode[],
  run: StreamRun,
  concurrency: number,
  failures: Failures,
): Promise<void> => {
  const read = async (node: StreamNode): Promise<void> => {
    const failure = await readStream(node, run);
    if (failure !== undefined) failures.set(node.descriptor, failure);
  };
  if (concurrency === 1) {
    for (const node of nodes) await read(node);
    return;
  }
  // All of them save what they have, also when one is stopped.
  const ends = await Promise.allSettled(nodes.map(read));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

/**
 * Failures are told at the very end, behind the last stream, also of a run that is stopped: some clients stop
 * at the first TRACE ERROR, and would lose the streams that are fine.
 */
const readStreams = async (
  {streams, warnings}: Plan,
  run: StreamRun,
  concurrency: number,
): Promise<boolean> => {
  for (const warning of warnings) await run.emit(logMessage('WARN', warning));
  const failures: Failures = new Map();
  try {
    for (const planned of streams) {
      if (planned.kind === 'refuse') {
        failures.set(planned.descriptor, await refuse(planned, run));
      }
    }
    await readAll(openStreamTree(streams.filter(isReadable), run), run, concurrency, failures);
  } finally {
    const inOrder = streams.flatMap(({descriptor}) => failures.get(descriptor) ?? []);
    const told = inOrder.length === 0 ? [] : [...inOrder, readFailure(inOrder, streams.length)];
    for (const failure of told) await run.emit(errorTrace(failure, run.now()));
  }
  return failures.size === 0;
};

/** Long before a platform takes the source for dead, which is after hours. */
const PATIENCE = 300_000;

/** Reads what was planned. Returns whether every stream is complete. */
export async function* readPlan(
  plan: Plan,
  {signal, now, startedAt, config, http, ...runtime}: ReadRuntime,
): AsyncGenerator<Emission, boolean> {
  const {concurrency = DEFAULT_CONCURRENCY, patience = PATIENCE, log} = runtime;
  const queue = boundedQueue<Emission>(MAX_QUEUED_BYTES);
  const slots = openSlots(concurrency);
  const emit = (message: AirbyteMessage) => queue.push(message, 0);
  const watchdog = openWatchdog({
    now,
    patience,
    waitsFor: () => [
      ...(queue.isFull() ? ['the reader of stdout'] : []),
      ...http.underWay(),
      ...slots.reading(),
    ],
    warn: (message) => void emit(logMessage('WARN', message)),
  });
  const run: StreamRun = {
    emit,
    emitPage: (page, bytes) => {
      watchdog.feed();
      return queue.push(page, bytes ?? estimateBytes(page.records));
    },
    signal,
    now,
    startedAt,
    bind: http.bind,
    config,
    debug: (message) => log?.('DEBUG', message),
    slots,
  };
  const reading = readStreams(plan, run, concurrency).finally(() => {
    watchdog.stop();
    queue.close();
  });
  // Its failure is taken up below, when the queue has been emptied; until then it is not unhandled.
  reading.catch(() => {});
  yield* queue;
  return await reading;
}
