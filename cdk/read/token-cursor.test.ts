// Streams whose positions are the API's own tokens, for the APIs of test/read/change-feed.ts.
import {describe, expect, test} from '@jest/globals';
import {inThisRun} from '../../test/cases.ts';
import {serve} from '../../test/http/loopback.ts';
import {type ApiName, type Store, serveFeed} from '../../test/read/change-feed.ts';
import {type Doc, type FeedOptions, feedStream} from '../../test/read/feed-streams.ts';
import {stateOf} from '../../test/read/items.ts';
import {stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import {ConfigError} from '../errors.ts';
import {type HttpOptions, openHttpClient} from '../http/client.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import {errorsIn, lastStates, recordsOf, warningsOf} from '../testing/messages.ts';
import {runRead} from '../testing/run-read.ts';

const APIS: readonly ApiName[] = [
  'calendar',
  'couchdb',
  'plaid',
  'people',
  'jmap',
  'graph',
  'dropbox',
  'todoist',
];

const runWith = async (
  origin: string,
  made: Stream<Doc>,
  state?: readonly object[],
  explain?: HttpOptions['explain'],
) => {
  const http = openHttpClient(
    {baseUrl: origin, retry: {attempts: 1}, ...(explain && {explain})},
    {signal: new AbortController().signal, log: () => {}},
  );
  const {messages, complete} = await runRead({streams: [made], state, http});
  await http.close();
  return {
    messages,
    complete,
    records: recordsOf(messages, made.name),
    states: lastStates(messages),
    warnings: warningsOf(messages),
    errors: errorsIn(messages),
  };
};

/** The rows of a destination after some messages: one for each id, none for deleted ones. */
const land = (
  messages: readonly AirbyteMessage[],
  rows: ReadonlyMap<unknown, unknown> = new Map(),
) => {
  const landed = new Map(rows);
  for (const {id, value, _deleted_at: deletedAt} of recordsOf(messages, 'docs')) {
    if (deletedAt === undefined) landed.set(id, value);
    else landed.delete(id);
  }
  return landed;
};

const contentOf = (store: Store): ReadonlyMap<unknown, unknown> =>
  new Map(store.content().map(({id, value}) => [id, value]));

const openFeed = async (name: ApiName, options: FeedOptions = {}) => {
  const api = await serveFeed(name);
  const store = api.store();
  for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) store.put(id, index);
  const run = (state?: readonly object[]) => runWith(api.origin, feedStream(name, options), state);
  return {api, store, run};
};

const tokensIn = (states: readonly object[]) =>
  states.map((state) => ({...Reflect.get(state, 'stream').stream_state, unfinished: undefined}));

const idsOf = (records: readonly object[]): readonly unknown[] =>
  records.map((record) => Reflect.get(record, 'id'));

const change = (store: Store): void => {
  store.put('b', 10);
  store.remove('c');
  store.put('f', 11);
};

/** Deletes d, and forgets that it was ever there. */
const expire = (name: ApiName, store: Store): void => {
  store.remove('d');
  store.expire();
  // CouchDB's tokens do not expire, but belong to one database.
  if (name === 'couchdb') store.recreate();
};

describe.each(APIS)('the tokens of %s', (name) => {
  test('bring everything, then exactly what changed, then nothing', async () => {
    const {store, run} = await openFeed(name);
    const first = await run();
    expect(first).toMatchObject({complete: true, warnings: [], errors: []});
    expect(idsOf(first.records)).toEqual(['a', 'b', 'c', 'd', 'e']);
    change(store);
    const second = await run(first.states);
    expect(second).toMatchObject({complete: true, warnings: [], errors: []});
    expect(idsOf(second.records).toSorted()).toEqual(['b', 'c', 'f']);
    expect(second.records.filter((record) => '_deleted_at' in record)).toEqual([
      expect.objectContaining({id: 'c'}),
    ]);
    expect(land(second.messages, land(first.messages))).toEqual(contentOf(store));
    const third = await run(second.states);
    expect(third).toMatchObject({complete: true, records: [], warnings: []});
    expect(third.states).toEqual(second.states);
  });

  test('are read from the beginning once they have expired, with a warning', async () => {
    const {store, run} = await openFeed(name);
    const first = await run();
    change(store);
    expire(name, store);
    const second = await run(first.states);
    expect(second).toMatchObject({complete: true, errors: []});
    expect(second.warnings).toEqual([
      expect.stringMatching(
        /^Stream docs: folder=things is read from its beginning, and all of its records count as new, because the API no longer knows its token: .+ Records that were deleted since the last sync are not detected: a full refresh removes them, and the source can find them with `deletes\.sweep`\.$/,
      ),
    ]);
    expect(idsOf(second.records).toSorted()).toEqual(['a', 'b', 'e', 'f']);
    const third = await run(second.states);
    expect(third).toMatchObject({complete: true, records: [], warnings: []});
  });
});

