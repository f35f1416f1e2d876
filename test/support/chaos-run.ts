// Runs a scenario: read, cut off, go on from the states that a client has, until all is read; then once more in peace.
import {setTimeout as delay} from 'node:timers/promises';
import type {Emission} from '../../cdk/protocol/messages.ts';
import {Interrupted} from '../../cdk/read/interrupt.ts';
import {type Answer, type Ask, type ChaosApi, chaosApi} from './chaos-api.ts';
import {EPOCH, type Interruption, type Scenario} from './chaos-scenario.ts';
import {type ChaosRecord, type ChaosStream, chaosStreams, DAY, keyOf} from './chaos-streams.ts';
import {type Kept, keep, type Line, positionIn, resumeIn, witness} from './chaos-witness.ts';
import {startRead} from './run-read.ts';

export type Tally = {
  readonly kills: number;
  readonly expected: number;
  readonly lost: number;
  readonly repeats: number;
  /** Of one slice in one run, beyond the lookback, where the order is sorted or pages can be resumed. */
  readonly worst: number;
};

type Lab = {
  readonly scenario: Scenario;
  readonly api: ChaosApi;
  readonly kept: ReadonlyMap<string, Kept>;
  readonly clock: {now: number};
  readonly random: () => number;
  tally: Tally;
};

/** Numbers from 0 to 1, the same for the same seed. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const openLab = (scenario: Scenario): Lab => {
  const {streams, rows, pace, skew, mutations, faults, seed} = scenario;
  const clock = {now: EPOCH};
  const api = chaosApi(streams, {
    now: () => clock.now,
    skew,
    pass: () => {
      clock.now += pace;
    },
  });
  // A child that changes changes its parent, which has the number that the slice is called by.
  api.also((collection, slice, time) => {
    const above = streams.find(({name}) => name === collection)?.parent;
    if (!above?.incremental) return;
    const index =
      api
        .rows(above.name)
        .get('')
        ?.findIndex(({id}) => String(id) === slice) ?? -1;
    api.update(above.name, '', index, time);
  });
  for (const {collection, slice, age} of rows) api.insert(collection, slice, EPOCH - age);
  api.plan(mutations);
  api.breakDown(faults);
  return {
    scenario,
    api,
    clock,
    kept: new Map(streams.map((spec) => [spec.name, keep(spec)])),
    random: randomOf(seed),
    tally: {kills: 0, expected: 0, lost: 0, repeats: 0, worst: 0},
  };
};

const never = new Promise<never>(() => {});

/** A program that asks more than this does not end. */
const MOST_REQUESTS = 5_000;

/** Answers come in any order, within a few turns; a program that is dead gets none. */
const askOf =
  ({api, random}: Lab, life: {isOver: boolean}) =>
  async (ask: Ask): Promise<Answer> => {
    const wait = async () => {
      for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await undefined;
      if (life.isOver) await never;
    };
    await wait();
    if (api.requests() > MOST_REQUESTS) throw new Error('It does not end.');
    const answer = api.ask(ask);
    await wait();
    return answer;
  };

const linesOf = (emission: Emission): readonly Line[] =>
  emission.type === 'PAGE'
    ? emission.records.map((record) => ({
        stream: emission.stream.name,
        record: record as ChaosRecord,
      }))
    : [{message: emission}];

type Ended = 'killed' | 'stopped' | 'complete' | 'incomplete';

/** One run of the program, as its client sees it. */
const runOnce = async (lab: Lab, interruption?: Interruption): Promise<Ended> => {
  const {scenario, kept, clock, api} = lab;
  const life = {isOver: false};
  const stop = new AbortController();
  const eyes = witness(kept, api, clock.now);
  const reading = startRead({
    streams: chaosStreams(scenario.streams, askOf(lab, life)),
    state: [...kept.values()].flatMap(({state}) => state ?? []),
    concurrency: scenario.concurrency,
    now: () => clock.now,
    signal: stop.signal,
  });
  const startedAt = clock.now;
  let lines = 0;
  const end = (how: Ended): Ended => {
    checkRun(lab, eyes, how, startedAt);
    return how;
  };
  try {
    for (;;) {
      if (lines >= (interruption?.lines ?? Number.POSITIVE_INFINITY)) {
        if (interruption?.kind === 'kill') {
          life.isOver = true;
          return end('killed');
        }
        stop.abort(new Interrupted('SIGTERM'));
      }
      const {done, value} = await reading.next();
      if (done) return end(value ? 'complete' : 'incomplete');
      for (const line of linesOf(value)) {
        if (interruption?.kind === 'kill' && lines >= interruption.lines) break;
        eyes.observe(line);
        lines += 1;
      }
    }
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return end('stopped');
    throw error;
  }
};

