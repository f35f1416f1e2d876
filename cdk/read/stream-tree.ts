// Streams and their parents: a parent's records become the slices of its children, and it is read once for all of them.
import type {Cursor} from '../author/cursor.ts';
import type {SliceOrigin, Stream} from '../author/stream-types.ts';
import {errorOf, SystemError} from '../errors.ts';
import type {Failure} from '../protocol/messages.ts';
import type {StateBlob} from '../protocol/state.ts';
import type {PlannedStream} from './plan.ts';
import {positionOf} from './state/start.ts';
import {type Position, START} from './state/stream-state.ts';
import {openStreamClient, type StreamClient} from './stream-client.ts';
import type {StreamRun} from './stream-run.ts';
import {type Feed, openFeed} from './turns/feed.ts';
import type {Slot} from './turns/slots.ts';

type ParentOrigin = Extract<SliceOrigin, {kind: 'parent'}>;

type Child = {
  /** @param slot the parent's: a long wait of the child's functions yields it */
  readonly take: (records: readonly object[], slot: Slot) => Promise<void>;
  /** @param blob the parent's state now */
  readonly end: (failure: Failure | undefined, blob: StateBlob) => void;
  /** The position from which the child needs its parent's records. */
  readonly needs: (cursor: Cursor) => Position;
};

type Readable = Extract<PlannedStream, {kind: 'read'}>;

export type StreamNode = Omit<Readable, 'kind' | 'mode'> & {
  /** The catalog has it; otherwise it is read for its children only. */
  readonly isSelected: boolean;
  /** Yields its slices, if they come from a parent. */
  readonly feed: Feed | undefined;
  /** The parent's state after the last complete sync, and after this one once it is complete. */
  readonly parentBlobs: {
    readonly before: StateBlob | undefined;
    readonly now: () => StateBlob | undefined;
  };
  readonly children: readonly Child[];
  readonly client: StreamClient;
};

const NO_PARENT: StreamNode['parentBlobs'] = {before: undefined, now: () => undefined};

const openChild = (
  origin: ParentOrigin,
  name: string,
  before: StateBlob | undefined,
  client: StreamClient,
  startedAt: number,
) => {
  const feed = openFeed();
  let blob: StateBlob | undefined;
  let broken: {readonly error: unknown} | undefined;
  const child: Child = {
    take: async (records, slot) => {
      const context = client.inSlot(slot);
      try {
        for (const record of records) feed.push(await origin.slicesOf(record, context));
      } catch (error) {
        // This fails the child, not the parent.
        broken ??= {error};
      }
    },
    end: (failure, reached) => {
      blob = reached;
      feed.end(
        failure
          ? errorOf(
              failure.type,
              `${origin.parent.name}, whose records are the slices of ${name}, could not be read to its end, so slices may be missing: ${failure.message}`,
            )
          : broken?.error,
      );
    },
    needs: (cursor) =>
      origin.incremental && before ? (positionOf(before, cursor, startedAt) ?? START) : START,
  };
  return {feed, child, parentBlobs: origin.incremental ? {before, now: () => blob} : NO_PARENT};
};

/** A parent that is not selected is read from the position that its children need, and saves no state. */
const unselected = (stream: Stream): Readable => ({
  kind: 'read',
  descriptor: {name: stream.name},
  stream,
  mode: 'incremental',
  start: {state: stream.cursor ? {position: START} : {}, isDone: false},
});

/** Returns the planned streams and all their parents, each parent before its children. */
export const openStreamTree = (
  planned: readonly Readable[],
  run: StreamRun,
): readonly StreamNode[] => {
  const byStream = new Map(planned.map((entry) => [entry.stream, entry]));
  const selected = new Set(byStream.keys());
  const ordered: Readable[] = [];
  const opening = new Set<Stream>();
  const add = (entry: Readable): void => {
    const {stream} = entry;
    if (ordered.includes(entry)) return;
    if (opening.has(stream)) {
      throw new SystemError(
        `Stream ${stream.name} is among its own parents: give it other slices.`,
      );
    }
    opening.add(stream);
    const {slices} = stream;
    if (slices.kind === 'parent' && !entry.start.isDone) {
      const parent = byStream.get(slices.parent) ?? unselected(slices.parent);
      byStream.set(slices.parent, parent);
      add(parent);
    }
    ordered.push(entry);
  };
  for (const entry of planned) add(entry);

  const children = new Map<Stream, Child[]>();
  return ordered.map((entry): StreamNode => {
    const {descriptor, stream, start, schema, blob} = entry;
    const own: Child[] = [];
    children.set(stream, own);
    const isSelected = selected.has(stream);
    const client = openStreamClient(descriptor, isSelected, run);
    const node = {descriptor, stream, start, schema, blob, isSelected, children: own, client};
    if (stream.slices.kind !== 'parent' || start.isDone) {
      return {...node, feed: undefined, parentBlobs: NO_PARENT};
    }
    const {feed, child, parentBlobs} = openChild(
      stream.slices,
      stream.name,
      start.state.parent,
      client,
      run.startedAt,
    );
    children.get(stream.slices.parent)?.push(child);
    return {...node, feed, parentBlobs};
  });
};
