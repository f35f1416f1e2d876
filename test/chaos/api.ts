// An API that changes while it is read: a model in memory, with its own clock, that mutates between requests by a schedule.
// It has collections of rows in slices, and returns them in pages.
import {SystemError, TransientError} from '../../cdk/errors.ts';
import type {JsonObject} from '../../cdk/json/values.ts';

type Order = 'ascending' | 'descending' | 'none';
type Paging = 'offset' | 'keyset' | 'token';

/** One version of a row; `changedAt` is in epoch milliseconds. */
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
  /** Times are rounded down to this, in milliseconds. */
  readonly tick: number;
  /** The API filters by `since`. */
  readonly filters: boolean;
  /** Tokens expire after so many milliseconds. */
  readonly tokenLife: number;
};

/** Happens after the response to a request. */
export type Mutation = {
  /** The number of the request, counted over all runs. */
  readonly after: number;
  readonly collection: string;
  readonly slice: string;
  readonly kind: 'update' | 'insert' | 'delete';
  /** The index of the row, modulo their number. */
  readonly pick: number;
  /** The time of an inserted row is so many milliseconds ago. */
  readonly late: number;
};

export type Fault = {
  readonly collection: string;
  readonly slice: string;
  /** The number of the page, from 0. */
  readonly page: number;
  readonly kind: 'passing' | 'lasting';
};

export type ChaosRequest = {
  readonly collection: string;
  readonly slice: string;
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** The `next` of the page before. */
  readonly at: JsonObject | undefined;
};

export type ChaosResponse = {readonly rows: readonly Row[]; readonly next: JsonObject | undefined};

type Snapshot = {readonly rows: readonly Row[]; readonly madeAt: number};

type Collection = {readonly spec: CollectionSpec; readonly slices: Map<string, Row[]>};

/** Rows of the same time are not in the order of their ids. */
const scrambled = (id: number): number => (id * 37) % 101;

const byTime = (a: Row, b: Row): number =>
  a.changedAt - b.changedAt || scrambled(a.id) - scrambled(b.id) || a.id - b.id;

const ORDERS: Readonly<Record<Order, (a: Row, b: Row) => number>> = {
  ascending: byTime,
  descending: (a, b) => byTime(b, a),
  none: (a, b) => a.id - b.id,
};

/** A row that is in no list, but compares like the last row of a page. */
const rowAt = (at: JsonObject): Row => ({
  id: Number(at['id']),
  changedAt: Number(at['time']),
  version: 0,
});

type Model = {
  readonly collections: ReadonlyMap<string, Collection>;
  readonly snapshots: Map<number, Snapshot>;
  readonly now: () => number;
  readonly skew: number;
  schedule: readonly Mutation[];
  faults: readonly Fault[];
  requests: number;
  lastId: number;
  /** Changes other rows after a change, such as a parent. */
  onChange: (collection: string, slice: string, time: number) => void;
};

const collectionOf = ({collections}: Model, name: string): Collection => {
  const found = collections.get(name);
  if (found === undefined) throw new SystemError(`There is no ${name}.`);
  return found;
};

const rowsOf = (model: Model, name: string, slice: string): Row[] => {
  const {slices} = collectionOf(model, name);
  const rows = slices.get(slice) ?? [];
  slices.set(slice, rows);
  return rows;
};

const rounded = (model: Model, name: string, time: number): number => {
  const {tick} = collectionOf(model, name).spec;
  return Math.floor(time / tick) * tick;
};

/** @param late subtracted from `time` */
const insert = (model: Model, name: string, slice: string, time: number, late = 0): Row => {
  model.lastId += 1;
  const row = {id: model.lastId, version: 1, changedAt: rounded(model, name, time - late)};
  rowsOf(model, name, slice).push(row);
  model.onChange(name, slice, time);
  return row;
};

/** The time of a row never moves back, even if the clock does. */
const update = (model: Model, name: string, slice: string, index: number, at: number): void => {
  const rows = rowsOf(model, name, slice);
  const row = rows[index];
  if (row === undefined) return;
  const time = Math.max(row.changedAt, rounded(model, name, at));
  rows[index] = {id: row.id, version: row.version + 1, changedAt: time};
  model.onChange(name, slice, at);
};

