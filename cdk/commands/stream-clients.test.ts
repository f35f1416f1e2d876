// Streams that are read at once share connections and limits, but each has its own client with its own counts.
import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import nock from 'nock';
import {cross, parent} from '../author/slices.ts';
import {defineSource} from '../author/source.ts';
import {page, stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import type {Schema} from '../author/types.ts';
import {oauth2} from '../http/auth/oauth2.ts';
import type {HttpOptions} from '../http/client.ts';
import type {Clock} from '../http/limits/clock.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {catalogOf} from '../testing/run-read.ts';
import {messagesIn} from '../testing/run-source.ts';
import {secret} from '../testing/secrets.ts';
import {read} from './read.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const API = 'https://api.test';
type Item = {id: number; at?: string};
const schema: Schema<Item> = {type: 'object', properties: {id: {}, at: {}}};

type SetUp = {
  readonly http?: HttpOptions;
  readonly concurrency?: number;
  readonly clock?: Clock;
  readonly mode?: 'full_refresh' | 'incremental';
  readonly state?: unknown;
};

/** Reads these streams and returns the messages and the log. */
const readAll = async (streams: readonly Stream[], setUp: SetUp = {}) => {
  const {http = {}, concurrency, mode = 'full_refresh', state} = setUp;
  // Nothing waits unless a test sets a clock.
  const {clock = {now: () => NOW, sleep: async () => {}}} = setUp;
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({baseUrl: API, ...http}),
    ...(concurrency !== undefined && {concurrency}),
    check: async () => {},
    streams: () => streams,
  });
  const names = streams.map(({name}) => name);
  const log: string[] = [];
  const messages: AirbyteMessage[] = [];
  for await (const emission of read(
    source,
    {
      config: async () => ({}),
      catalog: async () => catalogOf(names, mode),
      state: async () => state,
    },
    {
      signal: new AbortController().signal,
      now: () => NOW,
      clock,
      redactor: createRedactor(),
      emit: async () => {},
      log: (level, message) => log.push(`${level} ${message}`),
    },
  )) {
    messages.push(...messagesIn(emission, (text) => text));
  }
  return {messages, log};
};

/** The last log of each stream, in the order of their names. */
const endsIn = (messages: readonly AirbyteMessage[]) =>
  messages
    .flatMap(({log}) =>
      /^Stream .* is (in)?complete/.test(log?.message ?? '') ? [log?.message] : [],
    )
    .sort();

/** The streams that reported a wait. */
const waitingIn = (messages: readonly AirbyteMessage[]) =>
  messages.flatMap(({trace}) =>
    trace?.stream_status?.reasons ? [trace.stream_status.stream_descriptor.name] : [],
  );

const list = (name: string) =>
  stream({name, schema, read: ({http}) => http.paginate<Item>(`/${name}`)});

test('requests of streams that are read at once are counted per stream', async () => {
  nock(API)
    .get('/a')
    .delay(20)
    .reply(503)
    .get('/a')
    .reply(200, [{id: 1}]);
  nock(API).get('/b').delay(10).reply(200, []);
  nock(API).get('/c').reply(404);
  const rules = [{status: 404, action: 'ignore'}] as const;
  const {messages, log} = await readAll(['a', 'b', 'c'].map(list), {
    http: {rules, retry: {base: {seconds: 0}}},
  });
  expect(endsIn(messages)).toEqual([
    'Stream a is complete: 1 records (2 requests, 1 page, 10 bytes, 1 retry).',
    'Stream b is complete: 0 records (1 request, 1 page, 2 bytes).',
    'Stream c is complete: 0 records (1 request, 1 response ignored).',
  ]);
  expect(log.filter((line) => line.startsWith('WARN'))).toEqual([
    'WARN GET https://api.test/c answered 404. The source treats this as "nothing here". Further responses with this status are counted, not logged.',
  ]);
});

