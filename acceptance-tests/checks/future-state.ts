// A read with a state from the far future returns nothing.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {catalogOf} from '../check-kit/catalogs.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import type {Verdict} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {Runs} from '../check-kit/shared-runs.ts';
import {blobsIn, finalState, stateFromFile} from '../check-kit/states.ts';
import {readJson} from '../config/read-file.ts';
import type {IncrementalEntry} from '../config/settings.ts';
import {
  type ConfiguredStream,
  configuredStreamsOf,
  type Emitted,
  recordsOf,
  shown,
  statesOf,
} from '../protocol/messages.ts';
import {timeIn} from './cursors.ts';
import {define, NOTHING, sequentialReads} from './incremental.ts';

const YEAR = 2999;
const FAR = Date.UTC(YEAR, 0, 1);

/** Parts of a state that a new one does without: they resume an interrupted read, or are packed. */
const LEFT_OUT = new Set(['unfinished', 'resume', 'sweep', 'full_sync_started']);

/** A value with all of its times in the far future, in the same notation. */
const inFuture = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inFuture);
  if (isObject(value)) {
    const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
    return Object.fromEntries(kept.map(([key, inner]) => [key, inFuture(inner)]));
  }
  const time = timeIn(value);
  if (time === undefined) return value;
  if (typeof value === 'string' && /^\d{4}-/.test(value)) return `${YEAR}${value.slice(4)}`;
  const number = Number(value);
  if (Number.isNaN(number)) return new Date(FAR).toUTCString();
  const far = Math.round((number / time.instant) * FAR);
  return typeof value === 'string' ? String(far) : far;
};

/** Long enough for the state of a stream with some slices. */
const MAX_EXAMPLE = 4_000;

/** The state that a read without state ends with, moved to the future; undefined if it has none. */
const exampleOf = async (
  stream: ConfiguredStream,
  entry: IncrementalEntry,
  runs: Runs,
): Promise<JsonObject | undefined> => {
  const run = await runs.read(entry, {catalog: await catalogOf('incremental', entry, runs)});
  const blob = blobsIn(finalState(run)).get(stream.key);
  const example = inFuture(blob);
  return isObject(example) && JSON.stringify(example).includes(String(YEAR)) ? example : undefined;
};

const LIST =
  'This record is a deleted one. The list of deleted records has a position of its own, one for each slice, in the state under deletes.list.at; "" is the key of a stream without slices: {"deletes": {"list": {"at": {"": "2999-01-01T00:00:00Z"}}}}. If the file has it, let `deletes.list.read` return only what was deleted at or after `since`.';

const OTHER = 'Use the state, or correct the file if its states are not far enough in the future.';

const isDeleted = ({data}: Emitted): boolean => {
  const deletedAt = at(data, '_deleted_at');
  return deletedAt !== undefined && deletedAt !== null;
};

const recordFault = async (
  record: Emitted,
  path: string,
  find: () => Promise<JsonObject | undefined>,
): Promise<Fault> => {
  const example = await find();
  const text = JSON.stringify(example);
  const suggestion =
    text === undefined || text.length > MAX_EXAMPLE
      ? ''
      : ` After a read without state, with all times in the future, the stream_state in ${path} would be ${text}`;
  return {
    reason: `${record.stream}: a record was read, although the state is from the far future`,
    offending: shown(record.line.text),
    advice: `${isDeleted(record) ? LIST : OTHER}${suggestion}`,
  };
};

const futureState = define(
  'test_state_with_abnormally_large_values',
  'a read with a state from the far future prints a STATE and no records',
  async (entry, runs): Promise<Verdict> => {
    const {futureState: future} = entry;
    if (future?.path === undefined) {
      return {skipped: future?.bypass ?? 'the config names no future_state_path'};
    }
    const {streams: all} = await catalogOf('incremental', entry, runs);
    // Nobody but the API can make a token, so no state is from the future.
    const catalog = {
      streams: all.filter((_, index) => configuredStreamsOf({streams: all})[index]?.cursor.length),
    };
    if (catalog.streams.length === 0) return NOTHING;
    const state = stateFromFile(await readJson(future.path));
    const known = blobsIn(state);
    const exempt = future.missingStreams.map(({name}) => name);
    const streams = configuredStreamsOf(catalog);
    const missing = streams.filter(({key, name}) => !known.has(key) && !exempt.includes(name));
    if (missing.length > 0) {
      return missing.map(({key}) => ({
        reason: `${key} has no state in ${future.path}`,
        advice: 'Add one from the far future, or list the stream in future_state.missing_streams.',
      }));
    }
    const chosen = catalog.streams.filter((_, index) => known.has(streams[index]?.key ?? ''));
    const run = await runs.read(entry, {catalog: {streams: chosen}, state});
    const failure = failureOf(run);
    if (failure !== undefined) return [failure];
    const records = recordsOf(run);
    const faults: Fault[] = [];
    for (const stream of streams) {
      const record = records.find((one) => one.stream === stream.key);
      if (record === undefined) continue;
      faults.push(await recordFault(record, future.path, () => exampleOf(stream, entry, runs)));
    }
    if (statesOf(run).length === 0) {
      faults.push({
        reason: 'a read without new records printed no STATE',
        advice: 'Print a STATE at the end of each stream, also without new records.',
      });
    }
    return faults;
  },
);

export const incremental: readonly Check[] = [...sequentialReads, futureState];
