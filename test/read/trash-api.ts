// An API with a trash whose records can be restored without a new cursor, a stream that reads it, and two destinations.
import {expect} from '@jest/globals';
import type {DeletedList, Deletes, Sweep} from '../../cdk/author/deletes.ts';
import {page, stream} from '../../cdk/author/stream.ts';
import type {Page, Slice} from '../../cdk/author/types.ts';
import type {Duration} from '../../cdk/duration.ts';
import {isObject} from '../../cdk/json/values.ts';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {NOW} from '../../cdk/testing/run-read.ts';
import {type Item, item, schema} from './items.ts';
import {openSyncs} from './syncs.ts';

const DAY = 86_400_000;

/** The variants of a trash and its list. */
export type Trash = {
  /** Lists the entries at or after `since` (the default), those after it, or all. */
  readonly filter?: 'at' | 'after' | 'none';
  readonly order?: 'ascending' | 'descending' | 'by-id';
  readonly times?: 'iso' | 'epoch-s' | 'none';
  /** A restored record leaves the list, stays with a flag and the time, or is an event of its own. */
  readonly restored?: 'leaves' | 'flagged' | 'event';
  readonly showsCursor?: boolean;
  readonly pageSize?: number;
};

type Entry = {
  readonly id: number;
  readonly slice: string;
  readonly updated_at: string | undefined;
  readonly at: number;
  readonly kind: 'deleted' | 'restored';
};

const byTime = (a: Entry, b: Entry): number => a.at - b.at;

const ORDERS: Readonly<Record<NonNullable<Trash['order']>, (a: Entry, b: Entry) => number>> = {
  ascending: byTime,
  descending: (a, b) => byTime(b, a),
  'by-id': (a, b) => a.id - b.id,
};

const openTrash = ({
  filter = 'at',
  order = 'ascending',
  times = 'iso',
  restored = 'leaves',
  showsCursor = false,
}: Trash) => {
  let entries: Entry[] = [];
  const timeOf = (at: number) => (times === 'epoch-s' ? at / 1_000 : new Date(at).toISOString());
  const isListed = ({at}: Entry, since: string | number | undefined): boolean => {
    if (since === undefined || filter === 'none' || times === 'none') return true;
    const from = typeof since === 'number' ? since * 1_000 : Date.parse(since);
    return filter === 'at' ? at >= from : at > from;
  };
  return {
    add: (entry: Entry): void => void entries.push(entry),
    drop: (test: (entry: Entry) => boolean): void => {
      entries = entries.filter((entry) => !test(entry));
    },
    restore: (id: number, at: number): void => {
      const entry = entries.findLast((one) => one.id === id);
      if (entry === undefined) return;
      if (restored !== 'event') entries = entries.filter((one) => one !== entry);
      if (restored !== 'leaves') entries.push({...entry, at, kind: 'restored'});
    },
    of: (id: number): Entry | undefined => entries.findLast((one) => one.id === id),
    list: (slice: string, since: string | number | undefined) =>
      entries
        .filter((entry) => entry.slice === slice && isListed(entry, since))
        .sort(ORDERS[order])
        .map(({id, updated_at, at, kind}) => ({
          id,
          ...(times !== 'none' && {time: timeOf(at)}),
          ...(restored !== 'leaves' && {kind}),
          ...(showsCursor && {updated_at}),
        })),
  };
};

type Row = Item & {readonly _deleted_at?: string};
const isRow = (value: unknown): value is Row => isObject(value) && typeof value['id'] === 'number';

/** Keep one row for each id: the one with the highest cursor, and of equal ones the last; or simply the last one. */
const openDestinations = () => {
  const highest = new Map<number, Row>();
  const last = new Map<number, Row>();
  return {
    take: (records: readonly object[]): void => {
      for (const row of records.filter(isRow)) {
        last.set(row.id, row);
        const {updated_at: before = ''} = highest.get(row.id) ?? {};
        if ((row.updated_at ?? '') >= before) highest.set(row.id, row);
      }
    },
    /** The ids that exist, in each of the destinations. */
    ids: (): readonly (readonly number[])[] =>
      [highest, last].map((rows) =>
        [...rows.values()]
          .flatMap(({id, _deleted_at}) => (_deleted_at ? [] : [id]))
          .sort((a, b) => a - b),
      ),
  };
};

type TrashSetUp = Trash & {
  readonly list?: Partial<DeletedList<Item, Slice>>;
  readonly slices?: readonly string[];
  /** Instead of a list of deleted records: a sweep of the stream's own records, or of a list of ids. */
  readonly sweep?: 'own' | 'ids' | undefined;
  /** Other options of the stream. */
  readonly more?: {readonly fullSync?: {readonly every: Duration}};
};

type TrashApi = {
  readonly live: Map<string, Item[]>;
  /** In days since the first run, with a fraction. */
  day: number;
  readonly requested: unknown[];
  readonly fetched: unknown[];
  /** Is called after each page of the list. */
  onPage: (() => void) | undefined;
};

const nameOf = (slice: Slice): string => String(slice['name'] ?? '');

const fetchFrom =
  (api: TrashApi) =>
  async ({id}: Partial<Item>) => {
    api.fetched.push(id);
    return [...api.live.values()].flat().find((one) => one.id === id);
  };

const sweepOf = (kind: 'own' | 'ids', api: TrashApi): Sweep<Item, Slice> =>
  kind === 'own'
    ? {safetyLimit: false}
    : {
        safetyLimit: false,
        every: {hours: 1},
        fetch: fetchFrom(api),
        async *read({slice}) {
          yield page((api.live.get(nameOf(slice)) ?? []).map(({id}) => ({id})));
        },
      };

