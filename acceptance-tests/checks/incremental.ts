// The suite `incremental`: a read continues where the last one ended.

import {at} from '../../cdk/json/at.ts';
import {canonical} from '../../cdk/json/canonical.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import {catalogOf} from '../check-kit/catalogs.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf, type Verdict} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {type Runs, Unavailable} from '../check-kit/shared-runs.ts';
import {blobsIn, finalState, stateAfter} from '../check-kit/states.ts';
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
import {areComparable, isBefore, isCursor, isHeldBack} from './cursors.ts';
import {type Judge, judgeBy, type Position, positionsIn, showSlices} from './positions.ts';

export const define = checksOf('incremental', (suites) => suites.incremental);

export const NOTHING = {skipped: 'no stream has incremental and a cursor'};

/** A stream, with what its first read shows about its slices. */
interface Judged {
  readonly stream: ConfiguredStream;
  readonly areSlicesShown: boolean;
  /** The number of positions in the final state. */
  readonly slices: number;
}

const positionsOf = (
  stream: ConfiguredStream,
  state: unknown,
  entry: IncrementalEntry,
): readonly Position[] =>
  positionsIn(blobsIn(state).get(stream.key) ?? {}, stream, entry.cursorPaths[stream.name]);

const recordsOfStream = (run: Run, {key}: ConfiguredStream): readonly Emitted[] =>
  recordsOf(run).filter(({stream}) => stream === key);

const judgedBy = (catalog: unknown, first: Run, entry: IncrementalEntry): readonly Judged[] =>
  configuredStreamsOf(catalog).map((stream) => {
    const positions = positionsOf(stream, finalState(first), entry);
    const areSlicesShown = showSlices(stream, recordsOfStream(first, stream), positions);
    return {stream, areSlicesShown, slices: positions.length};
  });

/** Undefined if the state can't judge: slices without a position start at their beginning, and no record shows its slice. */
const judgeOf = (
  {stream, areSlicesShown, slices}: Judged,
  state: unknown,
  entry: IncrementalEntry,
): Judge | undefined => {
  const positions = positionsOf(stream, state, entry);
  if (positions.length === 0) return undefined;
  if (!areSlicesShown && positions.length < slices) return undefined;
  return judgeBy(positions, areSlicesShown);
};

type Asked = readonly [
  streams: readonly Judged[],
  run: Run,
  state: unknown,
  entry: IncrementalEntry,
];

/** The streams with records that `isWrong` finds by the position of their slices, and the first of these records. */
const wrongIn = (
  [streams, run, state, entry]: Asked,
  isWrong: (cursor: unknown, judge: Judge, record: Emitted) => boolean,
) =>
  streams.flatMap((judged) => {
    const {stream} = judged;
    const judge = judgeOf(judged, state, entry);
    if (judge === undefined) return [];
    const cursorOf = ({data}: Emitted): unknown => at(data, ...stream.cursor);
    const found = recordsOfStream(run, stream).filter((record) =>
      isWrong(cursorOf(record), judge, record),
    );
    const [first] = found;
    if (first === undefined) return [];
    const offending = shown(first.line.text);
    return [{stream, judge, first, cursor: cursorOf(first), count: found.length, offending}];
  });

const olderFaults = (...asked: Asked): readonly Fault[] => {
  const [, , state, {thresholdDays}] = asked;
  return wrongIn(asked, (cursor, {lowest}, record) =>
    isBefore(cursor, lowest(record), thresholdDays),
  ).map(({stream, count, offending}) => ({
    reason: `${stream.key}: ${count} records were read that come before the cursor of the state, ${shown(blobsIn(state).get(stream.key))}`,
    offending,
    advice:
      'Start at the cursor of the state. If the stream has a lookback, set threshold_days to its number of days.',
  }));
};

/** Cursors that can't be compared prove nothing. */
const incomparable = (...asked: Asked): readonly Fault[] =>
  wrongIn(asked, (cursor, {lowest}, record) => {
    const position = lowest(record);
    return position !== undefined && isCursor(cursor) && !areComparable(cursor, position);
  }).map(({stream, judge, first, cursor, offending}) => ({
    reason: `${stream.key}: the cursor ${shown(cursor)} can't be compared with ${shown(judge.lowest(first))} in the state`,
    offending,
    advice:
      'This check compares numbers, times by ISO 8601 and RFC 2822, and other strings of one length. Check by hand that a second read starts at the state.',
  }));

