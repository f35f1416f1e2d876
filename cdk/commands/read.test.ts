import {setTimeout as delay} from 'node:timers/promises';
import {expect, test} from '@jest/globals';
import nock from 'nock';
import {serve} from '../../test/http/loopback.ts';
import {parent} from '../author/slices.ts';
import {defineSource, type Source} from '../author/source.ts';
import {stream} from '../author/stream.ts';
import type {Schema} from '../author/types.ts';
import {sessionToken} from '../http/auth/session-token.ts';
import type {Clock} from '../http/limits/clock.ts';
import {linkHeader} from '../http/paginate/link-header.ts';
import type {Emission} from '../protocol/messages.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {recordsOf} from '../testing/messages.ts';
import {validateMessage} from '../testing/protocol.ts';
import {catalogOf} from '../testing/run-read.ts';
import {readSource} from '../testing/run-source.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {read} from './read.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const items: Schema<{id: number}> = {type: 'object', properties: {id: {}}};

/** All that a full refresh of these streams emits. */
const emissionsOf = async <C extends object>(
  source: Source<C>,
  names: readonly string[],
  clock: Clock = virtualClock(NOW),
): Promise<readonly Emission[]> => {
  const inputs = {
    config: async () => ({}),
    catalog: async () => catalogOf(names, 'full_refresh'),
    state: async () => undefined,
  };
  const emissions: Emission[] = [];
  for await (const emission of read(source, inputs, {
    signal: new AbortController().signal,
    now: () => NOW,
    clock,
    redactor: createRedactor(),
    emit: async () => {},
    log: () => {},
  })) {
    emissions.push(emission);
  }
  return emissions;
};

test('a stream that waits for the API says so, and until when', async () => {
  nock('https://api.test').get('/items').reply(429, '', {'retry-after': '60'});
  nock('https://api.test')
    .get('/items')
    .reply(200, [{id: 1}]);
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({baseUrl: 'https://api.test', retry: {longest: {minutes: 1}}}),
    check: async () => {},
    streams: () => [
      stream<{id: number}>({name: 'items', schema: {}, read: ({http}) => http.paginate('/items')}),
    ],
  });
  const clock = virtualClock(NOW);
  const messages = await emissionsOf(source, ['items'], clock);
  const waiting = messages.findIndex((message) => JSON.stringify(message).includes('RATE_LIMITED'));
  const quotaReset = NOW + (clock.waits[0] ?? 0);
  expect(messages[waiting]).toEqual({
    type: 'TRACE',
    trace: {
      type: 'STREAM_STATUS',
      emitted_at: NOW,
      stream_status: {
        stream_descriptor: {name: 'items'},
        status: 'RUNNING',
        reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: Math.ceil(quotaReset)}}],
      },
    },
  });
  expect(validateMessage(messages[waiting])).toEqual([]);
  expect(messages[waiting - 1]).toMatchObject({trace: {stream_status: {status: 'STARTED'}}});
  expect(clock.waits[0]).toBeGreaterThanOrEqual(60_000);
});

test('a stream tells at its end what was done for it, and only for it', async () => {
  const api = nock('https://api.test');
  api.get('/a').reply(503);
  api.get('/a').reply(200, [{id: 1}, {id: 2}]);
  api.get('/b').reply(404);
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({
      baseUrl: 'https://api.test',
      retry: {base: {seconds: 0}},
      rules: [{status: 404, action: 'ignore'}],
    }),
    concurrency: 1,
    check: async () => {},
    streams: () =>
      ['a', 'b'].map((name) =>
        stream<{id: number}>({name, schema: {}, read: ({http}) => http.paginate(`/${name}`)}),
      ),
  });
  const said = (await emissionsOf(source, ['a', 'b'])).flatMap((message) =>
    message.type === 'LOG' ? [message.log?.message] : [],
  );
  expect(said).toEqual([
    'Stream a is complete: 2 records (2 requests, 1 page, 19 bytes, 1 retry).',
    'Stream b is complete: 0 records (1 request, 1 response ignored).',
  ]);
});

test('streams that wait for the token that one of them is fetching do not keep it from coming back', async () => {
  const api = nock('https://api.test');
  api.post('/login').reply(429, '', {'retry-after': '60'});
  api.post('/login').reply(200, {token: 'a-token'});
  api
    .get(/^\/[ab]\/\d$/)
    .times(6)
    .reply(200, [{id: 1}]);
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({
      baseUrl: 'https://api.test',
      maxConcurrentRequests: 2,
      auth: sessionToken({
        login: {path: '/login', json: {}},
        token: 'token',
        send: {header: 'x-token'},
      }),
    }),
    concurrency: 2,
    check: async () => {},
    streams: () =>
      ['a', 'b'].map((name) =>
        stream({
          name,
          schema: items,
          slices: () => [1, 2, 3].map((part) => ({part})),
          read: ({http, slice: {part}}) => http.paginate<{id: number}>(`/${name}/${part}`),
        }),
      ),
  });
  // Long enough for the others to take all places.
  const clock = {now: () => NOW, sleep: async () => void (await delay(50))};
  const statuses = (await emissionsOf(source, ['a', 'b'], clock)).flatMap((message) => {
    const {stream_status} = (message.type === 'TRACE' && message.trace) || {};
    return stream_status ? [`${stream_status.stream_descriptor.name} ${stream_status.status}`] : [];
  });
  expect(statuses.filter((status) => status.endsWith('COMPLETE')).sort()).toEqual([
    'a COMPLETE',
    'b COMPLETE',
  ]);
});

test('a parent with three children is asked for once, as the log of its server shows', async () => {
  const asked: string[] = [];
  const origin = await serve(({url = ''}, response) => {
    asked.push(url);
    const last = url === '/issues?page=2';
    if (url.startsWith('/issues?') && !last) response.setHeader('link', '<?page=2>; rel="next"');
    const ids = {'/issues?page=1': [1, 2], '/issues?page=2': [3]}[url] ?? [9];
    response.end(JSON.stringify(ids.map((id) => ({id}))));
  });
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    connect: () => ({baseUrl: origin}),
    check: async () => {},
    streams: () => {
      const issues = stream({
        name: 'issues',
        schema: items,
        read: ({http}) =>
          http.paginate<{id: number}>('/issues', {query: {page: 1}, next: linkHeader()}),
      });
      const children = ['notes', 'votes', 'links'].map((name) =>
        stream({
          name,
          schema: items,
          slices: parent(issues, ({id}) => ({issue: id})),
          read: ({http, slice: {issue}}) => http.paginate<{id: number}>(`/issues/${issue}/${name}`),
        }),
      );
      return [issues, ...children];
    },
  });
  const messages = await readSource(source, {}, ['issues', 'notes', 'votes', 'links']);
  expect(recordsOf(messages, 'votes')).toEqual([{id: 9}, {id: 9}, {id: 9}]);
  expect(asked.sort()).toEqual([
    ...[1, 2, 3].flatMap((issue) =>
      ['links', 'notes', 'votes'].map((name) => `/issues/${issue}/${name}`),
    ),
    '/issues?page=1',
    '/issues?page=2',
  ]);
});