const mutate = (model: Model, {collection, slice, kind, pick, late}: Mutation): void => {
  const rows = rowsOf(model, collection, slice);
  const index = rows.length === 0 ? 0 : pick % rows.length;
  const time = model.now() + model.skew;
  if (kind === 'insert') insert(model, collection, slice, time, late);
  if (kind === 'update') update(model, collection, slice, index, time);
  if (kind === 'delete') rows.splice(index, 1);
};

const failIfFaulty = (model: Model, {collection, slice, at}: ChaosRequest): void => {
  const page = Number(at?.['page'] ?? 0);
  const fault = model.faults.find(
    (one) => one.collection === collection && one.slice === slice && one.page === page,
  );
  if (fault?.kind === 'passing') model.faults = model.faults.filter((one) => one !== fault);
  if (fault) throw new TransientError(`Page ${page} of ${collection} ${slice} is not there.`);
};

/** All rows of a query, in order. */
const listed = (model: Model, {collection, slice, since, until}: ChaosRequest): readonly Row[] => {
  const {filters, order} = collectionOf(model, collection).spec;
  return rowsOf(model, collection, slice)
    .filter(
      ({changedAt}) =>
        (!filters || since === undefined || changedAt >= since) &&
        (until === undefined || changedAt < until),
    )
    .sort(ORDERS[order]);
};

/** A token stands for the list at the time of the request for its first page. */
const snapshotOf = (
  model: Model,
  request: ChaosRequest,
  tokenLife: number,
): readonly [number, Snapshot] => {
  const number = Number(request.at?.['token'] ?? model.requests);
  const snapshot = model.snapshots.get(number) ?? {
    rows: listed(model, request),
    madeAt: model.now(),
  };
  model.snapshots.set(number, snapshot);
  if (model.now() - snapshot.madeAt > tokenLife) throw new SystemError('The token has expired.');
  return [number, snapshot];
};

const respond = (model: Model, request: ChaosRequest): ChaosResponse => {
  const {order, paging, pageSize, tokenLife} = collectionOf(model, request.collection).spec;
  failIfFaulty(model, request);
  const page = Number(request.at?.['page'] ?? 0) + 1;
  if (paging === 'keyset') {
    const {at} = request;
    const rest = listed(model, request).filter((row) => !at || ORDERS[order](row, rowAt(at)) > 0);
    const rows = rest.slice(0, pageSize);
    const last = rows.at(-1);
    const next = last && {id: last.id, time: last.changedAt, page};
    return {rows, next: rest.length > rows.length ? next : undefined};
  }
  const [token, all] =
    paging === 'token'
      ? snapshotOf(model, request, tokenLife)
      : [0, {rows: listed(model, request)}];
  const first = Number(request.at?.['offset'] ?? 0);
  const rows = all.rows.slice(first, first + pageSize);
  const offset = first + rows.length;
  return {rows, next: offset < all.rows.length ? {offset, page, token} : undefined};
};

const mutateIfDue = (model: Model): void => {
  const due = model.schedule.filter(({after}) => after <= model.requests);
  model.schedule = model.schedule.filter(({after}) => after > model.requests);
  for (const mutation of due) mutate(model, mutation);
};

export type ChaosApi = ReturnType<typeof chaosApi>;

/**
 * @param now epoch milliseconds
 * @param pass is called before each response
 * @param skew the API's clock is ahead of ours by so many milliseconds
 */
export const chaosApi = (
  specs: readonly CollectionSpec[],
  {
    now,
    pass = () => {},
    skew = 0,
  }: {readonly now: () => number; readonly pass?: () => void; readonly skew?: number},
) => {
  const model: Model = {
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
    insert: (name: string, slice: string, time: number): Row => insert(model, name, slice, time),
    update: (name: string, slice: string, index: number, at: number): void =>
      update(model, name, slice, index, at),
    /** Throws if the API has a fault there. Mutations that are due happen after the response. */
    respond: (request: ChaosRequest): ChaosResponse => {
      pass();
      model.requests += 1;
      try {
        return respond(model, request);
      } finally {
        mutateIfDue(model);
      }
    },
    rows: (name: string): ReadonlyMap<string, readonly Row[]> => collectionOf(model, name).slices,
    requests: (): number => model.requests,
    plan: (mutations: readonly Mutation[]): void => {
      model.schedule = mutations;
    },
    breakDown: (faults: readonly Fault[]): void => {
      model.faults = faults;
    },
    /** Sets a listener that may change other rows. */
    also: (onChange: Model['onChange']): void => {
      model.onChange = onChange;
    },
  };
};
