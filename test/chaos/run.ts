// Runs a scenario: reads are interrupted and resumed from the client's states until all is read, then run once undisturbed.
import {setTimeout as delay} from 'node:timers/promises';
import type {Emission} from '../../cdk/protocol/messages.ts';
import {Interrupted} from '../../cdk/read/turns/abort.ts';
import {catalogOf, startRead} from '../../cdk/testing/run-read.ts';
import {type ChaosApi, type ChaosRequest, type ChaosResponse, chaosApi} from './api.ts';
import {randomOf} from './random.ts';
import {repeatsIn} from './repeats.ts';
import {EPOCH, type Interruption, type Scenario} from './scenario.ts';
import {type ChaosRecord, chaosStreams, DAY, keyOf} from './streams.ts';
import {type Kept, keep, type Line, positionIn, witness} from './witness.ts';

export type Tally = {
  readonly kills: number;
  readonly expected: number;
  readonly lost: number;
  readonly repeats: number;
  /** The most repeats of one slice in one run, beyond the lookback, if the order is sorted or pages can be resumed. */
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
  // A change of a child also changes its parent, whose id is the name of the slice.
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
    kept: new Map(streams.filter(({isHidden}) => !isHidden).map((spec) => [spec.name, keep(spec)])),
    random: randomOf(seed),
    tally: {kills: 0, expected: 0, lost: 0, repeats: 0, worst: 0},
  };
};

const never = new Promise<never>(() => {});

/** A program that sends more requests than this does not end. */
const MOST_REQUESTS = 5_000;

/** Responses come in any order, within a few turns of the event loop; a dead program gets no response. */
const sendTo =
  ({api, random}: Lab, life: {isOver: boolean}) =>
  async (request: ChaosRequest): Promise<ChaosResponse> => {
    const wait = async () => {
      for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await undefined;
      if (life.isOver) await never;
    };
    await wait();
    if (api.requests() > MOST_REQUESTS) throw new Error('It does not end.');
    const response = api.respond(request);
    await wait();
    return response;
  };

const linesOf = (emission: Emission): readonly Line[] =>
  emission.type === 'PAGE'
    ? emission.records.map((record) => ({
        stream: emission.stream.name,
        record: record as ChaosRecord,
      }))
    : [{message: emission}];

type Ended = 'killed' | 'stopped' | 'complete' | 'incomplete';

/** Observes the lines that a client gets until the program has ended or was killed. */
const listen = async (
  reading: ReturnType<typeof startRead>,
  {kind, lines}: Pick<Interruption, 'kind' | 'lines'>,
  {observe, stop}: {readonly observe: (line: Line) => void; readonly stop: AbortController},
): Promise<Ended> => {
  let seen = 0;
  for (;;) {
    if (seen >= lines && kind === 'kill') return 'killed';
    if (seen >= lines) stop.abort(new Interrupted('SIGTERM'));
    const {done, value} = await reading.next();
    if (done) return value ? 'complete' : 'incomplete';
    const all = linesOf(value);
    const received = kind === 'kill' ? all.slice(0, lines - seen) : all;
    received.forEach(observe);
    seen += received.length;
  }
};

const UNDISTURBED = {kind: 'kill', lines: Number.POSITIVE_INFINITY} as const;

const runOnce = async (
  lab: Lab,
  interruption: Pick<Interruption, 'kind' | 'lines'> = UNDISTURBED,
): Promise<Ended> => {
  const {scenario, kept, clock, api} = lab;
  const startedAt = clock.now;
  const life = {isOver: false};
  const stop = new AbortController();
  const watched = witness(kept, api, startedAt);
  const reading = startRead({
    streams: chaosStreams(scenario.streams, sendTo(lab, life)),
    catalog: catalogOf([...kept.keys()], 'incremental'),
    state: [...kept.values()].flatMap(({state}) => state ?? []),
    concurrency: scenario.concurrency,
    now: () => clock.now,
    signal: stop.signal,
  });
  const how = await listen(reading, interruption, {...watched, stop}).catch(
    (error: unknown): Ended => {
      if (stop.signal.aborted && error === stop.signal.reason) return 'stopped';
      throw error;
    },
  );
  life.isOver = true;
  checkRun(lab, watched, how, startedAt);
  return how;
};

const checkRun = (
  lab: Lab,
  watched: ReturnType<typeof witness>,
  how: Ended,
  startedAt: number,
): void => {
  const {all, worst} = repeatsIn(watched, lab.scenario.streams, {
    startedAt,
    mutations: lab.scenario.mutations.length,
  });
  const {tally} = lab;
  lab.tally = {...tally, repeats: tally.repeats + all, worst: Math.max(tally.worst, worst)};
  if (how === 'killed') return;
  for (const name of lab.kept.keys()) {
    const status = watched.lastStatus(name);
    const ends = how === 'complete' ? ['COMPLETE'] : ['COMPLETE', 'INCOMPLETE'];
    // Streams that are read one after another do not start after the one that is stopped.
    if (how === 'stopped' && status === undefined) continue;
    if (!ends.includes(status ?? ''))
      throw new Error(`${name} ends with ${status}, the run ${how}.`);
    // The last records of an interrupted stream may not move its position, so that no further STATE is due.
    if (status === 'COMPLETE' && watched.uncounted(name) > 0) {
      throw new Error(`${name}: no STATE after the last RECORD.`);
    }
  }
};

/** Throws if a run does not end. */
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

/** Every row that still exists has come, and its latest version last. */
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

/** Throws if a record is lost, or a message is wrong. */
export const runScenario = async (scenario: Scenario): Promise<Tally> => {
  const lab = openLab(scenario);
  for (const interruption of scenario.interruptions) {
    const how = await inTime(runOnce(lab, interruption));
    if (how === 'killed' || how === 'stopped') {
      lab.tally = {...lab.tally, kills: lab.tally.kills + 1};
    }
    lab.clock.now += interruption.gap;
  }
  lab.api.breakDown([]);
  const undisturbed = await inTime(runOnce(lab));
  if (undisturbed !== 'complete') throw new Error('The undisturbed run is not complete.');
  lab.api.plan([]);
  lab.clock.now += DAY;
  const last = await inTime(runOnce(lab));
  if (last !== 'complete') throw new Error('The last run is not complete.');
  checkUnion(lab);
  return lab.tally;
};
