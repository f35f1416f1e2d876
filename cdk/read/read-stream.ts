// One stream, from STARTED to COMPLETE or INCOMPLETE. What fails in here stays in here.

import type {Slice} from '../author/types.ts';
import type {JsonObject} from '../json/values.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
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
import {printStreamState, type StreamState} from './state/stream-state.ts';
import {stateBeside, trackProgress} from './state/track-progress.ts';
import {type StreamRun, say} from './stream-run.ts';
import type {StreamNode} from './stream-tree.ts';
import {untilAborted} from './turns/abort.ts';
import type {Slot} from './turns/slots.ts';

const setStatus = (
  {descriptor, run}: {readonly descriptor: StreamDescriptor; readonly run: StreamRun},
  status: StreamStatus,
): Promise<void> => run.emit(streamStatus(descriptor, status, run.now()));

/** Slices with a place to read each. A list is asked for the next one in that place, as asking may take requests. */
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

/** What a parent has not read yet is not waited for in a place to read: the parent might need it. */
async function* fedSlices(
  slices: AsyncIterable<Slice>,
  enter: () => Promise<Slot>,
  signal: AbortSignal,
): AsyncGenerator<readonly [Slice, Slot]> {
  for await (const slice of untilAborted(slices, signal)) yield [slice, await enter()];
}

const WHOLE: Slice = {};

async function* wholeSlice(): AsyncGenerator<Slice> {
  yield WHOLE;
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
    slices.kind === 'list' ? slices.list(client.context) : wholeSlice(),
    enter,
    signal,
  );
};

/** Reads every slice, also behind one that fails; a slice that turns up twice is read once. */
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

/** The end of a stream: last RECORD, then its final STATE, then its status. */
const finish = async (
  {reading, conform, checkpoints}: Opened,
  isComplete: boolean,
): Promise<void> => {
  const {run, descriptor, passthrough, output, client} = reading;
  const untouched = passthrough.summary();
  if (untouched !== '') run.debug(`Stream ${descriptor.name}: ${untouched}.`);
  for (const warning of conform.end()) say(reading, 'WARN', warning);
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

/** Ends what waits for this stream's records: its children are told whether they have seen all. */
const endChildren = (
  {children}: StreamNode,
  failure: Failure | undefined,
  blob: JsonObject,
): void => {
  for (const child of children) child.end(failure, blob);
};

const conformOf = (
  {stream, schema}: StreamNode,
  declared: JsonObject,
  warn: (message: string) => void,
): StreamConform => {
  const {cursor, primaryKey, types, fields, deletes} = stream;
  const selected = fields === 'as-selected' ? schema : undefined;
  const keys = [...primaryKey, ...(cursor ? [cursor.field] : []), ...(deletes ? [DELETED_AT] : [])];
  return conformStream(
    schemaOf(stream, declared),
    {types, keys, ...(selected && {selected})},
    warn,
  );
};

/** A stream that can't even be begun still gets its STATE, unchanged, and its status: no client waits for it. */
const handBack = async (
  descriptor: StreamDescriptor,
  blob: StateBlob | undefined,
  run: StreamRun,
): Promise<void> => {
  await setStatus({descriptor, run}, 'STARTED');
  await run.emit(stateMessage(descriptor, blob ?? NO_CURSOR_STATE, 0));
  await setStatus({descriptor, run}, 'INCOMPLETE');
};

/** Says why a stream was not begun. */
export const abandonStream = async (
  descriptor: StreamDescriptor,
  reason: unknown,
  blob: StateBlob | undefined,
  run: StreamRun,
): Promise<Failure> => {
  const failure = streamFailure(descriptor, [{slice: '', error: reason}]);
  await run.emit(logMessage('ERROR', failure.message));
  await handBack(descriptor, blob, run);
  return failure;
};

/** The declared schema; nothing of it is needed where no record will be emitted. */
const schemaFor = async (
  {stream, isSelected, start, client}: StreamNode,
  {config}: StreamRun,
): Promise<JsonObject> =>
  isSelected && !start.isDone ? declaredSchema(stream, {...client.context, config}) : {};

/** All that reading takes. Throws where what the author declared can't be. */
const openReading = async (node: StreamNode, run: StreamRun) => {
  const {descriptor, stream, start, isSelected, children, client} = node;
  const {now, startedAt} = run;
  const declared = await schemaFor(node, run);
  const warn = (message: string): void => say({descriptor, run}, 'WARN', message);
  const conform = conformOf(node, declared, warn);
  const output = openOutput(descriptor, conform, run);
  const progress = trackProgress(node, run, warn);
  const port = {emit: output.emit, warn, context: client.context, now, startedAt};
  const deletes = openDeletes(stream, start.state.deletes, port);
  /** Where the stream is: what its children keep of it. */
  const position = (isFinished: boolean): StreamState => ({
    ...progress.state(isFinished),
    ...stateBeside(node, isFinished),
  });
  const print = (state: StreamState): StateBlob => printStreamState(state, stream.cursor?.field);
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
    saveIfDue: async () => {
      const state = checkpoints.due();
      if (state !== undefined) await run.emit(state);
    },
  };
  return {reading, conform, checkpoints, blob: () => print(position(true))};
};

type Opened = Awaited<ReturnType<typeof openReading>>;

const readOpened = async (node: StreamNode, opened: Opened): Promise<Failure | undefined> => {
  const {isSelected, descriptor} = node;
  const {reading} = opened;
  if (isSelected) await setStatus(reading, 'STARTED');
  let faults: readonly SliceFault[] | undefined;
  try {
    const found = await readSlices(reading, node);
    await reading.deletes.settle(found.length === 0);
    faults = found;
  } finally {
    const failure = faults && isSome(faults) ? streamFailure(descriptor, faults) : undefined;
    endChildren(node, failure, faults ? opened.blob() : NO_CURSOR_STATE);
    if (isSelected) await finish(opened, faults?.length === 0);
  }
  // That of a parent which nobody asked for is its children's.
  return isSelected && isSome(faults) ? streamFailure(descriptor, faults) : undefined;
};

/**
 * Reads one stream. Its failure is handed back, not thrown; it throws only when the run was told to stop,
 * and then, too, the stream's last position has been saved.
 */
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
      if (isSelected) await handBack(descriptor, blob, run);
      throw error;
    }
    const failure = isSelected
      ? await abandonStream(descriptor, error, blob, run)
      : streamFailure(descriptor, [{slice: '', error}]);
    endChildren(node, failure, NO_CURSOR_STATE);
    return isSelected ? failure : undefined;
  }
  return readOpened(node, opened);
};
