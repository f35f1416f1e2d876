// A read that is killed, and goes on from what it said last: nothing may be lost.

import {listAt} from '../../cdk/json/at.ts';
import type {Check, Context, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {ReadInputs, Runs} from '../check-kit/shared-runs.ts';
import {stateAfter} from '../check-kit/states.ts';
import {
  filledStreams,
  firstOf,
  incrementalCatalog,
  messageTypeOf,
  runWith,
} from '../clients/client-check.ts';
import type {BasicReadEntry} from '../config/settings.ts';
import type {CallStyle, Run} from '../connectors/connector.ts';
import {recordsOf, statesOf} from '../protocol/messages.ts';
import {committed, keysBy, keysOf, lossFaults, missingFrom} from './coverage.ts';

export const define = checksOf('beyond', ({basic_read}) => firstOf(basic_read), 'basic_read');

const NO_BASELINE = {skipped: 'it needs a read that succeeds: see basic_read'};

interface Baseline {
  readonly catalog: ReadInputs['catalog'];
  readonly run: Run;
}

/** A whole read without state; undefined where it fails. */
export const baselineOf = async (
  entry: BasicReadEntry,
  runs: Runs,
): Promise<Baseline | undefined> => {
  const catalog = incrementalCatalog(await filledStreams(entry, runs));
  const run = await runs.read(entry, {catalog});
  return failureOf(run) === undefined ? {catalog, run} : undefined;
};

/** Reads on from a state. What is lost of the baseline, or how the read failed. */
const resume = async (
  {catalog, run: whole}: Baseline,
  state: unknown,
  before: Run,
  states: number,
  read: (inputs: ReadInputs) => Promise<Run>,
  when: string,
): Promise<readonly Fault[]> => {
  // Nobody passes a state that was never said.
  const rest = await read(listAt(state).length === 0 ? {catalog} : {catalog, state});
  const failure = failureOf(rest);
  if (failure !== undefined) return [{...failure, reason: `${failure.reason}, ${when}`}];
  const keyOf = keysBy(catalog);
  const lost = missingFrom(
    keysOf(recordsOf(whole), keyOf),
    keysOf(committed(before, states), keyOf),
    keysOf(recordsOf(rest), keyOf),
  );
  return lossFaults(lost, when);
};

/** Parts of the whole at which it is killed. */
const POINTS = [0.1, 0.35, 0.6, 0.85];

/** The lines at which it is killed: spread over the whole, and the first STATE. */
const killLines = ({lines}: Run): readonly number[] => {
  const parts = POINTS.map((part) => Math.floor(part * lines.length));
  const first = lines.findIndex(({json}) => messageTypeOf(json) === 'STATE');
  return [...new Set(first < 0 ? parts : [first, ...parts])];
};

const crashFaults = async (
  baseline: Baseline,
  entry: BasicReadEntry,
  runs: Runs,
  context: Context,
): Promise<readonly Fault[]> => {
  const {catalog, run: whole} = baseline;
  const read = (inputs: ReadInputs) => runWith(context, runs, entry, 'read', inputs);
  for (const line of killLines(whole)) {
    const style: CallStyle = {onLine: (_line, index) => (index >= line ? 'kill' : 'go on')};
    const killed = await runWith(context, runs, entry, 'read', {catalog}, style);
    // What was in the pipe is lost with it, as where the whole machine goes.
    const known = {...killed, lines: killed.lines.slice(0, line + 1)};
    const state = stateAfter(statesOf(known));
    const when = `after a kill at line ${line + 1} and a read from the last state`;
    const faults = await resume(baseline, state, known, Number.POSITIVE_INFINITY, read, when);
    // One crash that loses records tells enough.
    if (faults.length > 0) return faults;
  }
  return [];
};

const crash = define(
  'test_crash_and_resume',
  'killed at several places, a read goes on from its last state and loses nothing',
  async (entry, runs, context) => {
    const baseline = await baselineOf(entry, runs);
    return baseline === undefined ? NO_BASELINE : crashFaults(baseline, entry, runs, context);
  },
);

const MAX_STATES = 10;

/** So many numbers from 1 to `count`, evenly, with both ends. */
const sample = (count: number): readonly number[] => {
  const size = Math.min(count, MAX_STATES);
  const step = size > 1 ? (count - 1) / (size - 1) : 0;
  return [...new Set(Array.from({length: size}, (_, index) => 1 + Math.round(index * step)))];
};

const everyState = define(
  'test_resume_from_every_state',
  'a read goes on from any state that was emitted, ten of them where there are more, and loses nothing',
  async (entry, runs) => {
    const baseline = await baselineOf(entry, runs);
    if (baseline === undefined) return NO_BASELINE;
    const states = statesOf(baseline.run);
    if (states.length === 0) return {skipped: 'the read gave no STATE'};
    for (const count of sample(states.length)) {
      const state = stateAfter(states, count);
      const when = `in a read from STATE ${count} of ${states.length}`;
      const read = (inputs: ReadInputs) => runs.read(entry, inputs);
      const faults = await resume(baseline, state, baseline.run, count, read, when);
      if (faults.length > 0) return faults;
    }
    return [];
  },
);

export const resuming: readonly Check[] = [crash, everyState];
