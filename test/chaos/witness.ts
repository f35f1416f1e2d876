// Watches what a client sees, line by line, over all runs, and throws where something is said that must not be.
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import type {ChaosApi, Row} from './api.ts';
import {type ChaosRecord, type ChaosStream, DAY, keyOf} from './streams.ts';

/** One line of a program: of a page, one of its records. */
export type Line =
  | {readonly record: ChaosRecord; readonly stream: string}
  | {readonly message: AirbyteMessage};

export type Blob = Readonly<Record<string, unknown>>;

const isBlob = (value: unknown): value is Blob => typeof value === 'object' && value !== null;

const part = (value: unknown, key: string): unknown => (isBlob(value) ? value[key] : undefined);

const sliceBlob = (blob: unknown, slice: string): unknown =>
  slice === '' ? blob : part(part(blob, 'slices'), keyOf(slice));

/** Up to where a state says that a slice was read, in epoch milliseconds; '' is the stream itself. */
export const positionIn = (blob: unknown, slice: string): number | undefined => {
  const value = part(sliceBlob(blob, slice), 'updated_at');
  return typeof value === 'string' ? Date.parse(value) : undefined;
};

/** When the page was saved that a slice goes on behind, in epoch milliseconds. */
export const resumeIn = (blob: unknown, slice: string): number | undefined => {
  const own = slice === '' ? part(blob, 'resume') : part(sliceBlob(blob, slice), 'resume');
  const ofRound = part(part(blob, 'resume'), keyOf(slice));
  const saved = part(own ?? ofRound, 'saved');
  return typeof saved === 'string' ? Date.parse(saved) : undefined;
};

const slicesIn = (blob: unknown): readonly string[] =>
  Object.keys(part(blob, 'slices') ?? {}).map((key) => key.replace('part=', ''));

/** How far an API's clock and ours may be apart, by which the kit stays behind the start of a run. */
const SKEW = 60_000;

const versionKey = ({id, version}: {readonly id: number; readonly version: number}): string =>
  `${id}/${version}`;

/** What a client has of one stream. */
export type Kept = {
  readonly spec: ChaosStream;
  /** By id: of the versions that came the one with the latest time, and of several the last. */
  readonly latest: Map<number, ChaosRecord>;
  /** Each version that came, with when the last run began that it came in. */
  readonly versions: Map<string, number>;
  /** When the last run began that said anything of the stream. */
  ranAt: number | undefined;
  blob: Blob | undefined;
  state: object | undefined;
  /** When the first run began of those that the stream has not been complete in since. */
  begun: number | undefined;
  /** The same of the last time that it said it has an end. */
  roundBegun: number | undefined;
  /** By slice: when the first run began that its position may stand for. */
  readonly since: Map<string, number>;
};

type Counts = {readonly all: number; readonly unexplained: number};

/** Of one stream in one run. */
type Seen = {
  records: number;
  readonly statuses: string[];
  lastState: string | undefined;
  readonly repeats: Map<string, Counts>;
};

export const keep = (spec: ChaosStream): Kept => ({
  spec,
  latest: new Map(),
  versions: new Map(),
  ranAt: undefined,
  blob: undefined,
  state: undefined,
  begun: undefined,
  roundBegun: undefined,
  since: new Map(),
});

const violation = (stream: string, text: string): Error => new Error(`${stream}: ${text}`);

const show = (time: number | undefined): string =>
  time === undefined ? 'nothing' : new Date(time).toISOString();

const checkMoves = ({spec, blob: before}: Kept, blob: Blob): void => {
  for (const slice of ['', ...slicesIn(before)]) {
    const [from, to] = [positionIn(before, slice), positionIn(blob, slice)];
    // Slices never go, but a parent that changes while its list is read may be missing from it this time.
    const isGone = spec.parent?.incremental === false && !slicesIn(blob).includes(slice);
    if (from !== undefined && !(isGone && slice !== '') && (to === undefined || to < from)) {
      throw violation(
        spec.name,
        `the position of "${slice}" went from ${show(from)} to ${show(to)}.`,
      );
    }
  }
};

const floor = (time: number, tick: number): number => Math.floor(time / tick) * tick;

