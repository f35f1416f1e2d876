// What another connector for the same API left behind: the blobs that Airbyte's Python CDK writes, so that a connection
// that changes its connector goes on where it stood. The shapes are those of github.com/airbytehq/airbyte-python-cdk,
// airbyte_cdk/sources; each function names the file that writes its shape.
import type {CursorValue, Slice} from '../../author/types.ts';
import {isObject, type JsonObject, valueAt} from '../../json/values.ts';
import {type CursorRules, isCursorValue} from '../cursor/rules.ts';

type Compare = CursorRules['compare'];

/**
 * One part of a stream, as Python names it, and how far it was read. The oldest states keep no more of it than the
 * text of one value: the id of a parent, the name of a repository.
 */
export type ForeignSlice = {
  readonly partition: JsonObject | string;
  /** Undefined: nothing of it that could be kept. */
  readonly cursor: CursorValue | undefined;
};

/** What a blob says. Empty: it was understood, and holds nothing to go on from. */
export type Translated = {
  /** Up to here the stream was read; beside `slices`, what holds for parts that are not among them. */
  readonly watermark?: CursorValue;
  readonly slices?: readonly ForeignSlice[];
  /** The blobs of parent streams that were read for this one, by their names; they are of any of these shapes, too. */
  readonly parentStates?: Readonly<Record<string, JsonObject>>;
  /** How far before the watermark reading has to begin: as long as the last run took. */
  readonly lookbackSeconds?: number;
};

type Found = {readonly cursor: CursorValue | undefined};

const NOTHING: Found = {cursor: undefined};

/** PyAirbyte hands a state back with every key that its models know, most of them null. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
};

/**
 * What a full refresh leaves: markers, or the page that an attempt of the same job would go on from. Python's tokens
 * mean nothing to another client, and the platform drops them between jobs.
 * streams/checkpoint/checkpoint_reader.py, streams/http/http.py, streams/concurrent/cursor.py (FinalStateCursor)
 */
const OF_FULL_REFRESH: ReadonlySet<string> = new Set([
  '__ab_full_refresh_sync_complete',
  '__ab_no_cursor_state_message',
  'next_page_token',
]);

/** What was read without a gap from `start` to `end`, and the highest cursor that was seen there. */
type Interval = {
  readonly start: CursorValue;
  readonly end: CursorValue;
  readonly seen: CursorValue | undefined;
};

const intervalOf = (slice: unknown): Interval | undefined => {
  if (!isObject(slice)) return undefined;
  const {start, end, most_recent_cursor_value: seen} = slice;
  if (!isCursorValue(start) || !isCursorValue(end)) return undefined;
  return {start, end, seen: isCursorValue(seen) ? seen : undefined};
};

const laterOf = (
  a: CursorValue | undefined,
  b: CursorValue | undefined,
  compare: Compare,
): CursorValue | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return compare(a, b) >= 0 ? a : b;
};

/**
 * How far intervals reach without a gap: to the end of the first, or to the last record seen there, if that is less.
 * What lies behind a gap is read again. Python has joined neighbours that are a tick apart before it saved them, so
 * only those that touch are joined here.
 */
const reachOf = (intervals: readonly Interval[], compare: Compare): CursorValue | undefined => {
  const [first, ...rest] = intervals.toSorted(
    (a, b) => compare(a.start, b.start) || compare(a.end, b.end),
  );
  if (first === undefined) return undefined;
  const {end, seen} = rest.reduce<Interval>(
    (joined, next) =>
      compare(next.start, joined.end) > 0
        ? joined
        : {
            start: joined.start,
            end: compare(next.end, joined.end) > 0 ? next.end : joined.end,
            seen: laterOf(joined.seen, next.seen, compare),
          },
    first,
  );
  return seen !== undefined && compare(seen, end) < 0 ? seen : end;
};

/**
 * `{"slices": [{"start", "end", "most_recent_cursor_value"}], "state_type": "date-range", "legacy": {…}}`: a stream whose
 * time ranges are read side by side. `legacy` is the blob from before.
 * streams/concurrent/state_converters/abstract_stream_state_converter.py
 */
const readConcurrent = (
  slices: readonly unknown[],
  {legacy}: JsonObject,
  field: string,
  compare: Compare,
): Found | undefined => {
  if (slices.length === 0) return isObject(legacy) ? readCursor(legacy, field, compare) : NOTHING;
  const intervals = slices.flatMap((slice) => intervalOf(slice) ?? []);
  if (intervals.length < slices.length) return undefined;
  return {cursor: reachOf(intervals, compare)};
};

/**
 * How far one stream, or one part of it, was read: `{"updated_at": "…"}`, the shape above, or nothing. Undefined where
 * the blob speaks of something else.
 * declarative/incremental/datetime_based_cursor.py (get_stream_state)
 */
const readCursor = (blob: JsonObject, field: string, compare: Compare): Found | undefined => {
  const {slices, legacy} = blob;
  if (Array.isArray(slices)) return readConcurrent(slices, blob, field, compare);
  const cursor = valueAt(blob, field);
  if (isCursorValue(cursor)) return {cursor};
  if (isObject(legacy)) return readCursor(legacy, field, compare);
  return Object.keys(blob).every((key) => OF_FULL_REFRESH.has(key)) ? NOTHING : undefined;
};

/**
 * `{"partition": {"repository": "a/b", "parent_slice": {}}, "cursor": {"updated_at": "…"}}`
 * declarative/incremental/concurrent_partition_cursor.py, per_partition_cursor.py, and for full refreshes
 * streams/checkpoint/substream_resumable_full_refresh_cursor.py
 */
