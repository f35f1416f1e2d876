// An API that changes while it is read: a model in memory, on a clock of its own, that mutates between two requests as a
// schedule says. It holds collections of rows, each cut into slices, and gives them out in pages.
import {SystemError, TransientError} from '../../cdk/errors.ts';
import type {JsonObject} from '../../cdk/json/values.ts';

type Order = 'ascending' | 'descending' | 'none';
type Paging = 'offset' | 'keyset' | 'token';

/** One version of a row; its time is in epoch milliseconds. */
export type Row = {
  readonly id: number;
  readonly version: number;
  readonly changedAt: number;
};

export type CollectionSpec = {
  readonly name: string;
  readonly order: Order;
  readonly paging: Paging;
  readonly pageSize: number;
  /** What times are rounded down to, in milliseconds. */
  readonly tick: number;
  /** Whether `since` is listened to. */
  readonly filters: boolean;
  /** How long a token is good, in milliseconds. */
  readonly tokenLife: number;
};

/** What happens behind the answer to a request, counted from the first one of all runs. */
export type Mutation = {
  readonly behind: number;
  readonly collection: string;
  readonly slice: string;
  readonly kind: 'update' | 'insert' | 'delete';
  /** Which row, modulo how many there are. */
  readonly pick: number;
  /** How long ago an inserted row says that it came, in milliseconds. */
  readonly late: number;
};

export type Fault = {
  readonly collection: string;
  readonly slice: string;
  /** Which page of a reading, from 0. */
  readonly page: number;
  readonly kind: 'passing' | 'lasting';
};

export type Ask = {
  readonly collection: string;
  readonly slice: string;
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** The `next` of the page before. */
  readonly at: JsonObject | undefined;
};

export type Answer = {readonly rows: readonly Row[]; readonly next: JsonObject | undefined};

type Snapshot = {readonly rows: readonly Row[]; readonly madeAt: number};

type Collection = {readonly spec: CollectionSpec; readonly slices: Map<string, Row[]>};

/** Of rows of the same time later ones do not come last. */
const scrambled = (id: number): number => (id * 37) % 101;

const byTime = (a: Row, b: Row): number =>
  a.changedAt - b.changedAt || scrambled(a.id) - scrambled(b.id) || a.id - b.id;

const ORDERS: Readonly<Record<Order, (a: Row, b: Row) => number>> = {
  ascending: byTime,
  descending: (a, b) => byTime(b, a),
  none: (a, b) => a.id - b.id,
};

/** A row that no list holds, but that says where one goes on. */
const rowAt = (at: JsonObject): Row => ({
  id: Number(at['id']),
  changedAt: Number(at['time']),
  version: 0,
});

type World = {
  readonly collections: ReadonlyMap<string, Collection>;
  readonly snapshots: Map<number, Snapshot>;
  readonly now: () => number;
  readonly skew: number;
  schedule: readonly Mutation[];
  faults: readonly Fault[];
  requests: number;
  lastId: number;
  /** What a change of a row in a slice changes besides, such as a parent. */
  onChange: (collection: string, slice: string, time: number) => void;
};

const collectionOf = ({collections}: World, name: string): Collection => {
  const found = collections.get(name);
  if (found === undefined) throw new SystemError(`There is no ${name}.`);
  return found;
};

const rowsOf = (world: World, name: string, slice: string): Row[] => {
  const {slices} = collectionOf(world, name);
  const rows = slices.get(slice) ?? [];
  slices.set(slice, rows);
  return rows;
};

const rounded = (world: World, name: string, time: number): number => {
  const {tick} = collectionOf(world, name).spec;
  return Math.floor(time / tick) * tick;
};

/** @param late how long before `time` the row says that it came */
const insert = (world: World, name: string, slice: string, time: number, late = 0): Row => {
  world.lastId += 1;
  const row = {id: world.lastId, version: 1, changedAt: rounded(world, name, time - late)};
  rowsOf(world, name, slice).push(row);
  world.onChange(name, slice, time);
  return row;
};

/** A row never gets older, even where the clock goes back. */
const update = (world: World, name: string, slice: string, index: number, at: number): void => {
  const rows = rowsOf(world, name, slice);
  const row = rows[index];
  if (row === undefined) return;
  const time = Math.max(row.changedAt, rounded(world, name, at));
  rows[index] = {id: row.id, version: row.version + 1, changedAt: time};
  world.onChange(name, slice, at);
};

