// The suite `incremental`: a read continues where the last one ended.

import {at} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import {catalogOf} from '../check-kit/catalogs.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf, type Verdict} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {type Runs, Unavailable} from '../check-kit/shared-runs.ts';
import {blobsIn, finalState, stateAfter, stateFromFile} from '../check-kit/states.ts';
import {readJson} from '../config/read-file.ts';
import type {IncrementalEntry} from '../config/settings.ts';
import type {Run} from '../connectors/connector.ts';
import {
  type ConfiguredStream,
  configuredStreamsOf,
  type Emitted,
  recordsOf,
  type StateMessage,
  shown,
  statesOf,
} from '../protocol/messages.ts';
import {cursorsIn, extreme, isBefore} from './cursors.ts';

const define = checksOf('incremental', (suites) => suites.incremental);

const NOTHING = {skipped: 'no stream has incremental and a cursor'};

/** Records that come before the cursors of a state. */
const older = (
  stream: ConfiguredStream,
  records: readonly Emitted[],
  state: unknown,
  entry: IncrementalEntry,
): readonly Emitted[] => {
  const cursors = cursorsIn(
    blobsIn(state).get(stream.key) ?? {},
    stream,
    entry.cursorPaths[stream.name],
  );
  if (cursors.length === 0) return [];
  const first = extreme(cursors, 'first');
  return records.filter(
    ({stream: key, data}) =>
      key === stream.key && isBefore(at(data, ...stream.cursor), first, entry.thresholdDays),
  );
};

const olderFaults = (
  streams: readonly ConfiguredStream[],
  run: Run,
  state: unknown,
  entry: IncrementalEntry,
): readonly Fault[] =>
  streams.flatMap((stream) => {
    const found = older(stream, recordsOf(run), state, entry);
    const [example] = found;
    if (example === undefined) return [];
    return [
      {
        reason: `${stream.key}: ${found.length} records were read that come before the cursor of the state, ${shown(blobsIn(state).get(stream.key))}`,
        offending: shown(example.line.text),
        advice:
          'Start at the cursor of the state. If the stream has a lookback, set threshold_days to its number of days.',
      },
    ];
  });

/** A stream whose state has no cursor must at least not return everything again. */
const unchanged = (
  streams: readonly ConfiguredStream[],
  [first, second]: readonly [Run, Run],
  entry: IncrementalEntry,
): readonly Fault[] =>
  streams.flatMap((stream) => {
    const blob = blobsIn(finalState(first)).get(stream.key) ?? {};
    if (cursorsIn(blob, stream, entry.cursorPaths[stream.name]).length > 0) return [];
    const [before, after] = [first, second].map((run) =>
      recordsOf(run)
        .filter(({stream: key}) => key === stream.key)
        .map(({data}) => canonical(data)),
    );
    const same = before !== undefined && canonical(before) === canonical(after);
    return same && before.length > 1
      ? [
          {
            reason: `${stream.key}: the second read returned the ${before.length} records of the first again`,
            offending: shown(blob),
            advice: `Use the state, and store the cursor in it under the name of its field, ${stream.cursor.join('.')}.`,
          },
        ]
      : [];
  });

const twoReads = define(
  'test_two_sequential_reads',
  'a second read, with the state of the first, returns no records from before it',
  async (entry, runs): Promise<Verdict> => {
    const catalog = await catalogOf('incremental', entry, runs);
    if (catalog.streams.length === 0) return NOTHING;
    const streams = configuredStreamsOf(catalog);
    const first = await runs.read(entry, {catalog});
    const failure = failureOf(first);
    if (failure !== undefined) return [failure];
    const states = statesOf(first);
    if (recordsOf(first).length === 0 || states.length === 0) {
      const missing = states.length === 0 ? 'STATE messages' : 'records';
      return [
        {
          reason: `the first read printed no ${missing}`,
          advice: 'The check needs records to begin with, and a STATE to resume from.',
        },
      ];
    }
    const state = finalState(first);
    const second = await runs.read(entry, {catalog, state});
    const again = failureOf(second);
    if (again !== undefined) {
      return [{...again, reason: `with the state of the first read, ${again.reason}`}];
    }
    return [
      ...olderFaults(streams, second, state, entry),
      ...unchanged(streams, [first, second], entry),
    ];
  },
);

