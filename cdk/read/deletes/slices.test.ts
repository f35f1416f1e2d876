import {describe, expect, test} from '@jest/globals';
import {dayOf, openApi, range} from '../../../test/read/deleting-api.ts';
import {at, item, schema} from '../../../test/read/items.ts';
import {openSyncs} from '../../../test/read/syncs.ts';
import {parent} from '../../author/slices.ts';
import {page, stream} from '../../author/stream.ts';
import {runRead} from '../../testing/run-read.ts';
import {parseStreamState} from '../state/stream-state.ts';
import {unpackSweep} from './packed-ids.ts';

describe('a sweep of slices', () => {
  const slicesOf = (...names: readonly string[]) => names.map((name) => ({name}));

  test('takes a record that has moved to another slice for none that is deleted', async () => {
    const {api, sync} = openApi(
      {a: range(1, 3), b: range(11, 13)},
      {slices: () => slicesOf('a', 'b')},
    );
    await sync();
    api.content = {a: range(1, 2), b: [...range(11, 13), item(3, 0)]};
    await sync();
    expect((await sync()).deleted).toEqual([]);
    api.content = {a: range(1, 2), b: range(11, 13)};
    await sync();
    expect((await sync()).deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(4)}]);
  });

  test('goes on where another slice fails', async () => {
    const {api, sync} = openApi(
      {a: range(1, 3), b: range(11, 13)},
      {slices: () => slicesOf('a', 'b')},
    );
    await sync();
    api.content = {a: range(1, 2), b: []};
    api.failing = 'b';
    await sync();
    expect((await sync()).deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(2)}]);
  });

  test('says nothing of a slice that is gone, and forgets its ids', async () => {
    let names = ['a', 'b'];
    const {sync} = openApi({a: range(1, 3), b: range(11, 13)}, {slices: () => slicesOf(...names)});
    await sync();
    names = ['a'];
    const said = [];
    for (let run = 0; run < 3; run += 1) {
      const {deleted, warnings, kept} = await sync();
      said.push(...deleted, ...warnings);
      const {sweep} = parseStreamState({deletes: kept}, undefined).deletes ?? {};
      expect([...(unpackSweep(sweep)?.ids.keys() ?? [])]).toEqual(['name=a']);
    }
    expect(said).toEqual([]);
  });

  test('takes the records of a slice that is gone for deleted if the author says so, after two complete syncs', async () => {
    let names = ['a', 'b'];
    const {api, sync} = openApi(
      {a: range(1, 3), b: range(11, 12)},
      {slices: () => slicesOf(...names), sweep: {goneSlices: 'delete'}},
    );
    await sync();
    names = ['a'];
    api.failing = 'a';
    const incomplete = [await sync(), await sync(), await sync()];
    expect(incomplete.flatMap(({deleted}) => deleted)).toEqual([]);
    api.failing = '';
    expect((await sync()).deleted).toEqual([]);
    expect((await sync()).deleted).toEqual([
      {id: 11, updated_at: at(0), _deleted_at: dayOf(5)},
      {id: 12, updated_at: at(0), _deleted_at: dayOf(5)},
    ]);
    expect((await sync()).deleted).toEqual([]);
  });
});