test('an ignored status is reported once for each stream', async () => {
  nock(API)
    .get(/^\/[ab]\/\d$/)
    .times(4)
    .reply(404);
  const inParts = (name: string) =>
    stream({
      name,
      schema,
      slices: () => [{part: 1}, {part: 2}],
      read: ({http, slice: {part}}) => http.paginate<Item>(`/${name}/${part}`),
    });
  const {log} = await readAll(['a', 'b'].map(inParts), {
    http: {rules: [{status: 404, action: 'ignore'}]},
    concurrency: 1,
  });
  expect(log.filter((line) => line.startsWith('WARN')).map((line) => line.split(' ')[2])).toEqual([
    'https://api.test/a/1',
    'https://api.test/b/1',
  ]);
});

test('a long wait is reported only by the stream that waits', async () => {
  nock(API).get('/a').reply(200, []);
  nock(API).get('/b').reply(429, '', {'retry-after': '60'}).get('/b').reply(200, []);
  const {messages} = await readAll(['a', 'b'].map(list));
  expect(waitingIn(messages)).toEqual(['b']);
});

test('a parent that the user did not select reports no wait', async () => {
  nock(API).get('/a').reply(429, '', {'retry-after': '60'}).get('/a').reply(200, []);
  const child = stream({
    name: 'b',
    schema,
    slices: parent(list('a'), ({id}) => ({id})),
    read: ({http}) => http.paginate<Item>('/b'),
  });
  const {messages} = await readAll([child]);
  expect(waitingIn(messages)).toEqual([]);
});

test('a slot is yielded during a long wait: while all slices of one stream wait, another stream is read to its end', async () => {
  const parts = [1, 2, 3, 4];
  for (const part of parts) {
    nock(API).get(`/a/${part}`).reply(429, '', {'retry-after': '60'});
    nock(API).get(`/a/${part}`).reply(200, []);
  }
  nock(API).get('/b').reply(200, []);
  const over = Promise.withResolvers<void>();
  const bothWait = Promise.withResolvers<void>();
  let waiting = 0;
  let waitingWithB = 0;
  const clock: Clock = {
    now: () => NOW,
    sleep: () => {
      waiting += 1;
      if (waiting === 2) bothWait.resolve();
      return over.promise;
    },
  };
  const a = stream({
    name: 'a',
    schema,
    slices: () => parts.map((part) => ({part})),
    read: ({http, slice: {part}}) => http.paginate<Item>(`/a/${part}`),
  });
  const b = stream({
    name: 'b',
    // It starts when both slots are taken.
    schema: async () => {
      await bothWait.promise;
      return schema;
    },
    async *read({http}) {
      yield* http.paginate<Item>('/b');
      waitingWithB = waiting;
      over.resolve();
    },
  });
  const {messages} = await readAll([a, b], {
    concurrency: 2,
    clock,
    http: {retry: {longest: {seconds: 90}}},
  });
  // No further slice of `a` was started while both waited.
  expect(waitingWithB).toBe(2);
  expect(waitingIn(messages)).toEqual(['a', 'a', 'a', 'a']);
  expect(endsIn(messages)).toHaveLength(2);
});

test('the circuit breaker of one stream does not open that of another', async () => {
  const parts = Array.from({length: 40}, (_none, part) => ({part}));
  nock(API)
    .get(/^\/a\//)
    .times(400)
    .reply(500);
  nock(API)
    .get(/^\/b\//)
    .times(40)
    .reply(200, []);
  const opened = Promise.withResolvers<void>();
  const inParts = (name: string, begin: () => Promise<unknown>) =>
    stream({
      name,
      schema,
      slices: async () => {
        await begin();
        return parts;
      },
      read: ({http, slice: {part}}) => http.paginate<Item>(`/${name}/${part}`),
    });
  let now = NOW;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      opened.resolve();
      now += ms;
      await delay(0);
    },
  };
  // `b` starts when `a` waits for its circuit to close.
  const streams = [inParts('a', async () => {}), inParts('b', () => opened.promise)];
  const {messages} = await readAll(streams, {clock, http: {retry: {attempts: 1}}});
  expect(new Set(waitingIn(messages))).toEqual(new Set(['a']));
  expect(endsIn(messages)[1]).toBe(
    'Stream b is complete: 0 records (40 requests, 40 pages, 80 bytes).',
  );
});