const KILLED = APIS.slice(0, inThisRun({quick: 1, full: APIS.length}));

type Feed = Awaited<ReturnType<typeof openFeed>>;
type Before = {
  readonly states: readonly object[] | undefined;
  readonly rows: ReadonlyMap<unknown, unknown>;
};

/** Kills a run after so many of its messages, changes the API, and reads on, twice: a change during a list may be in the next one. */
const landAfterKill = async (
  {store, run}: Feed,
  {states, rows}: Before,
  messages: readonly AirbyteMessage[],
  lines: number,
) => {
  const kept = messages.slice(0, lines);
  const saved = lastStates(kept);
  store.put('a', 100 + lines);
  store.put('g', lines);
  const second = await run(saved.length > 0 ? saved : states);
  const third = await run(second.states);
  expect(third.complete).toBe(true);
  return land(third.messages, land(second.messages, land(kept, rows)));
};

describe.each(KILLED)('the tokens of %s', (name) => {
  test.each([
    ['', false],
    [', also no delete if all records are swept', true],
  ])('lose nothing after a kill at any line%s', async (_what, sweeps) => {
    const feed = await openFeed(name, {sweeps});
    const {store, run} = feed;
    let before: Before = {states: undefined, rows: new Map()};
    for (const happen of [() => {}, () => change(store), () => expire(name, store)]) {
      happen();
      const undo = store.snapshot();
      const {messages, states} = await run(before.states);
      for (let lines = 0; lines <= messages.length; lines += 1) {
        undo();
        const landed = await landAfterKill(feed, before, messages, lines);
        const expected = contentOf(store);
        // Without a sweep these may stay, as the warning says.
        const isLate = (id: unknown): boolean => !sweeps && (id === 'c' || id === 'd');
        const rows = [...landed].filter(([id]) => expected.has(id) || !isLate(id));
        expect({lines, rows: new Map(rows)}).toEqual({lines, rows: expected});
      }
      undo();
      before = {states, rows: land(messages, before.rows)};
    }
  });
});

test('data that changes while it is paged is read again from the token of the beginning', async () => {
  const {api, store, run} = await openFeed('plaid');
  const first = await run();
  for (const id of ['a', 'b', 'c', 'd']) store.put(id, 7);
  const isSecondPage = (number: number): boolean => number === 2;
  api.requests.length = 0;
  api.onRequest = (number) => {
    if (isSecondPage(number)) store.put('g', 8);
  };
  const second = await run(first.states);
  expect(second).toMatchObject({complete: true, warnings: []});
  expect(idsOf(second.records)).toEqual(['a', 'b', 'a', 'b', 'c', 'd', 'g']);
  expect(land(second.messages, land(first.messages))).toEqual(contentOf(store));
  expect(second.messages.flatMap(({log}) => log?.message ?? [])).toContain(
    `Stream docs: folder=things changed while it was paged, and is read again: POST ${api.origin}/things/transactions/sync answered 400: No.`,
  );
});

test('data that changes all the time is an error, and the token stays', async () => {
  const {api, store, run} = await openFeed('plaid');
  const first = await run();
  for (const id of ['a', 'b', 'c', 'd']) store.put(id, 7);
  api.requests.length = 0;
  api.onRequest = (number) => store.put('g', number);
  const second = await run(first.states);
  expect(api.requests).toHaveLength(8);
  expect(second.errors[0]).toBe(
    `docs transient_error: folder=things: the list changed while it was paged, 4 times in a row: POST ${api.origin}/things/transactions/sync answered 400: No. Run again at a time with fewer changes, or request larger pages.`,
  );
  expect(tokensIn(second.states)).toEqual(tokensIn(first.states));
});

