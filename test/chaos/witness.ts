// Watches the lines that a client gets over all runs, and throws if a message is wrong.
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import type {ChaosApi, Row} from './api.ts';
import {type ChaosRecord, type ChaosStream, DAY, keyOf} from './streams.ts';

/** One line of a program: a record of a page, or another message. */
export type Line =
  | {readonly record: ChaosRecord; readonly stream: string}
  | {readonly message: AirbyteMessage};

export type Blob = Readonly<Record<string, unknown>>;

const isBlob = (value: unknown): value is Blob => typeof value === 'object' && value !== null;

const part = (value: unknown, key: string): unknown => (isBlob(value) ? value[key] : undefined);

const sliceBlob = (blob: unknown, slice: string): unknown =>
  slice === '' ? blob : part(part(blob, 'slices'), keyOf(slice));

/** The position of a slice in a state, in epoch milliseconds; slice '' is the stream itself. */
export const positionIn = (blob: unknown, slice: string): number | undefined => {
  const value = part(sliceBlob(blob, slice), 'updated_at');
  return typeof value === 'string' ? Date.parse(value) : undefined;
};

/** The time of the page after which a slice resumes, in epoch milliseconds. */
export const resumeIn = (blob: unknown, slice: string): number | undefined => {
  const own = slice === '' ? part(blob, 'resume') : part(sliceBlob(blob, slice), 'resume');
  const ofPass = part(part(blob, 'resume'), keyOf(slice));
  const saved = part(own ?? ofPass, 'saved');
  return typeof saved === 'string' ? Date.parse(saved) : undefined;
};

const slicesIn = (blob: unknown): readonly string[] =>
  Object.keys(part(blob, 'slices') ?? {}).map((key) => key.replace('part=', ''));

/** A position never passes the start of a run less this, because clocks differ. */
const SKEW = 60_000;

const versionKey = ({id, version}: {readonly id: number; readonly version: number}): string =>
  `${id}/${version}`;

/** A client's data of one stream. All times are starts of runs, in epoch milliseconds. */
export type Kept = {
  readonly spec: ChaosStream;
  /** By id: the version with the latest time, and of equal times the one that came last. */
  readonly latest: Map<number, ChaosRecord>;
  /** Each version that came, with the last run in which it came. */
  readonly versions: Map<string, number>;
  /** The last run with a message of the stream. */
  ranAt: number | undefined;
  blob: Blob | undefined;
  state: object | undefined;
  /** The first run after the stream was last complete. */
  begun: number | undefined;
  /** The first run of the pass that was last complete. */
  passBegun: number | undefined;
  /** By slice: the first run that its position may come from. */
  readonly since: Map<string, number>;
};

type Counts = {readonly all: number; readonly unexplained: number};

/** The messages of one stream in one run. */
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
  passBegun: undefined,
  since: new Map(),
});

const violation = (stream: string, text: string): Error => new Error(`${stream}: ${text}`);

const show = (time: number | undefined): string =>
  time === undefined ? 'nothing' : new Date(time).toISOString();

