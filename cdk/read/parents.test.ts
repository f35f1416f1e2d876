// Streams whose slices are the records of a parent.
import {describe, expect, test} from '@jest/globals';
import {at, type Item, item, pagesOf, schema, sorted, stateOf} from '../../test/read/items.ts';
import {cross, parent} from '../author/slices.ts';
import {page, stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import type {Page, Schema} from '../author/types.ts';
import {catalogOf, inShort, NOW, runRead} from '../testing/run-read.ts';

type Note = {id: string};
const notes: Schema<Note> = {type: 'object', properties: {id: {}}};

type SetUp = {
  readonly children?: readonly string[];
  readonly incremental?: boolean;
  readonly parentPages?: readonly (readonly Item[] | Error)[];
  readonly readNotes?: (issue: number) => readonly Note[] | Error;
};

/** A stream of issues, and streams of notes on each issue, with a log of the reads. */
const family = ({
  children = ['notes'],
  incremental = false,
  parentPages = [[item(1), item(2)], [item(3)]],
  readNotes = (issue) => [{id: `note of ${issue}`}],
}: SetUp = {}) => {
  const log: string[] = [];
  const issues = stream({
    name: 'issues',
    schema,
    cursor: {field: 'updated_at', clientSide: true},
    read: ({since}) => {
      log.push(`issues since ${since}`);
      return pagesOf(...parentPages);
    },
  });
  const streams: Stream[] = [
    issues,
    ...children.map((name) =>
      stream({
        name,
        schema: notes,
        slices: parent(issues, ({id}) => ({issue: id}), {incremental}),
        async *read({slice}): AsyncGenerator<Page<Note>> {
          log.push(`${name} of ${slice.issue}`);
          const found = readNotes(slice.issue);
          if (found instanceof Error) throw found;
          yield page(found);
        },
      }),
    ),
  ];
  return {streams, log};
};

const records = (lines: readonly string[]) => lines.filter((line) => /^\w+ \{/.test(line));

describe('a parent', () => {
  test('with three selected children is read once', async () => {
    const {streams, log} = family({children: ['notes', 'votes', 'links']});
    const {messages, complete} = await runRead({streams, concurrency: 3});
    expect(complete).toBe(true);
    expect(log.filter((line) => line.startsWith('issues'))).toEqual(['issues since undefined']);
    expect(log.filter((line) => !line.startsWith('issues')).sort()).toEqual(
      ['links', 'notes', 'votes'].flatMap((name) => [1, 2, 3].map((id) => `${name} of ${id}`)),
    );
    expect(records(inShort(messages))).toHaveLength(3 + 3 * 3);
  });

  test('that is not selected is read for its children, and emits nothing', async () => {
    const {streams, log} = family({children: ['notes', 'votes']});
    const {messages} = await runRead({
      streams,
      catalog: catalogOf(['votes', 'notes'], 'full_refresh'),
    });
    expect(log).toEqual([
      'issues since undefined',
      ...[1, 2, 3].map((id) => `votes of ${id}`),
      ...[1, 2, 3].map((id) => `notes of ${id}`),
    ]);
    expect(inShort(messages).filter((line) => line.startsWith('issues'))).toEqual([]);
  });

  test('is read before its children with a concurrency of 1', async () => {
    const {streams} = family();
    const {messages} = await runRead({
      streams,
      concurrency: 1,
      catalog: catalogOf(['notes', 'issues'], 'full_refresh'),
    });
    expect(records(inShort(messages))).toEqual([
      ...[1, 2, 3].map((id) => `issues ${JSON.stringify(item(id))}`),
      ...[1, 2, 3].map((id) => `notes {"id":"note of ${id}"}`),
    ]);
  });

  test('passes all records to its children, and emits only new ones', async () => {
    const {streams, log} = family();
    const {messages} = await runRead({streams, state: stateOf('issues', {updated_at: at(3)})});
    expect(log).toEqual(['issues since undefined', ...[1, 2, 3].map((id) => `notes of ${id}`)]);
    expect(records(inShort(messages))).toEqual([
      `issues ${JSON.stringify(item(3))}`,
      ...[1, 2, 3].map((id) => `notes {"id":"note of ${id}"}`),
    ]);
  });

  test.each([
    ['in its first sync', undefined],
    ['after a sync that all children completed', at(5)],
  ])(
    'emits all records that the API returns, even those before its start, %s',
    async (_when, position) => {
      const issues = stream({
        name: 'issues',
        schema,
        cursor: {field: 'updated_at', start: at(5)},
        read: () => pagesOf([item(1), item(6)]),
      });
      const links = stream({
        name: 'links',
        schema: notes,
        slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
        async *read({slice}) {
          yield page([{id: `link of ${slice.issue}`}]);
        },
      });
      const state = position && [
        ...stateOf('issues', {updated_at: position}),
        ...stateOf('links', {parent: {updated_at: position}}),
      ];
      const {messages} = await runRead({streams: [issues, links], state});
      expect(records(inShort(messages))).toEqual([
        `issues ${JSON.stringify(item(1))}`,
        `issues ${JSON.stringify(item(6))}`,
        'links {"id":"link of 1"}',
        'links {"id":"link of 6"}',
      ]);
    },
  );

  test('keeps its own position while it reads earlier records for its children', async () => {
    const issues = sorted('issues', [item(1), item(2)], [item(3)]);
    const links = stream({
      name: 'links',
      schema: notes,
      slices: parent(issues, ({id}) => ({issue: id})),
      read: none,
    });
    const {messages} = await runRead({
      streams: [issues, links],
      state: stateOf('issues', {updated_at: at(3)}),
    });
    expect(inShort(messages).filter((line) => line.startsWith('issues STATE'))).toEqual([
      `issues STATE {"updated_at":"${at(3)}"} 1`,
    ]);
  });

  test('that fails makes its children incomplete, and they keep their positions', async () => {
    const {streams, log} = family({parentPages: [[item(1)], new Error('broken')]});
    const {messages, complete} = await runRead({streams});
    expect(complete).toBe(false);
    expect(log).toContain('notes of 1');
    const lines = inShort(messages);
    expect(lines).toContain('notes INCOMPLETE');
    expect(lines.filter((line) => line.startsWith('notes system_error'))).toEqual([
      'notes system_error: issues, whose records are the slices of notes, could not be read to its end, so slices may be missing: ' +
        'The source stopped on an unexpected error: broken. This is a fault in its code: report it with the stack trace.',
    ]);
  });

  test('does not fail with a child that cannot make slices of its records', async () => {
    const issues = stream({name: 'issues', schema, read: () => pagesOf([item(1), item(2)])});
    const broken = stream({
      name: 'broken',
      schema: notes,
      slices: parent(issues, ({id}) => {
        if (id === 2) throw new Error('no such thing');
        return {id};
      }),
      read: () => none(),
    });
    const {messages} = await runRead({streams: [issues, broken]});
    const lines = inShort(messages);
    expect(lines).toContain('issues COMPLETE');
    expect(lines).toContain('broken INCOMPLETE');
    expect(lines.filter((line) => line.startsWith('broken system_error'))).toEqual([
      'broken system_error: The source stopped on an unexpected error: no such thing. This is a fault in its code: report it with the stack trace.',
    ]);
  });

  test('cannot be its own parent', async () => {
    const {streams} = family();
    const [issues] = streams;
    if (issues === undefined) throw new Error('There is no stream.');
    const loop = {...issues, slices: parent(issues, () => ({})).origin};
    Object.assign(loop.slices, {parent: loop});
    const {error} = await runRead({streams: [loop]});
    expect(String(error)).toBe(
      'SystemError: Stream issues is among its own parents: give it other slices.',
    );
  });
});

describe('children that depend on changes of their parent', () => {
  const lastState = (messages: Awaited<ReturnType<typeof runRead>>['messages'], name: string) =>
    messages.findLast(({state}) => state?.stream?.stream_descriptor.name === name)?.state?.stream
      ?.stream_state;

  test('are read for all parents in the first sync, then for those that changed', async () => {
    const first = family({incremental: true});
    const {messages} = await runRead({streams: first.streams});
    expect(first.log).toHaveLength(4);
    const state = lastState(messages, 'notes');
    expect(state).toMatchObject({parent: {updated_at: at(3)}});

    const second = family({incremental: true, parentPages: [[item(2, 7)]]});
    const next = await runRead({
      streams: second.streams,
      state: [...stateOf('issues', {updated_at: at(3)}), ...stateOf('notes', {...state})],
    });
    expect(second.log).toEqual([`issues since ${at(3)}`, 'notes of 2']);
    expect(lastState(next.messages, 'notes')).toMatchObject({parent: {updated_at: at(7)}});
  });

  test('are read again for the same parents after a failure, even if the parent got further', async () => {
    const broken = family({
      incremental: true,
      parentPages: [[item(2, 7)]],
      readNotes: () => new Error('broken'),
    });
    const before = {parent: {updated_at: at(3)}, __ab_full_refresh_sync_complete: true};
    const {messages} = await runRead({streams: broken.streams, state: stateOf('notes', before)});
    expect(lastState(messages, 'issues')).toEqual({updated_at: at(7)});
    expect(lastState(messages, 'notes')).toMatchObject({parent: {updated_at: at(3)}});

    const again = family({incremental: true, parentPages: [[item(2, 7)]]});
    const states = ['issues', 'notes'].flatMap((name) =>
      stateOf(name, {...lastState(messages, name)}),
    );
    const {messages: next} = await runRead({streams: again.streams, state: states});
    expect(again.log).toEqual([`issues since ${at(3)}`, 'notes of 2']);
    // The issue is emitted again because its cursor equals the position.
    expect(records(inShort(next))).toEqual([
      `issues ${JSON.stringify(item(2, 7))}`,
      'notes {"id":"note of 2"}',
    ]);
  });
});

test('parents that changed in a resumed pass are read again in the next sync', async () => {
  const began = Date.parse(at(5));
  const pass = {done: ['issue=1'], started: at(5), unfinished: true, parent: {updated_at: at(0)}};
  const {streams, log} = family({incremental: true, parentPages: [[item(1, 9), item(2)]]});
  const {messages} = await runRead({
    streams,
    state: [...stateOf('issues', {updated_at: at(0)}), ...stateOf('notes', pass)],
  });
  expect(log).toEqual([`issues since ${at(0)}`, 'notes of 2']);
  expect(inShort(messages).findLast((line) => line.startsWith('notes STATE'))).toBe(
    `notes STATE {"__ab_full_refresh_sync_complete":true,"parent":{"updated_at":"${new Date(began - 60_000).toISOString()}"}} 1`,
  );
});

test('children of parents that did not change keep their positions', async () => {
  const issues = stream({
    name: 'issues',
    schema,
    cursor: {field: 'updated_at'},
    read: () => pagesOf([item(2)]),
  });
  const votes = stream({
    name: 'votes',
    schema,
    cursor: {field: 'updated_at'},
    slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
    read: () => pagesOf([item(7)]),
  });
  const slices = {'issue=1': {updated_at: at(4)}, 'issue=2': {updated_at: at(5)}};
  const {messages} = await runRead({
    streams: [issues, votes],
    state: stateOf('votes', {updated_at: at(5), slices, parent: {updated_at: at(1)}}),
  });
  const state = messages.findLast(({state: one}) => one?.stream?.stream_descriptor.name === 'votes')
    ?.state?.stream?.stream_state;
  expect(state).toEqual({
    updated_at: at(7),
    slices: {'issue=1': {updated_at: at(4)}, 'issue=2': {updated_at: at(7)}},
    parent: {updated_at: at(2)},
  });
});

test('a full sync reads the children of all parents again, even of those that did not change', async () => {
  const requested: string[] = [];
  const start = at(0);
  const issues = stream({
    name: 'issues',
    schema,
    cursor: {field: 'updated_at', start},
    read: ({since}) =>
      pagesOf([item(1), item(2, 20)].filter((one) => String(one.updated_at) >= String(since))),
  });
  const votes = stream({
    name: 'votes',
    schema,
    cursor: {field: 'updated_at', start},
    fullSync: {every: {days: 1}},
    slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
    read: ({slice, since}) => {
      requested.push(`${slice.issue} since ${since}`);
      return pagesOf([item(7)]);
    },
  });
  const slices = {'issue=1': {updated_at: at(10)}, 'issue=2': {updated_at: at(10)}};
  const full_sync_at = new Date(NOW - 86_400_000).toISOString();
  const parentAt = {updated_at: at(10)};
  const {messages} = await runRead({
    streams: [votes],
    state: stateOf('votes', {updated_at: at(10), slices, full_sync_at, parent: parentAt}),
  });
  expect(requested).toEqual([`1 since ${start}`, `2 since ${start}`]);
  expect(messages.findLast(({state}) => state)?.state?.stream?.stream_state).toEqual({
    updated_at: at(7),
    slices: {'issue=1': {updated_at: at(7)}, 'issue=2': {updated_at: at(7)}},
    full_sync_at: new Date(NOW).toISOString(),
    parent: {updated_at: at(20)},
  });
});

async function* none(): AsyncGenerator<Page<Note>> {
  yield page([]);
}

test('slices may be the cross product of a list and the records of a parent', async () => {
  const issues = stream({name: 'issues', schema, read: () => pagesOf([item(1), item(2)])});
  const seen: unknown[] = [];
  const counts = stream({
    name: 'counts',
    schema: notes,
    slices: cross(
      parent(issues, ({id}) => ({issue: id})),
      () => [{kind: 'up'}, {kind: 'down'}],
    ),
    read: ({slice}) => {
      seen.push(`${slice.issue} ${slice.kind}`);
      return none();
    },
  });
  const lists = stream({
    name: 'lists',
    schema: notes,
    slices: cross(
      () => [{a: 1}, {a: 2}],
      () => [{b: 1}],
    ),
    read: ({slice}) => {
      seen.push(`${slice.a} ${slice.b}`);
      return none();
    },
  });
  const {complete} = await runRead({streams: [counts, lists]});
  expect(complete).toBe(true);
  expect(seen).toEqual(['1 up', '1 down', '2 up', '2 down', '1 1', '2 1']);
});