test('a first read that the API refuses with 410 fails as any other', async () => {
  const origin = await serve((_request, response) => void response.writeHead(410).end());
  const {errors, warnings} = await runWith(origin, feedStream('calendar'));
  expect(errors[0]).toBe(
    `docs system_error: folder=things: GET ${origin}/things/events answered 410.`,
  );
  expect(warnings).toEqual([]);
});

test('a rule of a request goes first: 410 of one document is not that of the token', async () => {
  const api = await serve(({url = ''}, response) => {
    const isList = url.startsWith('/list');
    response.writeHead(isList ? 200 : 410, {'content-type': 'application/json'});
    response.end(JSON.stringify(isList ? {items: [{id: 'a'}], sync: 'new'} : {}));
  });
  const made = stream<Doc>({
    name: 'docs',
    schema: {type: 'object', properties: {id: {}}},
    cursor: {token: 'last-page'},
    async *read({http, since}) {
      const lists = http.paginate<Doc>('/list', {query: {since}, records: 'items', token: 'sync'});
      for await (const {records, ...list} of lists) {
        for (const {id} of records) {
          await http.get(`/doc/${id}`, {rules: [{status: 410, action: 'ignore'}]});
        }
        yield {...list, records};
      }
    },
  });
  const state = stateOf('docs', {token: 'old'});
  const {complete, warnings, states} = await runWith(api, made, state);
  expect({complete, warnings, states}).toMatchObject({
    complete: true,
    warnings: [],
    states: stateOf('docs', {token: 'new'}),
  });
});

test('an expired token is not for `explain` to explain', async () => {
  const {api, store, run} = await openFeed('calendar');
  const first = await run();
  store.expire();
  const explain = () => new ConfigError('Check your calendar.');
  const {complete, warnings} = await runWith(
    api.origin,
    feedStream('calendar'),
    first.states,
    explain,
  );
  expect(complete).toBe(true);
  expect(warnings[0]).toContain(
    `its token: GET ${api.origin}/things/events answered 410: Sync token is no longer valid, a full sync is required; fullSyncRequired.`,
  );
});

test.each(['calendar', 'graph'] as const)(
  'a list of %s that is cut off resumes at its next page if the stream is resumable',
  async (name) => {
    const {api, store, run} = await openFeed(name, {resumable: true});
    const first = await run();
    for (const id of ['a', 'b', 'c', 'd']) store.put(id, 7);
    const {messages} = await run(first.states);
    const cut = messages.slice(0, messages.findIndex(({state}) => state) + 1);
    api.requests.length = 0;
    const rest = await run(lastStates(cut));
    expect(rest).toMatchObject({complete: true, warnings: []});
    expect(api.requests).toHaveLength(1);
    expect(idsOf(rest.records)).toEqual(['c', 'd']);
    // The page token may be invalid by then: the token of the last sync is still good.
    api.requests.length = 0;
    api.onRequest = (number) => {
      if (number === 1) api.refuse = {status: 410, body: {}};
      else api.refuse = undefined;
    };
    const again = await run(lastStates(cut));
    expect(again.complete).toBe(true);
    expect(again.warnings).toEqual([
      expect.stringMatching(
        /^Stream docs: folder=things could not be resumed and starts over: GET .+ answered 410: \{\}\.$/,
      ),
    ]);
    expect(idsOf(again.records)).toEqual(['a', 'b', 'c', 'd']);
  },
);

test('the folders of a stream have a token each, and only one of them expires', async () => {
  const api = await serveFeed('graph');
  const [x, y] = [api.store('x'), api.store('y')];
  x.put('x1', 1);
  y.put('y1', 1);
  const made = () => feedStream('graph', {folders: () => [{folder: 'x'}, {folder: 'y'}]});
  const first = await runWith(api.origin, made());
  y.put('y2', 2);
  x.expire();
  const second = await runWith(api.origin, made(), first.states);
  expect(idsOf(second.records)).toEqual(['x1', 'y2']);
  expect(second.warnings).toEqual([
    expect.stringContaining('Stream docs: folder=x is read from its beginning'),
  ]);
});