const mutate = (world: World, {collection, slice, kind, pick, late}: Mutation): void => {
  const rows = rowsOf(world, collection, slice);
  const index = rows.length === 0 ? 0 : pick % rows.length;
  const time = world.now() + world.skew;
  if (kind === 'insert') insert(world, collection, slice, time, late);
  if (kind === 'update') update(world, collection, slice, index, time);
  if (kind === 'delete') rows.splice(index, 1);
};

const failIfFaulty = (world: World, {collection, slice, at}: Ask): void => {
  const page = Number(at?.['page'] ?? 0);
  const fault = world.faults.find(
    (one) => one.collection === collection && one.slice === slice && one.page === page,
  );
  if (fault?.kind === 'passing') world.faults = world.faults.filter((one) => one !== fault);
  if (fault) throw new TransientError(`Page ${page} of ${collection} ${slice} is not there.`);
};

/** All that a query asks for, in order. */
const listed = (world: World, {collection, slice, since, until}: Ask): readonly Row[] => {
  const {filters, order} = collectionOf(world, collection).spec;
  return rowsOf(world, collection, slice)
    .filter(
      ({changedAt}) =>
        (!filters || since === undefined || changedAt >= since) &&
        (until === undefined || changedAt < until),
    )
    .sort(ORDERS[order]);
};

/** What a token stands for: the list as it was when its first page was asked for. */
const snapshotOf = (world: World, ask: Ask, tokenLife: number): readonly [number, Snapshot] => {
  const number = Number(ask.at?.['token'] ?? world.requests);
  const snapshot = world.snapshots.get(number) ?? {rows: listed(world, ask), madeAt: world.now()};
  world.snapshots.set(number, snapshot);
  if (world.now() - snapshot.madeAt > tokenLife) throw new SystemError('The token has expired.');
  return [number, snapshot];
};

const answer = (world: World, ask: Ask): Answer => {
  const {order, paging, pageSize, tokenLife} = collectionOf(world, ask.collection).spec;
  failIfFaulty(world, ask);
  const page = Number(ask.at?.['page'] ?? 0) + 1;
  if (paging === 'keyset') {
    const {at} = ask;
    const rest = listed(world, ask).filter((row) => !at || ORDERS[order](row, rowAt(at)) > 0);
    const rows = rest.slice(0, pageSize);
    const last = rows.at(-1);
    const next = last && {id: last.id, time: last.changedAt, page};
    return {rows, next: rest.length > rows.length ? next : undefined};
  }
  const [token, all] =
    paging === 'token' ? snapshotOf(world, ask, tokenLife) : [0, {rows: listed(world, ask)}];
  const first = Number(ask.at?.['offset'] ?? 0);
  const rows = all.rows.slice(first, first + pageSize);
  const offset = first + rows.length;
  return {rows, next: offset < all.rows.length ? {offset, page, token} : undefined};
};

const mutateIfDue = (world: World): void => {
  const due = world.schedule.filter(({behind}) => behind <= world.requests);
  world.schedule = world.schedule.filter(({behind}) => behind > world.requests);
  for (const mutation of due) mutate(world, mutation);
};

export type ChaosApi = ReturnType<typeof chaosApi>;

/**
 * @param now epoch milliseconds
 * @param pass is called once a request, before it is answered
 * @param skew how far the API's clock is ahead of ours, in milliseconds
 */
export const chaosApi = (
  specs: readonly CollectionSpec[],
  {
    now,
    pass = () => {},
    skew = 0,
  }: {readonly now: () => number; readonly pass?: () => void; readonly skew?: number},
) => {
  const world: World = {
    collections: new Map(specs.map((spec) => [spec.name, {spec, slices: new Map()}])),
    snapshots: new Map(),
    now,
    skew,
    schedule: [],
    faults: [],
    requests: 0,
    lastId: 0,
    onChange: () => {},
  };
  return {
    insert: (name: string, slice: string, time: number): Row => insert(world, name, slice, time),
    update: (name: string, slice: string, index: number, at: number): void =>
      update(world, name, slice, index, at),
    /** Answers a request; throws where the API is faulty there. What the schedule has for then happens behind it. */
    ask: (ask: Ask): Answer => {
      pass();
      world.requests += 1;
      try {
        return answer(world, ask);
      } finally {
        mutateIfDue(world);
      }
    },
    rows: (name: string): ReadonlyMap<string, readonly Row[]> => collectionOf(world, name).slices,
    requests: (): number => world.requests,
    plan: (mutations: readonly Mutation[]): void => {
      world.schedule = mutations;
    },
    breakDown: (faults: readonly Fault[]): void => {
      world.faults = faults;
    },
    /** Takes a listener to every change, which may change more. */
    also: (onChange: World['onChange']): void => {
      world.onChange = onChange;
    },
  };
};
