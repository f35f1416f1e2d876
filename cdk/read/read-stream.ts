// Reads one stream, from STARTED to COMPLETE or INCOMPLETE. Its failure does not stop the others.
import type {Slice} from '../author/types.ts';
import type {JsonObject} from '../json/values.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {
  type Failure,
  logMessage,
  type StreamStatus,
  stateMessage,
  streamStatus,
} from '../protocol/messages.ts';
import {NO_CURSOR_STATE, type StateBlob} from '../protocol/state.ts';
import {conformStream, type StreamConform} from './conform/conform-stream.ts';
import {openDeletes} from './deletes/deletes.ts';
import {schemaOf} from './deletes/schema.ts';
import {DELETED_AT} from './deletes/tombstone.ts';
import {openOutput} from './emit.ts';
import {type SliceFault, streamFailure, userMessage} from './failures.ts';
import {openPassthrough} from './passthrough.ts';
import {type Reading, readSlice} from './read-slice.ts';
import {declaredSchema} from './schema.ts';
import {trackCheckpoints} from './state/checkpoints.ts';
import {sliceKey, sliceNumber} from './state/slice-keys.ts';
import {positionKey, printStreamState, type StreamState} from './state/stream-state.ts';
import {stateBeside, trackProgress} from './state/track-progress.ts';
import {logForStream, type StreamRun} from './stream-run.ts';
import type {StreamNode} from './stream-tree.ts';
import {untilAborted} from './turns/abort.ts';
import type {Slot} from './turns/slots.ts';

const setStatus = (
  {descriptor, run}: {readonly descriptor: StreamDescriptor; readonly run: StreamRun},
  status: StreamStatus,
): Promise<void> => run.emit(streamStatus(descriptor, status, run.now()));

/** Slices with a slot each. The next slice is listed in its slot, because listing may send requests. */
async function* listedSlices(
  list: AsyncIterable<Slice>,
  enter: () => Promise<Slot>,
  signal: AbortSignal,
): AsyncGenerator<readonly [Slice, Slot]> {
  const iterator = untilAborted(list, signal);
  let slot = await enter();
  try {
    for await (const slice of iterator) {
      yield [slice, slot];
      slot = await enter();
    }
  } finally {
    slot.leave();
  }
}

/** Waits for the parent's next record before it takes a slot: the parent might need that slot. */
async function* fedSlices(
  slices: AsyncIterable<Slice>,
  enter: () => Promise<Slot>,
  signal: AbortSignal,
): AsyncGenerator<readonly [Slice, Slot]> {
  for await (const slice of untilAborted(slices, signal)) yield [slice, await enter()];
}

async function* onlySlice(): AsyncGenerator<Slice> {
  yield {};
}

const slicesOf = (
  {stream, run, client}: Reading,
  {feed, children}: StreamNode,
): AsyncGenerator<readonly [Slice, Slot]> => {
  const {slots, signal} = run;
  const enter = () => slots.enter(stream.name, children.length > 0);
  if (feed !== undefined) return fedSlices(feed.slices(), enter, signal);
  const {slices} = stream;
  return listedSlices(
    slices.kind === 'list' ? slices.list(client.context) : onlySlice(),
    enter,
    signal,
  );
};

/** Reads every slice once, even if it is listed twice, and goes on after one that fails. */
const readSlices = async (reading: Reading, node: StreamNode): Promise<readonly SliceFault[]> => {
  const {run, descriptor, stream} = reading;
  const faults: SliceFault[] = [];
  const seen = new Set<number>();
  const running = new Set<Promise<void>>();
  const fail = async (slice: string, error: unknown): Promise<void> => {
    if (run.signal.aborted) return;
    faults.push({slice, error});
    const where = slice === '' ? '' : `, slice ${slice}`;
    await run.emit(logMessage('ERROR', `Stream ${descriptor.name}${where}: ${userMessage(error)}`));
  };
  const start = (slice: Slice, key: string, slot: Slot): void => {
    slot.name(key === '' ? `stream ${stream.name}` : `stream ${stream.name}, slice ${key}`);
    const task = readSlice(reading, slice, slot)
      .then(() => (stream.slices.kind === 'whole' ? undefined : reading.saveIfDue()))
      .catch((error: unknown) => fail(key, error))
      .finally(() => {
        running.delete(task);
        slot.leave();
      });
    running.add(task);
  };
  try {
    for await (const [slice, slot] of slicesOf(reading, node)) {
      const key = sliceKey(slice);
      const number = sliceNumber(key);
      if (seen.has(number)) slot.leave();
      else start(slice, key, slot);
      seen.add(number);
    }
  } catch (error) {
    await fail('', error);
  }
  await Promise.all(running);
  run.signal.throwIfAborted();
  return faults;
};

const isSome = <T>(list: readonly T[]): list is readonly [T, ...T[]] => list.length > 0;

const finish = async (
  {reading, conform, checkpoints}: Opened,
  isComplete: boolean,
): Promise<void> => {
  const {run, descriptor, passthrough, output, client} = reading;
  const pages = passthrough.summary();
  if (pages !== '') run.debug(`Stream ${descriptor.name}: ${pages}.`);
  for (const warning of conform.end()) logForStream(reading, 'WARN', warning);
  const state = checkpoints.last(isComplete);
  if (isComplete && output.total() === 0) await setStatus(reading, 'RUNNING');
  if (state !== undefined) await run.emit(state);
  await setStatus(reading, isComplete ? 'COMPLETE' : 'INCOMPLETE');
  const end = isComplete ? 'complete' : 'incomplete';
  const work = client.work();
  await run.emit(
    logMessage(
      'INFO',
      `Stream ${descriptor.name} is ${end}: ${output.total()} records${work && ` (${work})`}.`,
    ),
  );
};