/** Everything up to a position, but for what may come late, has been emitted. */
const checkAhead = (
  {spec, versions}: Kept,
  blob: Blob,
  rows: ReadonlyMap<string, readonly Row[]>,
): void => {
  for (const [slice, list] of rows) {
    const position = positionIn(blob, slice);
    const missing = list.find(
      (row) =>
        position !== undefined &&
        row.changedAt < floor(position - spec.lookback, spec.tick) &&
        !versions.has(versionKey(row)),
    );
    if (missing) {
      throw violation(
        spec.name,
        `a STATE has got to ${show(position)} in "${slice}", but ${JSON.stringify(missing)} of ${show(missing.changedAt)} has not come.`,
      );
    }
  }
};

const ORDER = ['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE'];

const checkStatus = (name: string, {statuses}: Seen, status: string): void => {
  const last = statuses.at(-1);
  const isNext =
    last === undefined
      ? status === 'STARTED'
      : ORDER.indexOf(status) > ORDER.indexOf(last) && last !== 'COMPLETE';
  if (!isNext) throw violation(name, `${status} comes behind ${last}.`);
  if (status === 'COMPLETE' && last !== 'RUNNING')
    throw violation(name, 'COMPLETE without RUNNING.');
};

/** What is watched, and what has been seen. */
type Watch = {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly api: ChaosApi;
  readonly startedAt: number;
  readonly seen: Map<string, Seen>;
  /** What was kept when the run began. */
  readonly before: ReadonlyMap<string, Pick<Kept, 'blob' | 'since' | 'ranAt'>>;
};

const seenOf = ({seen}: Watch, name: string): Seen => {
  const found = seen.get(name) ?? {
    records: 0,
    statuses: [],
    lastState: undefined,
    repeats: new Map(),
  };
  seen.set(name, found);
  return found;
};

const keptOf = ({kept, startedAt}: Watch, name: string): Kept => {
  const found = kept.get(name);
  if (found === undefined) throw violation(name, 'nobody asked for it.');
  found.begun ??= startedAt;
  found.ranAt = startedAt;
  return found;
};

/** Whether it must be so that a version comes again. */
const isExplained = (
  {before, startedAt}: Watch,
  {spec, versions}: Kept,
  record: ChaosRecord,
): boolean => {
  const {blob, since, ranAt} = before.get(spec.name) ?? {};
  const time = Date.parse(record.updated_at);
  const from = positionIn(blob, record.part);
  // What lies before the position is the lookback, and what came after the run began was not relied on.
  if (spec.hasCursor && from !== undefined && time <= from) return true;
  const begun = since?.get(record.part) ?? startedAt;
  if (spec.hasCursor && time + spec.tick > begun - SKEW) return true;
  // What came in runs before the last one may have been void, or not relied on by then.
  return (versions.get(versionKey(record)) ?? 0) < (ranAt ?? 0);
};

/** A round that began longer ago begins anew. */
const ROUND_LIFE = DAY;

/** A slice that was read to its end is not read again in a round that goes on. */
const checkDone = ({before, kept, startedAt}: Watch, {spec}: Kept, slice: string): void => {
  const {blob} = before.get(spec.name) ?? {};
  const isParent = [...kept.values()].some((one) => one.spec.parent?.name === spec.name);
  if (spec.hasCursor || isParent || blob?.['unfinished'] !== true) return;
  const isOld = startedAt - Date.parse(String(blob['started'])) >= ROUND_LIFE;
  const {done} = blob;
  if (!isOld && Array.isArray(done) && done.includes(keyOf(slice))) {
    throw violation(spec.name, `"${slice}" is read again, though ${JSON.stringify(blob)}.`);
  }
};

/** Once all is read without a cursor, whatever has not changed since the beginning has come. */
const checkRound = (
  {spec, versions, roundBegun = 0}: Kept,
  rows: ReadonlyMap<string, readonly Row[]>,
): void => {
  // A parent that changes while its list is read may be missing from it this time.
  if (spec.hasCursor || spec.parent) return;
  const missing = [...rows.values()]
    .flat()
    .find(
      (row) =>
        row.changedAt + spec.tick < roundBegun - SKEW &&
        (versions.get(versionKey(row)) ?? 0) < roundBegun,
    );
  if (missing) {
    throw violation(spec.name, `is complete, but ${JSON.stringify(missing)} has not come.`);
  }
};