/** Finds records after the last cursor of their stream's final state, which the next read may repeat or miss. */
const beyondState = (
  streams: readonly ConfiguredStream[],
  run: Run,
  entry: IncrementalEntry,
): readonly Fault[] => {
  const blobs = blobsIn(finalState(run));
  return streams.flatMap((stream): readonly Fault[] => {
    const cursors = cursorsIn(blobs.get(stream.key) ?? {}, stream, entry.cursorPaths[stream.name]);
    if (cursors.length === 0) return [];
    const last = extreme(cursors, 'last');
    const later = recordsOf(run).find(
      ({stream: key, data}) => key === stream.key && isBefore(last, at(data, ...stream.cursor)),
    );
    return later === undefined
      ? []
      : [
          {
            reason: `${stream.key}: a record comes after the cursor of its final state, ${shown(last)}`,
            offending: shown(later.line.text),
            advice: 'Keep the highest cursor that was read.',
          },
        ];
  });
};

const SAMPLES = 10;

/** About ten numbers below `count`. The last STATE is left out, because another check reads from it. */
const sample = (count: number): readonly number[] => {
  const step = Math.max(1, Math.floor(count / SAMPLES));
  return Array.from({length: Math.ceil((count - 1) / step)}, (_, index) => index * step + 1);
};

/** Reads from the state after one STATE message, which must return no older records of its stream. */
const fromState = async (
  index: number,
  states: readonly StateMessage[],
  {entry, runs, catalog}: {entry: IncrementalEntry; runs: Runs; catalog: unknown},
): Promise<readonly Fault[]> => {
  const state = stateAfter(states, index);
  const message = states[index - 1];
  const run = await runs.read(entry, {catalog, state});
  const failure = failureOf(run);
  if (failure !== undefined) {
    return [{...failure, reason: `with STATE ${index} of ${states.length}, ${failure.reason}`}];
  }
  const streams = configuredStreamsOf(catalog).filter(
    ({key}) => message?.stream === undefined || key === message.stream,
  );
  return olderFaults(streams, run, state, entry).map((fault) => ({
    ...fault,
    reason: `from STATE ${index} of ${states.length}, ${fault.reason}`,
  }));
};

const slices = define(
  'test_read_sequential_slices',
  'a read from any STATE returns no records from before it, and the last STATE covers all records',
  async (entry, runs): Promise<Verdict> => {
    if (entry.skipComprehensive) return {skipped: 'skip_comprehensive_incremental_tests is true'};
    const catalog = await catalogOf('incremental', entry, runs);
    if (catalog.streams.length === 0) return NOTHING;
    const first = await runs.read(entry, {catalog});
    const states = statesOf(first);
    if (failureOf(first) !== undefined || states.length === 0) {
      throw new Unavailable('it needs a first read with states: see test_two_sequential_reads');
    }
    const faults = [...beyondState(configuredStreamsOf(catalog), first, entry)];
    for (const index of sample(states.length)) {
      faults.push(...(await fromState(index, states, {entry, runs, catalog})));
    }
    return faults;
  },
);

const futureState = define(
  'test_state_with_abnormally_large_values',
  'a read with a state from the far future prints a STATE and no records',
  async (entry, runs): Promise<Verdict> => {
    const {futureState: future} = entry;
    if (future?.path === undefined) {
      return {skipped: future?.bypass ?? 'the config names no future_state_path'};
    }
    const catalog = await catalogOf('incremental', entry, runs);
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
    const [record] = recordsOf(run);
    const faults: Fault[] = [];
    if (record !== undefined) {
      faults.push({
        reason: `${record.stream}: a record was read, although the state is from the far future`,
        offending: shown(record.line.text),
        advice:
          'Use the state, or correct the file if its states are not far enough in the future.',
      });
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

export const incremental: readonly Check[] = [twoReads, slices, futureState];