const readPartition = (
  state: unknown,
  field: string,
  compare: Compare,
): ForeignSlice | undefined => {
  if (!isObject(state) || !isObject(state['partition'])) return undefined;
  const {partition, cursor = {}} = state;
  const found = isObject(cursor) ? readCursor(cursor, field, compare) : undefined;
  return found && {partition, ...found};
};

const readPartitions = (
  states: readonly unknown[],
  field: string,
  compare: Compare,
): readonly ForeignSlice[] | undefined => {
  const slices = states.flatMap((state) => readPartition(state, field, compare) ?? []);
  return slices.length < states.length ? undefined : slices;
};

/**
 * `{"13506132": {"updated_at": "…"}}`: what Python connectors wrote for each parent before there were partitions.
 * declarative/migrations/legacy_to_per_partition_state_migration.py
 */
const readByKey = (blob: JsonObject, field: string): Translated | undefined => {
  const slices = Object.entries(blob).flatMap(([partition, state]) => {
    const cursor = isObject(state) && Object.keys(state).length === 1 ? state[field] : undefined;
    return isCursorValue(cursor) ? [{partition, cursor}] : [];
  });
  return slices.length < Object.keys(blob).length ? undefined : {slices};
};

const watermarkOf = ({cursor}: Found): Translated =>
  cursor === undefined ? {} : {watermark: cursor};

/**
 * `{"use_global_cursor": false, "states": […], "state": {…}, "lookback_window": 5, "parent_state": {…}}`: one cursor for
 * each partition, or, with `use_global_cursor` or without `states`, one for all of them.
 * declarative/incremental/concurrent_partition_cursor.py (state), global_substream_cursor.py, per_partition_with_global.py
 */
const readPartitioned = (
  {states, state = {}, use_global_cursor: useGlobal}: JsonObject,
  field: string,
  compare: Compare,
): Translated | undefined => {
  const shared = isObject(state) ? readCursor(state, field, compare) : undefined;
  if (shared === undefined) return undefined;
  if (useGlobal === true || states === undefined) return watermarkOf(shared);
  const slices = Array.isArray(states) ? readPartitions(states, field, compare) : undefined;
  return slices && {...watermarkOf(shared), slices};
};

const PARTITIONED = ['states', 'state', 'use_global_cursor'];

/** What may stand beside any cursor. substream_partition_router.py writes `parent_state`. */
const BESIDE: ReadonlySet<string> = new Set(['parent_state', 'lookback_window']);

const besidesOf = ({parent_state: parents, lookback_window: lookback}: JsonObject): Translated => {
  const parentStates = Object.fromEntries(
    Object.entries(isObject(parents) ? parents : {}).filter(
      (entry): entry is [string, JsonObject] => isObject(entry[1]),
    ),
  );
  return {
    ...(Object.keys(parentStates).length > 0 && {parentStates}),
    ...(typeof lookback === 'number' && lookback > 0 && {lookbackSeconds: lookback}),
  };
};

const readOwn = (blob: JsonObject, field: string, compare: Compare): Translated | undefined => {
  if (PARTITIONED.some((key) => Object.hasOwn(blob, key))) {
    return readPartitioned(blob, field, compare);
  }
  const found = readCursor(blob, field, compare);
  return found === undefined ? readByKey(blob, field) : watermarkOf(found);
};

/**
 * Understands the state that Airbyte's Python CDK wrote for the same stream. Ask for it after the kit's own shape: a blob
 * with `slices` that are no list is not one of Python's.
 * @param compare orders the stream's cursor values
 * @returns undefined for a blob that is not understood, also in part: the stream then has to be read from the beginning
 */
export const translateForeignState = (
  blob: JsonObject,
  cursorField: string,
  compare: Compare,
): Translated | undefined => {
  if (isObject(blob['slices'])) return undefined;
  const bare = withoutNulls(blob);
  if (!isObject(bare)) return undefined;
  const own = Object.fromEntries(Object.entries(bare).filter(([key]) => !BESIDE.has(key)));
  const translated = readOwn(own, cursorField, compare);
  return translated && {...translated, ...besidesOf(bare)};
};

/**
 * Whether a Python partition is one of our slices, or a part of it: it has all of the slice's fields with the same values, by
 * their strings. Where only a string was kept, the slice must have that value alone. The empty slice, which is a whole
 * stream, is none of them.
 */
export const matchesSlice = (partition: JsonObject | string, slice: Slice): boolean => {
  const fields = Object.entries(slice);
  if (typeof partition === 'string') {
    return fields.length === 1 && fields.every(([, value]) => String(value) === partition);
  }
  return (
    fields.length > 0 &&
    fields.every(
      ([name, value]) =>
        name !== 'parent_slice' &&
        Object.hasOwn(partition, name) &&
        String(partition[name]) === String(value),
    )
  );
};

/**
 * How far one of our slices was read. Python may have cut it into more parts than we do: the least of them holds. Undefined
 * where no part is known, or one of them has no cursor.
 */
export const foreignCursorOf = (
  slices: readonly ForeignSlice[],
  slice: Slice,
  compare: Compare,
): CursorValue | undefined => {
  const [first, ...rest] = slices
    .filter(({partition}) => matchesSlice(partition, slice))
    .map(({cursor}) => cursor);
  return rest.reduce((least, cursor) => {
    if (least === undefined || cursor === undefined) return undefined;
    return compare(cursor, least) < 0 ? cursor : least;
  }, first);
};