test('a token is fetched once for all streams, and counted for the one that needed it first', async () => {
  const token = nock(API)
    .post('/token')
    .delay(20)
    .reply(200, {access_token: secret('access')});
  nock(API)
    .get(/^\/[ab]$/)
    .times(2)
    .reply(200, []);
  const {messages} = await readAll(['a', 'b'].map(list), {
    http: {
      auth: oauth2({
        tokenUrl: '/token',
        client: {id: 'app', secret: secret('client')},
        grant: 'client_credentials',
      }),
    },
  });
  expect(token.isDone()).toBe(true);
  expect(endsIn(messages).map((line) => line?.match(/\d requests?/)?.[0])).toEqual([
    '2 requests',
    '1 request',
  ]);
});

test('a request that the author does not await still belongs to its stream', async () => {
  nock(API)
    .get('/late')
    .delay(30)
    .reply(429, '', {'retry-after': '60'})
    .get('/late')
    .reply(200, {ok: true});
  nock(API).get('/b').reply(200, []);
  const late = Promise.withResolvers<unknown>();
  const a = stream({
    name: 'a',
    schema,
    async *read({http}) {
      http.get('/late').then(late.resolve, late.reject);
      yield page([{id: 1}]);
    },
  });
  const b = stream({
    name: 'b',
    schema,
    async *read({http}) {
      yield* http.paginate<Item>('/b');
      await late.promise;
    },
  });
  // Its slot was released long ago: nothing is yielded, and no other stream is blocked.
  const {messages} = await readAll([a, b], {concurrency: 2});
  expect([await late.promise, waitingIn(messages)]).toEqual([{ok: true}, ['a']]);
  expect(endsIn(messages)[1]).toBe('Stream b is complete: 0 records (1 request, 1 page, 2 bytes).');
});

test('requests for slices belong to the stream of the slices', async () => {
  nock(API)
    .get('/parts')
    .reply(200, [{part: 1}]);
  nock(API)
    .get('/kinds')
    .reply(200, [{kind: 'x'}]);
  nock(API)
    .get('/parents')
    .reply(200, [{id: 7}]);
  nock(API)
    .get(/^\/(a|b)\//)
    .times(2)
    .reply(200, []);
  const a = stream({
    name: 'a',
    schema,
    slices: ({http}) => http.get<{part: number}[]>('/parts'),
    read: ({http, slice: {part}}) => http.paginate<Item>(`/a/${part}`),
  });
  const parents = list('parents');
  const b = stream({
    name: 'b',
    schema,
    slices: cross(
      parent(parents, ({id}) => ({id})),
      ({http}) => http.get<{kind: string}[]>('/kinds'),
    ),
    read: ({http, slice: {id, kind}}) => http.paginate<Item>(`/b/${id}/${kind}`),
  });
  const {messages} = await readAll([a, b, parents]);
  expect(endsIn(messages).map((line) => line?.match(/^Stream \w+|\d requests?/g))).toEqual([
    ['Stream a', '2 requests'],
    ['Stream b', '2 requests'],
    ['Stream parents', '1 request'],
  ]);
});

test('requests for deletes belong to their stream', async () => {
  nock(API)
    .get('/a')
    .reply(200, [{id: 1, at: '2025-01-01T00:00:00Z'}])
    .get('/a')
    .reply(200, []);
  nock(API).get('/a/deleted').times(2).reply(200, []);
  nock(API)
    .get('/a/ids')
    .reply(200, [{id: 2}]);
  nock(API).get('/a/1').reply(404);
  const a = stream({
    name: 'a',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'at'},
    deletes: {
      list: {read: ({http}) => http.paginate<Item>('/a/deleted')},
      sweep: {
        every: {seconds: 0},
        safetyLimit: false,
        read: ({http}) => http.paginate<Item>('/a/ids'),
        confirm: async ({id}, {http}) =>
          (await http.get(`/a/${id}`, {rules: [{status: 404, action: 'ignore'}]})) === null,
      },
    },
    read: ({http}) => http.paginate<Item>('/a'),
  });
  const first = await readAll([a], {mode: 'incremental'});
  const state = first.messages.flatMap((message) => message.state ?? []).at(-1);
  const second = await readAll([a], {mode: 'incremental', state: [state]});
  expect(
    [first, second].map(({messages}) => endsIn(messages)[0]?.match(/\d requests?/)?.[0]),
  ).toEqual(['2 requests', '4 requests']);
});
