// A read that is killed and resumed from its last STATE must lose no records.

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

/** A complete read without state; undefined if it fails. */
export const baselineOf = async (
  entry: BasicReadEntry,
  runs: Runs,
): Promise<Baseline | undefined> => {
  const catalog = incrementalCatalog(await filledStreams(entry, runs));
  const run = await runs.read(entry, {catalog});
  return failureOf(run) === undefined ? {catalog, run} : undefined;
};

/** Reads from a state. Resolves to a fault for each stream that lost records, or to the read's failure. */
const resume = async (
  {catalog, run: complete}: Baseline,
  state: unknown,
  before: Run,
  states: number,
  read: (inputs: ReadInputs) => Promise<Run>,
  when: string,
): Promise<readonly Fault[]> => {
  // Without a STATE, a client passes no state.
  const rest = await read(listAt(state).length === 0 ? {catalog} : {catalog, state});
  const failure = failureOf(rest);
  if (failure !== undefined) return [{...failure, reason: `${failure.reason}, ${when}`}];
  const keyOf = keysBy(catalog);
  const lost = missingFrom(
    keysOf(recordsOf(complete), keyOf),
    keysOf(committed(before, states), keyOf),
    keysOf(recordsOf(rest), keyOf),
  );
  return lossFaults(lost, when);
};

/** The parts of the output after which the read is killed. */
const POINTS = [0.1, 0.35, 0.6, 0.85];

/** The lines at which the read is killed: spread over its output, and the first STATE. */
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
  const {catalog, run: complete} = baseline;
  const read = (inputs: ReadInputs) => runWith(context, runs, entry, 'read', inputs);
  for (const line of killLines(complete)) {
    const style: CallStyle = {onLine: (_line, index) => (index >= line ? 'kill' : 'continue')};
    const killed = await runWith(context, runs, entry, 'read', {catalog}, style);
    // Output that was still in the pipe is lost, as when the whole machine fails.
    const known = {...killed, lines: killed.lines.slice(0, line + 1)};
    const state = stateAfter(statesOf(known));
    const when = `after a kill at line ${line + 1} and a read from the last state`;
    const faults = await resume(baseline, state, known, Number.POSITIVE_INFINITY, read, when);
    // One crash that loses records is enough to report.
    if (faults.length > 0) return faults;
  }
  return [];
};

const crash = define(
  'test_crash_and_resume',
  'a read that is killed at any of several lines resumes from its last state and loses no records',
  async (entry, runs, context) => {
    const baseline = await baselineOf(entry, runs);
    return baseline === undefined ? NO_BASELINE : crashFaults(baseline, entry, runs, context);
  },
);

const MAX_STATES = 10;

/** At most MAX_STATES numbers from 1 to `count`, evenly spread, with both ends. */
const sample = (count: number): readonly number[] => {
  const size = Math.min(count, MAX_STATES);
  const step = size > 1 ? (count - 1) / (size - 1) : 0;
  return [...new Set(Array.from({length: size}, (_, index) => 1 + Math.round(index * step)))];
};

const everyState = define(
  'test_resume_from_every_state',
  'a read resumes from every state that was emitted (at most ten of them) and loses no records',
  async (entry, runs) => {
    const baseline = await baselineOf(entry, runs);
    if (baseline === undefined) return NO_BASELINE;
    const states = statesOf(baseline.run);
    if (states.length === 0) return {skipped: 'the read printed no STATE'};
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