const conformOf = (
  {stream, schema}: StreamNode,
  declared: JsonObject,
  warn: (message: string) => void,
): StreamConform => {
  const {cursor, primaryKey, types, fields, deletes} = stream;
  const selected = fields === 'as-selected' ? schema : undefined;
  const keys = [...primaryKey, ...(cursor ? [cursor.field] : []), ...(deletes ? [DELETED_AT] : [])];
  return conformStream(schemaOf(stream, declared), {types, keys, selected}, warn);
};

/** A stream that cannot start still emits its STATE, unchanged, and its status, so that no client waits for them. */
const emitUnchanged = async (
  descriptor: StreamDescriptor,
  blob: StateBlob | undefined,
  run: StreamRun,
): Promise<void> => {
  await setStatus({descriptor, run}, 'STARTED');
  await run.emit(stateMessage(descriptor, blob ?? NO_CURSOR_STATE, 0));
  await setStatus({descriptor, run}, 'INCOMPLETE');
};

export const abandonStream = async (
  descriptor: StreamDescriptor,
  reason: unknown,
  blob: StateBlob | undefined,
  run: StreamRun,
): Promise<Failure> => {
  const failure = streamFailure(descriptor, [{slice: '', error: reason}]);
  await run.emit(logMessage('ERROR', failure.message));
  await emitUnchanged(descriptor, blob, run);
  return failure;
};

/** @throws if the schema or the cursor that the author declared is invalid */
const openReading = async (node: StreamNode, run: StreamRun) => {
  const {descriptor, stream, start, isSelected, children, client} = node;
  const {now, startedAt, config} = run;
  const isEmitted = isSelected && !start.isDone;
  const declared = isEmitted ? await declaredSchema(stream, {...client.context, config}) : {};
  const warn = (message: string): void => logForStream({descriptor, run}, 'WARN', message);
  const conform = conformOf(node, declared, warn);
  const output = openOutput(descriptor, conform, run);
  const progress = trackProgress(node, run, warn);
  const emitState = async (state: AirbyteMessage | undefined): Promise<void> => {
    if (state !== undefined) await run.emit(state);
  };
  const save = (): Promise<void> => emitState(checkpoints.now());
  const port = {emit: output.emit, warn, save, context: client.context, now, startedAt};
  const deletes = openDeletes(stream, start.state.deletes, port);
  /** The part of the state that children save as their parent's. */
  const position = (isFinished: boolean): StreamState => ({
    ...progress.state(isFinished),
    ...stateBeside(node, isFinished),
  });
  const print = (state: StreamState): StateBlob => printStreamState(state, positionKey(stream));
  const checkpoints = trackCheckpoints({
    stream: descriptor,
    interval: isSelected ? stream.checkpointInterval : Number.POSITIVE_INFINITY,
    now,
    emitted: output.total,
    state: (isFinished) => print({...position(isFinished), deletes: deletes.state(isFinished)}),
  });
  const reading: Reading = {
    descriptor,
    stream,
    run,
    client,
    progress,
    deletes,
    passthrough: openPassthrough(stream, children.length > 0),
    output,
    onRecords: async (records, slot) => {
      for (const child of children) await child.take(records, slot);
    },
    saveIfDue: () => emitState(checkpoints.due()),
  };
  return {reading, conform, checkpoints, blob: () => print(position(true))};
};

type Opened = Awaited<ReturnType<typeof openReading>>;

const readOpened = async (node: StreamNode, opened: Opened): Promise<Failure | undefined> => {
  const {isSelected, descriptor} = node;
  const {reading} = opened;
  if (isSelected) await setStatus(reading, 'STARTED');
  let failure: Failure | undefined;
  let isRead = false;
  try {
    const faults = await readSlices(reading, node);
    if (await reading.deletes.settle(faults.length === 0)) reading.progress.settle?.();
    failure = isSome(faults) ? streamFailure(descriptor, faults) : undefined;
    isRead = true;
  } finally {
    const blob = isRead ? opened.blob() : NO_CURSOR_STATE;
    for (const child of node.children) child.end(failure, blob);
    if (isSelected) await finish(opened, isRead && failure === undefined);
  }
  // The failure of an unselected parent is reported by its children.
  return isSelected ? failure : undefined;
};

/** Returns the stream's failure. Throws only when the run is stopped; the stream's last position is saved then, too. */
export const readStream = async (
  node: StreamNode,
  run: StreamRun,
): Promise<Failure | undefined> => {
  let opened: Opened;
  try {
    opened = await openReading(node, run);
  } catch (error) {
    const {descriptor, isSelected, blob} = node;
    if (run.signal.aborted) {
      if (isSelected) await emitUnchanged(descriptor, blob, run);
      throw error;
    }
    const failure = isSelected
      ? await abandonStream(descriptor, error, blob, run)
      : streamFailure(descriptor, [{slice: '', error}]);
    for (const child of node.children) child.end(failure, NO_CURSOR_STATE);
    return isSelected ? failure : undefined;
  }
  return readOpened(node, opened);
};