const onRecord = (watch: Watch, name: string, record: ChaosRecord): void => {
  const own = keptOf(watch, name);
  const {latest, versions} = own;
  const run = seenOf(watch, name);
  if (run.statuses.at(-1) !== 'RUNNING') throw violation(name, 'a RECORD without RUNNING.');
  run.records += 1;
  checkDone(watch, own, record.part);
  const key = versionKey(record);
  if (versions.has(key)) {
    const {all, unexplained} = run.repeats.get(record.part) ?? {all: 0, unexplained: 0};
    const more = isExplained(watch, own, record) ? 0 : 1;
    run.repeats.set(record.part, {all: all + 1, unexplained: unexplained + more});
  }
  versions.set(key, watch.startedAt);
  const other = latest.get(record.id);
  if (other === undefined || Date.parse(other.updated_at) <= Date.parse(record.updated_at)) {
    latest.set(record.id, record);
  }
};

/** From when on a slice's position was not relied on. */
const keepBeginnings = (own: Kept, blob: Blob, startedAt: number): void => {
  const isFinished = blob['unfinished'] !== true;
  for (const slice of ['', ...slicesIn(blob)]) {
    const hasMoved = positionIn(own.blob, slice) !== positionIn(blob, slice);
    if (hasMoved || isFinished) own.since.set(slice, own.begun ?? startedAt);
  }
  if (!isFinished) return;
  own.roundBegun = own.begun;
  own.begun = undefined;
};

const onState = (watch: Watch, name: string, state: NonNullable<AirbyteMessage['state']>): void => {
  const own = keptOf(watch, name);
  const run = seenOf(watch, name);
  const blob: Blob = structuredClone(state.stream?.stream_state ?? {});
  const text = JSON.stringify(blob);
  const count = state.sourceStats?.recordCount;
  if (count !== run.records) {
    throw violation(name, `a STATE counts ${count}, but ${run.records} came.`);
  }
  if (text === run.lastState) throw violation(name, `the same STATE twice: ${text}.`);
  if (own.spec.hasCursor) {
    checkMoves(own, blob);
    checkAhead(own, blob, watch.api.rows(name));
  }
  keepBeginnings(own, blob, watch.startedAt);
  run.records = 0;
  run.lastState = text;
  own.blob = blob;
  own.state = structuredClone(state);
};

const onStatus = (watch: Watch, name: string, status: string): void => {
  const run = seenOf(watch, name);
  checkStatus(name, run, status);
  const own = watch.kept.get(name);
  if (own && status === 'COMPLETE') checkRound(own, watch.api.rows(name));
  run.statuses.push(status);
};

/** Where pages are counted, rows that come in move others into the next page, out of order. */
const checkOrder = ({kept}: Watch, said: string): void => {
  if (!said.includes('are not in ascending order')) return;
  for (const [name, {spec}] of kept) {
    if (said.startsWith(`Stream ${name}:`) && spec.paging !== 'offset') throw violation(name, said);
  }
};

const onLine = (watch: Watch, line: Line): void => {
  if ('record' in line) {
    onRecord(watch, line.stream, line.record);
    return;
  }
  const {state, trace, log} = line.message;
  checkOrder(watch, log?.message ?? '');
  if (state?.stream) onState(watch, state.stream.stream_descriptor.name, state);
  const status = trace?.stream_status;
  if (status) onStatus(watch, status.stream_descriptor.name, status.status);
};

export type Witness = ReturnType<typeof witness>;

/** Watches one run. */
export const witness = (kept: ReadonlyMap<string, Kept>, api: ChaosApi, startedAt: number) => {
  const before = new Map(
    [...kept].map(([name, {blob, since, ranAt}]) => [name, {blob, since: new Map(since), ranAt}]),
  );
  const watch: Watch = {kept, api, startedAt, seen: new Map(), before};
  const {seen} = watch;
  return {
    /** What a run says; throws where it should have said something else. */
    observe: (line: Line): void => onLine(watch, line),
    /** By slice: what came that had come before, and what of it nothing explains but that the run before was cut off. */
    repeats: (name: string): ReadonlyMap<string, Counts> => seen.get(name)?.repeats ?? new Map(),
    lastStatus: (name: string): string | undefined => seen.get(name)?.statuses.at(-1),
    /** Records that no STATE counts. */
    uncounted: (name: string): number => seen.get(name)?.records ?? 0,
    before: (name: string): Blob | undefined => before.get(name)?.blob,
  };
};