describe('without a list of ids', () => {
  test('each full sync of the stream is one', async () => {
    let all = range(1, 3);
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at'},
        fullSync: {every: {days: 2}},
        deletes: {sweep: {}},
        async *read({since}) {
          yield page(since === undefined ? all : []);
        },
      }),
    );
    await sync();
    all = range(1, 2);
    const found = [];
    for (let day = 1; day <= 5; day += 1) found.push((await sync()).deleted.length);
    expect(found).toEqual([0, 0, 0, 1, 0]);
  });

  test('an API that cannot be asked for what is new lists everything in each sync', async () => {
    let all = range(1, 3);
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', clientSide: true},
        deletes: {sweep: {every: {days: 1}}},
        async *read() {
          yield page(all);
        },
      }),
    );
    await sync();
    all = range(1, 2);
    await sync();
    expect((await sync()).deleted).toEqual([{id: 3, updated_at: at(0), _deleted_at: dayOf(2)}]);
  });

  test('a start that moves takes nothing for deleted that is only older', async () => {
    let start = at(0);
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', start},
        fullSync: {every: {days: 1}},
        deletes: {sweep: {}},
        async *read({since}) {
          yield page(
            [item(1), item(2), item(3)].filter(
              (one) => one.updated_at && one.updated_at >= String(since),
            ),
          );
        },
      }),
    );
    await sync();
    start = at(2);
    const moved = await sync();
    expect(moved.warnings).toEqual([
      `WARN Stream items: it is read from ${at(2)} on now, not from ${at(0)}: the ids that were known are forgotten, and nothing that was deleted since the last sweep will be found.`,
    ]);
    expect([...moved.deleted, ...(await sync()).deleted]).toEqual([]);
  });

  test('another primary key takes nothing for deleted: the ids are those of the old one', async () => {
    let primaryKey: ('id' | 'updated_at')[] = ['id'];
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey,
        cursor: {field: 'updated_at', clientSide: true},
        deletes: {sweep: {}},
        async *read() {
          yield page([item(1), item(2)]);
        },
      }),
    );
    await sync();
    primaryKey = ['id', 'updated_at'];
    const {warnings, deleted} = await sync();
    expect(warnings).toEqual([
      'WARN Stream items: its primary key is id, updated_at now, not id: the ids that were known are forgotten, and nothing that was deleted since the last sweep will be found.',
    ]);
    expect([...deleted, ...(await sync()).deleted]).toEqual([]);
  });

  test('a reading that goes on where one was cut off is none', async () => {
    let isCut = false;
    const {sync} = openSyncs(() =>
      stream({
        name: 'items',
        schema,
        primaryKey: ['id'],
        cursor: {field: 'updated_at', clientSide: true},
        resumable: {days: 10},
        checkpointInterval: {seconds: 0},
        deletes: {sweep: {}},
        async *read({resume}) {
          if (resume === undefined) yield page([item(1), item(2)], {resume: {page: 2}});
          if (isCut) throw new Error('Cut off.');
          yield page([item(3)]);
        },
      }),
    );
    const found = [];
    for (const cut of [false, true, false, true, false]) {
      isCut = cut;
      found.push(...(await sync()).deleted);
    }
    expect(found).toEqual([]);
  });
});

test('the ids of slices whose parents did not change are kept', async () => {
  let changed = [item(1, 1), item(2, 2)];
  const issues = stream({
    name: 'issues',
    schema,
    cursor: {field: 'updated_at'},
    async *read() {
      yield page(changed);
    },
  });
  const votes = stream({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at'},
    slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
    deletes: {
      list: {
        at: 'deleted_at',
        async *read({slice}) {
          yield page([{id: 90 + slice.issue, deleted_at: at(slice.issue)}]);
        },
      },
      sweep: {
        every: {days: 1},
        async *read({slice}) {
          yield page([{id: slice.issue * 10}]);
        },
      },
    },
    async *read({slice}) {
      yield page([item(slice.issue * 10)]);
    },
  });
  const {sync} = openSyncs(() => votes);
  const keptIn = ({kept}: Awaited<ReturnType<typeof sync>>) => {
    const {list, sweep} = parseStreamState({deletes: kept}, undefined).deletes ?? {};
    return [list?.at, unpackSweep(sweep)?.ids].map((one) => [...(one?.keys() ?? [])].sort());
  };
  const both = ['issue=1', 'issue=2'];
  expect(keptIn(await sync())).toEqual([both, both]);
  changed = [item(2, 3)];
  expect(keptIn(await sync())).toEqual([both, both]);
});

test('what is known of a parent is no part of what its children keep of it', async () => {
  const issues = stream({
    name: 'issues',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'updated_at', clientSide: true},
    deletes: {sweep: {}},
    async *read() {
      yield page([item(1)]);
    },
  });
  const notes = stream({
    name: 'notes',
    schema,
    cursor: {field: 'updated_at'},
    slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
    async *read() {
      yield page([item(5)]);
    },
  });
  const {messages} = await runRead({streams: [issues, notes], concurrency: 2});
  const states = messages.flatMap(({state}) => state?.stream ?? []);
  expect(states).toEqual([
    expect.objectContaining({
      stream_descriptor: {name: 'issues'},
      stream_state: expect.objectContaining({deletes: expect.anything()}),
    }),
    expect.objectContaining({
      stream_descriptor: {name: 'notes'},
      stream_state: expect.objectContaining({parent: {updated_at: at(1)}}),
    }),
  ]);
});
