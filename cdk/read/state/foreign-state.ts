// Reads the state blobs of Airbyte's Python CDK, so that a connection that changes its connector resumes at its position.
// The shapes are those of github.com/airbytehq/airbyte-python-cdk, airbyte_cdk/sources; each function names the file that
// writes its shape.
import type {CursorValue, Slice} from '../../author/types.ts';
import {isObject, type JsonObject, valueAt} from '../../json/values.ts';
import {type CursorRules, isCursorValue} from '../cursor/rules.ts';

type Rules = Pick<CursorRules, 'compare' | 'later'>;

/** A Python partition. The oldest states have only one string for it: the id of a parent, the name of a repository. */
export type ForeignSlice = {
  readonly partition: JsonObject | string;
  /** Undefined: it has no position. */
  readonly cursor: CursorValue | undefined;
};

/** A parsed blob. Empty: it has nothing to resume. */
export type Translated = {
  /** The stream was read up to here; with `slices`, all partitions that they do not have. */
  readonly watermark?: CursorValue;
  readonly slices?: readonly ForeignSlice[];
  /** The blobs of parent streams that were read for this one, by name, in any of these shapes. */
  readonly parentStates?: Readonly<Record<string, JsonObject>>;
  /** Reading begins this much before the watermark: as long as the last run took. */
  readonly lookbackSeconds?: number;
};

type Found = {readonly cursor: CursorValue | undefined};

const NOTHING: Found = {cursor: undefined};

/** PyAirbyte returns a state with every key of its models, most of them null. */
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
 * The markers of a full refresh, and the page at which another attempt of the same job resumes. Another client cannot use
 * Python's tokens, and the platform drops them between jobs.
 * streams/checkpoint/checkpoint_reader.py, streams/http/http.py, streams/concurrent/cursor.py (FinalStateCursor)
 */
const OF_FULL_REFRESH: ReadonlySet<string> = new Set([
  '__ab_full_refresh_sync_complete',
  '__ab_no_cursor_state_message',
  'next_page_token',
]);

/** A range that was read from `start` to `end`, and the highest cursor seen in it. */
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

/**
 * The end of the first intervals that touch each other, or the last record seen in them, if that is earlier. Everything
 * after the first gap is read again. Python joins intervals that are a tick apart before it saves them.
 */
const reachOf = (
  intervals: readonly Interval[],
  {compare, later}: Rules,
): CursorValue | undefined => {
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
            seen: later(joined.seen, next.seen),
          },
    first,
  );
  return seen !== undefined && compare(seen, end) < 0 ? seen : end;
};

/**
 * `{"slices": [{"start", "end", "most_recent_cursor_value"}], "state_type": "date-range", "legacy": {…}}`: a stream whose
 * time ranges are read side by side. `legacy` is its older blob.
 * streams/concurrent/state_converters/abstract_stream_state_converter.py
 */
const readConcurrent = (
  slices: readonly unknown[],
  {legacy}: JsonObject,
  field: string,
  rules: Rules,
): Found | undefined => {
  if (slices.length === 0) return isObject(legacy) ? readCursor(legacy, field, rules) : NOTHING;
  const intervals = slices.flatMap((slice) => intervalOf(slice) ?? []);
  if (intervals.length < slices.length) return undefined;
  return {cursor: reachOf(intervals, rules)};
};

/**
 * The position of a stream or a partition: `{"updated_at": "…"}`, the shape above, or nothing. Undefined for other shapes.
 * declarative/incremental/datetime_based_cursor.py (get_stream_state)
 */
const readCursor = (blob: JsonObject, field: string, rules: Rules): Found | undefined => {
  const {slices, legacy} = blob;
  if (Array.isArray(slices)) return readConcurrent(slices, blob, field, rules);
  const cursor = valueAt(blob, field);
  if (isCursorValue(cursor)) return {cursor};
  if (isObject(legacy)) return readCursor(legacy, field, rules);
  return Object.keys(blob).every((key) => OF_FULL_REFRESH.has(key)) ? NOTHING : undefined;
};