const checkMoves = ({spec, blob: before}: Kept, blob: Blob): void => {
  for (const slice of ['', ...slicesIn(before)]) {
    const [from, to] = [positionIn(before, slice), positionIn(blob, slice)];
    // Slices never disappear, but a parent that changes while its list is read may be missing from it.
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

/** Every row before a position, except those that may come late, must have been emitted. */
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
  if (!isNext) throw violation(name, `${status} comes after ${last}.`);
  if (status === 'COMPLETE' && last !== 'RUNNING')
    throw violation(name, 'COMPLETE without RUNNING.');
};

type Watch = {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly api: ChaosApi;
  readonly startedAt: number;
  readonly seen: Map<string, Seen>;
  /** The client's data when the run began. */
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
  if (found === undefined) throw violation(name, 'the catalog does not have it.');
  found.begun ??= startedAt;
  found.ranAt = startedAt;
  return found;
};

/** True if a version has a reason to come again, other than an interruption. */
const isExplained = (
  {before, startedAt}: Watch,
  {spec, versions}: Kept,
  record: ChaosRecord,
): boolean => {
  const {blob, since, ranAt} = before.get(spec.name) ?? {};
  const time = Date.parse(record.updated_at);
  const from = positionIn(blob, record.part);
  // Records before the position are in the lookback, and those after the start of the run do not move the position.
  if (spec.hasCursor && from !== undefined && time <= from) return true;
  const begun = since?.get(record.part) ?? startedAt;
  if (spec.hasCursor && time + spec.tick > begun - SKEW) return true;
  // Records of runs before the last one may not have moved the position.
  return (versions.get(versionKey(record)) ?? 0) < (ranAt ?? 0);
};

/** An older pass starts over. */
const PASS_LIFE = DAY;

/** A resumed pass must not read a complete slice again. */
const checkDone = ({before, kept, startedAt}: Watch, {spec}: Kept, slice: string): void => {
  const {blob} = before.get(spec.name) ?? {};
  const isParent = [...kept.values()].some((one) => one.spec.parent?.name === spec.name);
  if (spec.hasCursor || isParent || blob?.['unfinished'] !== true) return;
  const isOld = startedAt - Date.parse(String(blob['started'])) >= PASS_LIFE;
  const {done} = blob;
  if (!isOld && Array.isArray(done) && done.includes(keyOf(slice))) {
    throw violation(spec.name, `"${slice}" is read again, though ${JSON.stringify(blob)}.`);
  }
};

/** A complete pass must have read every row that did not change since it began. */
const checkPass = (
  {spec, versions, passBegun = 0}: Kept,
  rows: ReadonlyMap<string, readonly Row[]>,
): void => {
  // A parent that changes while its list is read may be missing from it.
  if (spec.hasCursor || spec.parent) return;
  const missing = [...rows.values()]
    .flat()
    .find(
      (row) =>
        row.changedAt + spec.tick < passBegun - SKEW &&
        (versions.get(versionKey(row)) ?? 0) < passBegun,
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

/** Notes the first runs that positions and passes come from. */
const noteBeginnings = (own: Kept, blob: Blob, startedAt: number): void => {
  const isFinished = blob['unfinished'] !== true;
  for (const slice of ['', ...slicesIn(blob)]) {
    const hasMoved = positionIn(own.blob, slice) !== positionIn(blob, slice);
    if (hasMoved || isFinished) own.since.set(slice, own.begun ?? startedAt);
  }
  if (!isFinished) return;
  own.passBegun = own.begun;
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
  noteBeginnings(own, blob, watch.startedAt);
  run.records = 0;
  run.lastState = text;
  own.blob = blob;
  own.state = structuredClone(state);
};

const onStatus = (watch: Watch, name: string, status: string): void => {
  const run = seenOf(watch, name);
  checkStatus(name, run, status);
  const own = watch.kept.get(name);
  if (own && status === 'COMPLETE') checkPass(own, watch.api.rows(name));
  run.statuses.push(status);
};

/** Only with offsets may records be out of order: inserted rows move others into the next page. */
const checkOrder = ({kept}: Watch, message: string): void => {
  if (!message.includes('are not in ascending order')) return;
  for (const [name, {spec}] of kept) {
    const isOwn = message.startsWith(`Stream ${name}:`);
    if (isOwn && spec.paging !== 'offset') throw violation(name, message);
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

export const witness = (kept: ReadonlyMap<string, Kept>, api: ChaosApi, startedAt: number) => {
  const before = new Map(
    [...kept].map(([name, {blob, since, ranAt}]) => [name, {blob, since: new Map(since), ranAt}]),
  );
  const watch: Watch = {kept, api, startedAt, seen: new Map(), before};
  const {seen} = watch;
  return {
    /** Throws if the line is wrong. */
    observe: (line: Line): void => onLine(watch, line),
    /** By slice: the records that came again, and those of them that only an interruption explains. */
    repeats: (name: string): ReadonlyMap<string, Counts> => seen.get(name)?.repeats ?? new Map(),
    lastStatus: (name: string): string | undefined => seen.get(name)?.statuses.at(-1),
    /** Records that no STATE counts. */
    uncounted: (name: string): number => seen.get(name)?.records ?? 0,
    before: (name: string): Blob | undefined => before.get(name)?.blob,
  };
};
