// A complete read: all planned streams write to one ordered queue, and a slow reader of it slows them down.
import type {OpenedClient} from '../http/client.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {type Emission, errorTrace, type Failure, logMessage} from '../protocol/messages.ts';
import {readFailure} from './failures.ts';
import type {Plan} from './plan.ts';
import {abandonStream, readStream} from './read-stream.ts';
import type {StreamRun} from './stream-run.ts';
import {openStreamTree, type StreamNode} from './stream-tree.ts';
import {boundedQueue} from './turns/queue.ts';
import {openSlots} from './turns/slots.ts';
import {openWatchdog} from './turns/watchdog.ts';

/** Parsed records take several times their size in JSON, so this is low. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export type ReadRuntime = Pick<StreamRun, 'signal' | 'now' | 'startedAt' | 'config'> & {
  readonly http: Pick<OpenedClient, 'bind' | 'inFlight'>;
  /** Logs outside of the protocol's messages. */
  readonly log?: (level: 'DEBUG', message: string) => void;
  /** After so many milliseconds without a record the run logs what it waits for. */
  readonly patience?: number;
  /** The most slices read at once, of all streams together; 1: one after another, in the order of the catalog. */
  readonly concurrency?: number;
};

/** A slice mostly waits for the API; the client limits the pending requests. */
const DEFAULT_CONCURRENCY = 10;

/** For pages of unknown size: the size of the first record times their number. */
const estimateBytes = (records: readonly object[]): number =>
  (JSON.stringify(records[0])?.length ?? 0) * records.length;

/** Reads streams side by side; with a concurrency of 1 one after another, parents first. */
const readAll = async (
  nodes: readonly StreamNode[],
  run: StreamRun,
  concurrency: number,
  failures: Map<StreamDescriptor, Failure>,
): Promise<void> => {
  const read = async (node: StreamNode): Promise<void> => {
    const failure = await readStream(node, run);
    if (failure !== undefined) failures.set(node.descriptor, failure);
  };
  if (concurrency === 1) {
    for (const node of nodes) await read(node);
    return;
  }
  // All of them save their positions, also when one is stopped.
  const ends = await Promise.allSettled(nodes.map(read));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

/** Failures come last, even in a run that is stopped: some clients stop at the first TRACE ERROR, and would lose other streams. */
const readStreams = async (
  {streams, warnings}: Plan,
  run: StreamRun,
  concurrency: number,
): Promise<boolean> => {
  for (const warning of warnings) await run.emit(logMessage('WARN', warning));
  const failures = new Map<StreamDescriptor, Failure>();
  try {
    for (const planned of streams) {
      if (planned.kind !== 'refuse') continue;
      const {descriptor, reason, blob} = planned;
      failures.set(descriptor, await abandonStream(descriptor, reason, blob, run));
    }
    const readable = streams.filter((planned) => planned.kind === 'read');
    await readAll(openStreamTree(readable, run), run, concurrency, failures);
  } finally {
    const inOrder = streams.flatMap(({descriptor}) => failures.get(descriptor) ?? []);
    const all = inOrder.length === 0 ? [] : [...inOrder, readFailure(inOrder, streams.length)];
    for (const failure of all) await run.emit(errorTrace(failure, run.now()));
  }
  return failures.size === 0;
};

/** A platform gives up on a silent source after hours; this is long before that. */
const PATIENCE = 300_000;

/** @returns whether every stream is complete */
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
      ...http.inFlight(),
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
  // Its failure is handled below, when the queue is empty; without this it would count as unhandled until then.
  reading.catch(() => {});
  yield* queue;
  return await reading;
}