/**
 * `{"partition": {"repository": "a/b", "parent_slice": {}}, "cursor": {"updated_at": "…"}}`
 * declarative/incremental/concurrent_partition_cursor.py, per_partition_cursor.py, and for full refreshes
 * streams/checkpoint/substream_resumable_full_refresh_cursor.py
 */
const readPartition = (state: unknown, field: string, rules: Rules): ForeignSlice | undefined => {
  if (!isObject(state) || !isObject(state['partition'])) return undefined;
  const {partition, cursor = {}} = state;
  const found = isObject(cursor) ? readCursor(cursor, field, rules) : undefined;
  return found && {partition, ...found};
};

const readPartitions = (
  states: readonly unknown[],
  field: string,
  rules: Rules,
): readonly ForeignSlice[] | undefined => {
  const slices = states.flatMap((state) => readPartition(state, field, rules) ?? []);
  return slices.length < states.length ? undefined : slices;
};

/**
 * `{"13506132": {"updated_at": "…"}}`: one cursor for each parent, from before there were partitions.
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
  rules: Rules,
): Translated | undefined => {
  const shared = isObject(state) ? readCursor(state, field, rules) : undefined;
  if (shared === undefined) return undefined;
  if (useGlobal === true || states === undefined) return watermarkOf(shared);
  const slices = Array.isArray(states) ? readPartitions(states, field, rules) : undefined;
  return slices && {...watermarkOf(shared), slices};
};

const PARTITIONED = ['states', 'state', 'use_global_cursor'];

/** Keys that any shape may also have. substream_partition_router.py writes `parent_state`. */
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

const readOwn = (blob: JsonObject, field: string, rules: Rules): Translated | undefined => {
  if (PARTITIONED.some((key) => Object.hasOwn(blob, key))) {
    return readPartitioned(blob, field, rules);
  }
  const found = readCursor(blob, field, rules);
  return found === undefined ? readByKey(blob, field) : watermarkOf(found);
};

/**
 * Parses the state that Airbyte's Python CDK wrote for the same stream. A blob whose `slices` are an object is the kit's own.
 * @param rules order the stream's cursor values
 * @returns undefined if any part of the blob cannot be parsed: the stream is then read from its beginning
 */
export const translateForeignState = (
  blob: JsonObject,
  cursorField: string,
  rules: Rules,
): Translated | undefined => {
  if (isObject(blob['slices'])) return undefined;
  const bare = withoutNulls(blob);
  if (!isObject(bare)) return undefined;
  const own = Object.fromEntries(Object.entries(bare).filter(([key]) => !BESIDE.has(key)));
  const translated = readOwn(own, cursorField, rules);
  return translated && {...translated, ...besidesOf(bare)};
};

/**
 * True if a Python partition is one of our slices, or a part of it: it has all of the slice's fields, with equal values as
 * strings. A partition that is only a string matches a slice with that value alone. Nothing matches the empty slice.
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

/** Undefined without positions, or if one of them is missing. */
export const lowestOf = (
  [first, ...rest]: readonly (CursorValue | undefined)[],
  compare: CursorRules['compare'],
): CursorValue | undefined =>
  rest.reduce((least, at) => {
    if (least === undefined || at === undefined) return undefined;
    return compare(at, least) < 0 ? at : least;
  }, first);

/** The lowest position of a slice's partitions, of which Python may have several. Undefined if one has no cursor. */
export const foreignCursorOf = (
  slices: readonly ForeignSlice[],
  slice: Slice,
  compare: CursorRules['compare'],
): CursorValue | undefined => {
  const ours = slices.filter(({partition}) => matchesSlice(partition, slice));
  return lowestOf(
    ours.map(({cursor}) => cursor),
    compare,
  );
};
