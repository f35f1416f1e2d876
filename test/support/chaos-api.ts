// An API that changes while it is read: a model in memory, on a clock of its own, that mutates between two requests as a
// schedule says. It holds collections of rows, each cut into slices, and gives them out in pages.
import {SystemError, TransientError} from '../../cdk/errors.ts';
import type {JsonObject} from '../../cdk/json.ts';

export type Order = 'ascending' | 'descending' | 'none';
export type Paging = 'offset' | 'keyset' | 'token';

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

const byTime = (a: Row, b: Row): number => a.changedAt - b.changedAt || a.id - b.id;

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

export type ChaosApi = ReturnType<typeof chaosApi>;

/**
 * @param clock `pass` is called once a request, before it is answered
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
  const collections = new Map<string, Collection>(
    specs.map((spec) => [spec.name, {spec, slices: new Map()}]),
  );
  const snapshots = new Map<number, Snapshot>();
  let schedule: readonly Mutation[] = [];
  let faults: readonly Fault[] = [];
  let requests = 0;
  let lastId = 0;
  /** What a change of a row in a slice changes besides, such as a parent. */
  let onChange = (_collection: string, _slice: string, _time: number): void => {};

  const collectionOf = (name: string): Collection => {
    const found = collections.get(name);
    if (found === undefined) throw new SystemError(`There is no ${name}.`);
    return found;
  };
  const rowsOf = (name: string, slice: string): Row[] => {
    const {slices} = collectionOf(name);
    const rows = slices.get(slice) ?? [];
    slices.set(slice, rows);
    return rows;
  };
  const rounded = (name: string, time: number): number => {
    const {tick} = collectionOf(name).spec;
    return Math.floor(time / tick) * tick;
  };
  const insert = (name: string, slice: string, time: number, late = 0): Row => {
    lastId += 1;
    const row = {id: lastId, version: 1, changedAt: rounded(name, time - late)};
    rowsOf(name, slice).push(row);
    onChange(name, slice, time);
    return row;
  };
  /** A row never gets older, even where the clock goes back. */
  const update = (name: string, slice: string, index: number, at: number): void => {
    const rows = rowsOf(name, slice);
    const row = rows[index];
    if (row === undefined) return;
    const time = Math.max(row.changedAt, rounded(name, at));
    rows[index] = {id: row.id, version: row.version + 1, changedAt: time};
    onChange(name, slice, at);
  };
  const mutate = ({collection, slice, kind, pick, late}: Mutation): void => {
    const rows = rowsOf(collection, slice);
    const index = rows.length === 0 ? 0 : pick % rows.length;
    if (kind === 'insert') insert(collection, slice, now() + skew, late);
    if (kind === 'update') update(collection, slice, index, now() + skew);
    if (kind === 'delete') rows.splice(index, 1);
  };
  const failIfFaulty = (
    {collection, slice}: Ask,
    page: number,
    {tokenLife}: CollectionSpec,
    snapshot: Snapshot | undefined,
  ): void => {
    const fault = faults.find(
      (one) => one.collection === collection && one.slice === slice && one.page === page,
    );
    if (fault?.kind === 'passing') faults = faults.filter((one) => one !== fault);
    if (fault) throw new TransientError(`Page ${page} of ${collection} ${slice} is not there.`);
    if (snapshot && now() - snapshot.madeAt > tokenLife) {
      throw new SystemError('The token has expired.');
    }
  };

  /** All that a query asks for, in order. */
  const listed = ({collection, slice, since, until}: Ask, spec: CollectionSpec): readonly Row[] =>
    rowsOf(collection, slice)
      .filter(
        ({changedAt}) =>
          (!spec.filters || since === undefined || changedAt >= since) &&
          (until === undefined || changedAt < until),
      )
      .sort(ORDERS[spec.order]);

  const behind = (rows: readonly Row[], {at}: Ask, {order, paging}: CollectionSpec) => {
    if (at === undefined) return rows;
    if (paging === 'keyset') return rows.filter((row) => ORDERS[order](row, rowAt(at)) > 0);
    return rows.slice(Number(at['offset']));
  };
  const tokenOf = (ask: Ask, rows: readonly Row[]): number => {
    if (ask.at) return Number(ask.at['token']);
    snapshots.set(requests, {rows, madeAt: now()});
    return requests;
  };
  const nextOf = (ask: Ask, page: readonly Row[], token: number, spec: CollectionSpec) => {
    const last = page.at(-1);
    const number = Number(ask.at?.['page'] ?? 0) + 1;
    if (spec.paging === 'keyset')
      return {id: last?.id ?? 0, time: last?.changedAt ?? 0, page: number};
    const offset = Number(ask.at?.['offset'] ?? 0) + page.length;
    return spec.paging === 'offset' ? {offset, page: number} : {offset, page: number, token};
  };

  const answer = (ask: Ask): Answer => {
    const {spec} = collectionOf(ask.collection);
    const snapshot = snapshots.get(Number(ask.at?.['token'] ?? -1));
    failIfFaulty(ask, Number(ask.at?.['page'] ?? 0), spec, snapshot);
    const all = snapshot?.rows ?? listed(ask, spec);
    const token = spec.paging === 'token' ? tokenOf(ask, all) : 0;
    const rest = behind(all, ask, spec);
    const rows = rest.slice(0, spec.pageSize);
    return {rows, next: rest.length > rows.length ? nextOf(ask, rows, token, spec) : undefined};
  };

  return {
    insert,
    update,
    /** Answers a request; throws where the API is faulty there. What the schedule has for then happens behind it. */
    ask: (ask: Ask): Answer => {
      pass();
      requests += 1;
      try {
        return answer(ask);
      } finally {
        const due = schedule.filter((mutation) => mutation.behind <= requests);
        schedule = schedule.filter((mutation) => mutation.behind > requests);
        due.forEach(mutate);
      }
    },
    rows: (collection: string): ReadonlyMap<string, readonly Row[]> =>
      collectionOf(collection).slices,
    requests: (): number => requests,
    plan: (mutations: readonly Mutation[]): void => {
      schedule = mutations;
    },
    /** Those that are not due by now never happen. */
    calmDown: (): void => {
      schedule = [];
    },
    breakDown: (broken: readonly Fault[]): void => {
      faults = broken;
    },
    heal: (): void => {
      faults = [];
    },
    also: (listener: typeof onChange): void => {
      onChange = listener;
    },
  };
};