/** Whether a slice goes on where it was cut off, so that little of what was read before comes again. */
const isBounded = (
  spec: ChaosStream,
  {streams}: Scenario,
  saved: number | undefined,
  startedAt: number,
): boolean => {
  if (spec.checkpointInterval > 0 || spec.window > 0) return false;
  if (spec.hasCursor && spec.order === 'ascending') return true;
  // A parent's children need all of its pages.
  const isParent = streams.some(({parent}) => parent?.name === spec.name);
  const isFresh = saved !== undefined && startedAt - saved < spec.resumable;
  return isFresh && !isParent && (spec.paging !== 'token' || spec.tokenLife > DAY);
};

const checkRepeats = (lab: Lab, eyes: ReturnType<typeof witness>, startedAt: number): void => {
  const {kept, scenario} = lab;
  for (const [name, slices] of eyes.repeats()) {
    const spec = kept.get(name)?.spec;
    const before = eyes.before(name);
    if (spec === undefined) continue;
    for (const [slice, {all, unexplained}] of slices) {
      lab.tally = {...lab.tally, repeats: lab.tally.repeats + all};
      if (!isBounded(spec, scenario, resumeIn(before, slice), startedAt)) continue;
      // Where pages are counted, each row that comes in moves one of a page into the next.
      const moved = spec.paging === 'offset' ? scenario.mutations.length : 0;
      if (unexplained > spec.pageSize + moved) {
        throw new Error(
          `${name}: ${unexplained} records of "${slice}" came again, with pages of ${spec.pageSize}, from ${JSON.stringify(before)}.`,
        );
      }
      lab.tally = {...lab.tally, worst: Math.max(lab.tally.worst, unexplained)};
    }
  }
};

const checkRun = (
  lab: Lab,
  eyes: ReturnType<typeof witness>,
  how: Ended,
  startedAt: number,
): void => {
  checkRepeats(lab, eyes, startedAt);
  if (how === 'killed') return;
  for (const name of lab.kept.keys()) {
    const status = eyes.lastStatus(name);
    const ends = how === 'complete' ? ['COMPLETE'] : ['COMPLETE', 'INCOMPLETE'];
    // Where streams come one after another, those behind the one that is stopped do not begin.
    if (how === 'stopped' && status === undefined) continue;
    if (!ends.includes(status ?? ''))
      throw new Error(`${name} ends with ${status}, the run ${how}.`);
    // One that is cut off may have got nowhere with its last records: then it has said already where it is.
    if (status === 'COMPLETE' && eyes.uncounted(name) > 0) {
      throw new Error(`${name}: no STATE behind the last RECORD.`);
    }
  }
};

/** Throws where a run does not come to an end. */
const inTime = async <T>(running: Promise<T>): Promise<T> => {
  const timer = new AbortController();
  const late = delay(5_000, undefined, {signal: timer.signal}).then(() => {
    throw new Error('The run hangs.');
  });
  late.catch(() => {});
  try {
    return await Promise.race([running, late]);
  } finally {
    timer.abort();
  }
};

/** Every row that is still there has come, and its latest version last. */
const checkUnion = (lab: Lab): void => {
  let expected = 0;
  const lost: string[] = [];
  for (const [name, {latest, blob}] of lab.kept) {
    for (const [slice, rows] of lab.api.rows(name)) {
      for (const row of rows) {
        expected += 1;
        const came = latest.get(row.id);
        if (came?.version === row.version) continue;
        lost.push(
          `${name} "${slice}" ${JSON.stringify(row)} of ${new Date(row.changedAt).toISOString()} (came: ${JSON.stringify(came)}; state: ${JSON.stringify(blob)}, ${keyOf(slice)} at ${positionIn(blob, slice)})`,
        );
      }
    }
  }
  lab.tally = {...lab.tally, expected, lost: lost.length};
  if (lost.length > 0) throw new Error(`Lost: ${lost.join('\n')}`);
};

/** Plays a scenario to its end; throws where a record is lost, or something is said that is not so. */
export const runScenario = async (scenario: Scenario): Promise<Tally> => {
  const lab = openLab(scenario);
  for (const interruption of scenario.interruptions) {
    const how = await inTime(runOnce(lab, interruption));
    if (how === 'killed' || how === 'stopped') {
      lab.tally = {...lab.tally, kills: lab.tally.kills + 1};
    }
    lab.clock.now += interruption.gap;
  }
  lab.api.heal();
  const whole = await inTime(runOnce(lab));
  if (whole !== 'complete') throw new Error('The run in peace is not complete.');
  lab.api.calmDown();
  lab.clock.now += DAY;
  const last = await inTime(runOnce(lab));
  if (last !== 'complete') throw new Error('The last run is not complete.');
  checkUnion(lab);
  return lab.tally;
};