/** False for a state that says that it has none: such a stream is read again, to compare it with what the state remembers. */
const hasPosition = (blob: JsonObject): boolean =>
  Object.keys(blob).some((key) => key !== 'deletes' && !key.startsWith('__ab_'));

/** A stream whose state has no cursor must at least not return everything again. */
const unchanged = (
  streams: readonly ConfiguredStream[],
  [first, second]: readonly [Run, Run],
  entry: IncrementalEntry,
): readonly Fault[] =>
  streams.flatMap((stream) => {
    const blob = blobsIn(finalState(first)).get(stream.key) ?? {};
    if (positionsOf(stream, finalState(first), entry).length > 0) return [];
    if (stream.cursor.length === 0 && !hasPosition(blob)) return [];
    const [before, after] = [first, second].map((run) =>
      recordsOf(run)
        .filter(({stream: key}) => key === stream.key)
        .map(({data}) => canonical(data)),
    );
    // An API's token may be read again in another order.
    const same =
      before !== undefined && canonical(before.toSorted()) === canonical(after?.toSorted() ?? []);
    return same && before.length > 1
      ? [
          {
            reason: `${stream.key}: the second read returned the ${before.length} records of the first again`,
            offending: shown(blob),
            advice:
              stream.cursor.length > 0
                ? `Use the state, and store the cursor in it under the name of its field, ${stream.cursor.join('.')}.`
                : 'Use the state: the stream has no cursor field, so it must hold the token of the API from which the second read continues.',
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
    const judged = judgedBy(catalog, first, entry);
    const faults = [
      ...olderFaults(judged, second, state, entry),
      ...unchanged(streams, [first, second], entry),
    ];
    return faults.length > 0 ? faults : {warnings: incomparable(judged, second, state, entry)};
  },
);

/** Finds records after the last cursor of their slice's final state, which the next read may repeat or miss. */
const beyondState = (
  streams: readonly Judged[],
  run: Run,
  entry: IncrementalEntry,
): readonly Fault[] =>
  wrongIn([streams, run, finalState(run), entry], (cursor, {highest}, record) => {
    const last = highest(record);
    return isBefore(last, cursor) && !isHeldBack(last, run.startedAt);
  }).map(({stream, judge, first, offending}) => ({
    reason: `${stream.key}: a record comes after the cursor of its final state, ${shown(judge.highest(first))}`,
    offending,
    advice:
      'Keep the highest cursor that was read. A time may stay up to a minute before the start of the read.',
  }));

const SAMPLES = 10;

/** About ten numbers below `count`. The last STATE is left out, because another check reads from it. */
const sample = (count: number): readonly number[] => {
  const step = Math.max(1, Math.floor(count / SAMPLES));
  return Array.from({length: Math.ceil((count - 1) / step)}, (_, index) => index * step + 1);
};

interface Sliced {
  readonly entry: IncrementalEntry;
  readonly runs: Runs;
  readonly catalog: unknown;
  readonly judged: readonly Judged[];
}

/** Reads from the state after one STATE message, which must return no older records of its stream. */
const fromState = async (
  index: number,
  states: readonly StateMessage[],
  {entry, runs, catalog, judged}: Sliced,
): Promise<readonly Fault[]> => {
  const state = stateAfter(states, index);
  const message = states[index - 1];
  const run = await runs.read(entry, {catalog, state});
  const failure = failureOf(run);
  if (failure !== undefined) {
    return [{...failure, reason: `with STATE ${index} of ${states.length}, ${failure.reason}`}];
  }
  const streams = judged.filter(
    ({stream: {key}}) => message?.stream === undefined || key === message.stream,
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
    const judged = judgedBy(catalog, first, entry);
    const faults = [...beyondState(judged, first, entry)];
    for (const index of sample(states.length)) {
      faults.push(...(await fromState(index, states, {entry, runs, catalog, judged})));
    }
    return faults;
  },
);

export const sequentialReads: readonly Check[] = [twoReads, slices];