const listOf = (
  setUp: TrashSetUp,
  api: TrashApi,
  trash: ReturnType<typeof openTrash>,
): Deletes<Item, Slice> => {
  const {times = 'iso', restored = 'leaves', pageSize = 1} = setUp;
  return {
    list: {
      ...(times !== 'none' && {at: 'time'}),
      ...(times === 'epoch-s' && {format: 'epoch-s' as const}),
      restores: {
        within: {days: 30},
        ...(restored !== 'leaves' && {isRestored: ({kind}) => kind === 'restored'}),
        fetch: fetchFrom(api),
      },
      async *read({slice, since}): AsyncGenerator<Page> {
        api.requested.push(since);
        let first = 0;
        do {
          yield page(trash.list(nameOf(slice), since).slice(first, first + pageSize));
          first += pageSize;
          api.onPage?.();
        } while (trash.list(nameOf(slice), since).length > first);
      },
      ...setUp.list,
    },
  };
};

const itemsOf = (setUp: TrashSetUp, api: TrashApi, trash: ReturnType<typeof openTrash>) => {
  const {slices, sweep} = setUp;
  const isOwn = sweep === 'own';
  return stream({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at', clientSide: isOwn},
    checkpointInterval: {seconds: 0},
    ...(slices && {slices: () => slices.map((name) => ({name}))}),
    ...setUp.more,
    deletes: setUp.sweep ? {sweep: sweepOf(setUp.sweep, api)} : listOf(setUp, api, trash),
    async *read({slice, since}) {
      yield page(
        (api.live.get(nameOf(slice)) ?? []).filter(
          ({updated_at}) => isOwn || since === undefined || String(updated_at) >= String(since),
        ),
      );
    },
  });
};

export const openTrashApi = (setUp: TrashSetUp = {}) => {
  const trash = openTrash(setUp);
  const destinations = openDestinations();
  const api: TrashApi = {
    live: new Map((setUp.slices ?? ['']).map((name) => [name, []])),
    day: 0,
    requested: [],
    fetched: [],
    onPage: undefined,
  };
  const now = (): number => NOW + api.day * DAY - 120_000;
  const of = (slice: string): Item[] => api.live.get(slice) ?? [];
  const remove = (id: number): readonly [string, Item | undefined] => {
    for (const [slice, items] of api.live) {
      const found = items.find((one) => one.id === id);
      if (found === undefined) continue;
      api.live.set(
        slice,
        items.filter((one) => one !== found),
      );
      return [slice, found];
    }
    return ['', undefined];
  };
  /** The start of the last complete sync. */
  let syncedAt = 0;
  const makeStream = () => itemsOf(setUp, api, trash);
  const syncs = openSyncs(makeStream);
  return {
    api,
    ...syncs,
    stream: makeStream,
    create: (id: number, slice = ''): void => void of(slice).push(item(id)),
    delete: (id: number): void => {
      const [slice, found] = remove(id);
      if (found === undefined) return;
      trash.add({id, slice, updated_at: found.updated_at, at: now(), kind: 'deleted'});
    },
    /**
     * Up to 30 days after its deletion.
     * @param slice it is restored to another one
     */
    restore: (id: number, slice?: string): void => {
      const entry = trash.of(id);
      if (entry?.kind !== 'deleted' || entry.at < now() - 30 * DAY) return;
      trash.restore(id, now());
      const {updated_at} = entry;
      of(slice ?? entry.slice).push({...item(id), ...(updated_at && {updated_at})});
    },
    /** Only what a complete sync has seen: a deletion that the list never showed cannot be known. */
    purge: (id: number): void => trash.drop((entry) => entry.id === id && entry.at < syncedAt),
    purgeUnseen: (id: number): void => trash.drop((entry) => entry.id === id),
    /** Entries of more than 30 days ago leave the trash, as they do when the API removes them for good. */
    expire: (): void => trash.drop(({at}) => at < syncedAt && at < now() - 30 * DAY),
    /** @param cut the sync is killed after so many messages */
    sync: async (more: Parameters<typeof syncs.sync>[0] = {}, cut?: number) => {
      const now = NOW + api.day * DAY;
      const before = syncs.state();
      const synced = await syncs.sync({now: () => now, ...more});
      const messages = synced.messages.slice(0, cut);
      const saved = lastStates(messages);
      if (cut !== undefined) syncs.setState(saved.length > 0 ? saved : before);
      else if (synced.complete) syncedAt = now;
      destinations.take(recordsOf(messages, 'items'));
      api.day += 1;
      return synced;
    },
    update: (id: number): void => {
      const updated_at = new Date(now()).toISOString();
      for (const items of api.live.values()) {
        const index = items.findIndex((one) => one.id === id);
        if (index >= 0) items[index] = {id, updated_at};
      }
    },
    /** The ids that exist in the API, and in each of the destinations. */
    ids: () => {
      const live = [...api.live.values()].flat().map(({id}) => id);
      return {api: live.sort((a, b) => a - b), destinations: destinations.ids()};
    },
  };
};

export type FilledTrashApi = ReturnType<typeof openTrashApi>;

/** Syncs, and compares the destinations with the API. */
export const inStep = async (api: FilledTrashApi): Promise<void> => {
  await api.sync();
  const {api: ids, destinations} = api.ids();
  expect(destinations).toEqual([ids, ids]);
};

/** With four records, which are synced. */
export const openFilledTrashApi = async (setUp: TrashSetUp = {}): Promise<FilledTrashApi> => {
  const api = openTrashApi(setUp);
  for (const id of [1, 2, 3, 4]) api.create(id, setUp.slices?.[0]);
  await inStep(api);
  return api;
};
