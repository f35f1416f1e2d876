// Streams and their parents: a stream whose slices are the records of another one, which is read once for all that need it.

import type {Cursor} from '../author/cursor.ts';
import type {SliceOrigin, Stream} from '../author/stream-value.ts';
import {errorOf, SystemError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {Failure} from '../protocol/messages.ts';
import type {StateBlob} from '../protocol/state.ts';
import type {PlannedStream} from './plan.ts';
import {positionOf, type Start} from './state/start.ts';
import {type Position, START} from './state/stream-state.ts';
import {openStreamClient, type StreamClient} from './stream-client.ts';
import type {StreamRun} from './stream-run.ts';
import {type Feed, openFeed} from './turns/feed.ts';
import type {Slot} from './turns/slots.ts';

type ParentOrigin = Extract<SliceOrigin, {kind: 'parent'}>;

/** A stream whose slices come from another one's records, as that one sees it. */
type Child = {
  /** @param slot in which the parent is read: a long wait of the child's yields it */
  readonly take: (records: readonly object[], slot: Slot) => Promise<void>;
  /** @param blob where the parent is now */
  readonly end: (failure: Failure | undefined, blob: StateBlob) => void;
  /** From where the child needs its parent's records. */
  readonly needs: (cursor: Cursor) => Position;
};

/** A stream to be read, with those that it depends on and that depend on it. */
export type StreamNode = {
  readonly descriptor: StreamDescriptor;
  readonly stream: Stream;
  /** Whether the user wants its records; else it is read for its children only. */
  readonly isSelected: boolean;
  readonly start: Start;
  /** What the user left of its schema, where the catalog says so. */
  readonly schema: JsonObject | undefined;
  /** Its state as it came. */
  readonly blob: StateBlob | undefined;
  /** Where its slices come from, if they are another stream's records. */
  readonly feed: Feed | undefined;
  /** Where the parent was in the last complete sync, and where it is once this one is complete. */
  readonly parentBlobs: {
    readonly before: StateBlob | undefined;
    readonly now: () => StateBlob | undefined;
  };
  readonly children: readonly Child[];
  readonly client: StreamClient;
};

type Readable = Extract<PlannedStream, {kind: 'read'}>;

const openChild = (
  origin: ParentOrigin,
  name: string,
  before: StateBlob | undefined,
  client: StreamClient,
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
        // The child's fault, and none of its parent's.
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
      origin.incremental && before ? (positionOf(before, cursor) ?? START) : START,
  };
  const parentBlobs = origin.incremental
    ? {before, now: () => blob}
    : {before: undefined, now: () => undefined};
  return {feed, child, parentBlobs};
};

/** A parent that the user does not want is read from where its children need it, and keeps nothing. */
const unselected = (stream: Stream): Readable => ({
  kind: 'read',
  descriptor: {name: stream.name},
  stream,
  mode: 'incremental',
  start: {state: stream.cursor ? {position: START} : {}, isDone: false},
});

/** The planned streams and all their parents, each parent ahead of its children. */
export const openStreamTree = (
  planned: readonly Readable[],
  run: StreamRun,
): readonly StreamNode[] => {
  const byStream = new Map(planned.map((entry) => [entry.stream, entry]));
  const selected = new Set(byStream.keys());
  const ordered: Readable[] = [];
  const opening = new Set<Stream>();
  const place = (entry: Readable): void => {
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
      place(parent);
    }
    ordered.push(entry);
  };
  for (const entry of planned) place(entry);

  const children = new Map<Stream, Child[]>();
  const opened = ordered.map((entry): StreamNode => {
    const {descriptor, stream, start, schema, blob} = entry;
    const own: Child[] = [];
    children.set(stream, own);
    const isSelected = selected.has(stream);
    const client = openStreamClient(descriptor, isSelected, run);
    const node = {descriptor, stream, start, schema, blob, isSelected, children: own, client};
    if (stream.slices.kind !== 'parent' || start.isDone) {
      const parentBlobs = {before: undefined, now: () => undefined};
      return {...node, feed: undefined, parentBlobs};
    }
    const {feed, child, parentBlobs} = openChild(
      stream.slices,
      stream.name,
      start.state.parent,
      client,
    );
    children.get(stream.slices.parent)?.push(child);
    return {...node, feed, parentBlobs};
  });
  return opened;
};
