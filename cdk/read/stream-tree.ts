// Streams and their parents: a stream whose slices are the records of another one, which is read once for all that need it.

import type {Cursor, SliceOrigin, Stream} from '../author/source.ts';
import {errorOf, SystemError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import type {Failure} from '../protocol/messages.ts';
import type {StateBlob} from '../protocol/state.ts';
import type {PlannedStream} from './plan.ts';
import {type Position, START} from './state/position.ts';
import {positionIn, type Start} from './state/start.ts';
import {type Feed, openFeed} from './turns/feed.ts';

type ParentOrigin = Extract<SliceOrigin, {kind: 'parent'}>;

/** A stream whose slices come from another one's records, as that one sees it. */
type Child = {
  readonly take: (records: readonly object[]) => Promise<void>;
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
    readonly before: JsonObject | undefined;
    readonly now: () => JsonObject | undefined;
  };
  readonly children: readonly Child[];
};

type Readable = Extract<PlannedStream, {kind: 'read'}>;

const parentOf = ({start}: {readonly start: Start}): JsonObject | undefined =>
  start.kind === 'done' ? undefined : start.parent;

const openChild = (origin: ParentOrigin, name: string, before: JsonObject | undefined) => {
  const feed = openFeed();
  let blob: JsonObject | undefined;
  let broken: {readonly error: unknown} | undefined;
  const child: Child = {
    take: async (records) => {
      try {
        for (const record of records) feed.push(await origin.slicesOf(record));
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
      origin.incremental && before ? (positionIn(before, cursor) ?? START) : START,
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
  start: stream.cursor ? {kind: 'cursor', position: START} : {kind: 'pass', pass: undefined},
});

/** The planned streams and all their parents, each parent ahead of its children. */
export const openStreamTree = (planned: readonly Readable[]): readonly StreamNode[] => {
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
    if (slices.kind === 'parent' && entry.start.kind !== 'done') {
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
    const node = {descriptor, stream, start, schema, blob, isSelected, children: own};
    if (stream.slices.kind !== 'parent' || start.kind === 'done') {
      const parentBlobs = {before: undefined, now: () => undefined};
      return {...node, feed: undefined, parentBlobs};
    }
    const {feed, child, parentBlobs} = openChild(stream.slices, stream.name, parentOf(entry));
    children.get(stream.slices.parent)?.push(child);
    return {...node, feed, parentBlobs};
  });
  return opened;
};
