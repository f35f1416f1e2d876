import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {eventClock} from '../../../test/http/event-clock.ts';
import {recordingScope, runWith} from '../../../test/http/run.ts';
import {type RequestScope, SOURCE_SCOPE, type Wait} from '../request-scope.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import type {PacingOptions} from './pacing.ts';
import {withQueryCost} from './query-cost.ts';
import {openWaits} from './waits.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const requestOf = (query: string, scope: RequestScope): HttpRequest => ({
  method: 'POST',
  url: new URL('https://api.test/graphql'),
  scope,
  headers: {},
  json: {query, variables: {}},
});

type Reply = {
  readonly json: unknown;
  readonly status?: number;
  readonly headers?: HttpResponse['headers'];
  /** The time until the response. */
  readonly ms?: number;
};

/** Sends to a server in a function, which gets the query and the milliseconds since the start. */
const paced = (
  server: (query: string, ms: number) => Reply,
  options: PacingOptions = {},
  longest = 3_700_000,
) => {
  const clock = eventClock(NOW);
  const signal = new AbortController().signal;
  const arrivals: number[] = [];
  const reported: Wait[] = [];
  const wire: Send = async ({url, json}) => {
    const at = clock.now() - NOW;
    arrivals.push(at / 1000);
    const response = server(String(json?.['query']), at);
    if (response.ms !== undefined) await clock.sleep(response.ms, signal);
    const body = Buffer.from(JSON.stringify(response.json));
    return {status: response.status ?? 200, headers: response.headers ?? {}, body, url};
  };
  const scope = recordingScope(reported);
  const {delay} = openWaits(runWith({clock, signal}), longest);
  const layer = withQueryCost(wire, options, {clock, delay, longest});
  const send = (query: string) => layer(requestOf(query, scope));
  return {
    arrivals,
    reported,
    send,
    pause: (ms: number) => clock.sleep(ms, signal),
    sendAll: async (...queries: readonly string[]) => {
      for (const query of queries) await send(query);
      return arrivals;
    },
    seconds: () => (clock.now() - NOW) / 1000,
  };
};

/** The bucket of a Shopify shop: it reserves the requested cost until the response, then restores the unused part. */
const shopify = ({maximum = 1000, rate = 50, ms = 0, used = 1} = {}) => {
  let available = maximum;
  let at = 0;
  const state = {throttled: 0};
  const refill = (now: number) => {
    available = Math.min(maximum, available + ((now - at) / 1000) * rate);
    at = now;
  };
  return {
    state,
    /** The number in the query is its cost. */
    respond: (query: string, now: number): Reply => {
      refill(now);
      const requested = Number(/\d+/.exec(query)?.[0]);
      const throttled = available < requested;
      if (throttled) state.throttled += 1;
      else available -= requested * used;
      const cost = {
        requestedQueryCost: requested,
        actualQueryCost: throttled ? null : requested * used,
        throttleStatus: {
          maximumAvailable: maximum,
          currentlyAvailable: Math.floor(available),
          restoreRate: rate,
        },
      };
      return {json: {data: throttled ? null : {}, extensions: {cost}}, ms};
    },
  };
};

const many = (count: number, query: string): readonly string[] =>
  Array.from({length: count}, () => query);

describe('a bucket of points, as at Shopify', () => {
  test('is never overdrawn: 100 queries of 50 points take as long as these points take to restore', async () => {
    const server = shopify();
    const {sendAll, seconds} = paced(server.respond);
    await sendAll(...many(100, '{ a50 }'));
    // 5,000 points, of which 1,000 are available.
    expect([server.state.throttled, seconds()]).toEqual([0, expect.closeTo(80, 0)]);
  });

  test('is never overdrawn by concurrent queries of two costs', async () => {
    const server = shopify({ms: 200});
    const {sendAll, seconds} = paced(server.respond);
    const stream = (query: string) => sendAll(...many(25, query));
    await sendAll('{ a50 }', '{ b90 }');
    await Promise.all([stream('{ a50 }'), stream('{ b90 }'), stream('{ a50 }'), stream('{ b90 }')]);
    // 50 + 90 + 50 times 50 + 50 times 90 points, of which 1,000 are available.
    expect(server.state.throttled).toBe(0);
    expect(seconds()).toBeGreaterThan(122);
    expect(seconds()).toBeLessThan(122 * 1.05);
  });

  test('reserves the requested cost of a query, even if it uses less', async () => {
    const server = shopify({maximum: 100, rate: 10, used: 0.5});
    const {sendAll, arrivals} = paced(server.respond);
    await sendAll(...many(4, '{ a80 }'));
    expect([server.state.throttled, arrivals]).toEqual([0, [0, 2, 6, 10]]);
  });

  test('never exceeds its maximum, however long the pause', async () => {
    const server = shopify({maximum: 100, rate: 10, ms: 100});
    const {sendAll, send, pause} = paced(server.respond);
    await sendAll('{ a60 }');
    await pause(60_000);
    await Promise.all([send('{ a60 }'), send('{ a60 }')]);
    expect(server.state.throttled).toBe(0);
  });

  test('assumes that a new query costs as much as the most expensive one so far', async () => {
    const server = shopify({maximum: 100, rate: 10});
    const {sendAll} = paced(server.respond);
    expect(await sendAll('{ a60 }', '{ b10 }', '{ b10 }', '{ a60 }')).toEqual([0, 2, 2, 4]);
  });

  test('sends queries in the order in which they came', async () => {
    const server = shopify({maximum: 100, rate: 10});
    const order: string[] = [];
    const {sendAll, send} = paced((query, ms) => {
      order.push(query);
      return server.respond(query, ms);
    });
    await sendAll('{ a60 }', '{ b10 }');
    await Promise.all([send('{ a60 }'), send('{ b10 }')]);
    expect(order.slice(2)).toEqual(['{ a60 }', '{ b10 }']);
  });

  test('leaves others their share', async () => {
    const server = shopify({maximum: 100, rate: 10});
    const {sendAll} = paced(server.respond, {leave: 0.5});
    expect(await sendAll(...many(3, '{ a40 }'))).toEqual([0, 3, 7]);
  });

  test('sends a query that costs more than its maximum when it is full', async () => {
    const server = shopify({maximum: 100, rate: 10});
    const {sendAll} = paced(server.respond);
    expect(await sendAll('{ a90 }', '{ b120 }', '{ b120 }')).toEqual([0, 8, 9]);
  });

  test('is known from a throttled response too, and the wait is reported', async () => {
    const cost = {
      requestedQueryCost: 202,
      actualQueryCost: null,
      throttleStatus: {maximumAvailable: 1000, currentlyAvailable: 2, restoreRate: 20},
    };
    const {sendAll, reported} = paced(() => ({
      status: 429,
      json: {message: '', extensions: {cost}},
    }));
    const reason = 'the points for queries of https://api.test are used up';
    expect(await sendAll('{ a }', '{ b }')).toEqual([0, 10]);
    expect(reported).toEqual([{until: NOW + 10_000, reason}]);
  });
});

/** GitHub's points, by an alias. The number in a query is its cost. */
const github = (limit: number, used = 0) => {
  let window = 0;
  let left = limit - used;
  return (query: string, ms: number): Reply => {
    const current = Math.floor(ms / 3_600_000);
    if (current !== window) left = limit;
    window = current;
    const cost = Number(/\d+/.exec(query)?.[0]);
    left -= cost;
    const resetAt = new Date(NOW + (window + 1) * 3_600_000).toISOString();
    return {json: {data: {viewer: {}, points: {limit, cost, remaining: left, resetAt}}}};
  };
};

describe('points that are restored at a certain time, as at GitHub', () => {
  test('delay nothing while a fifth of them is left', async () => {
    expect(await paced(github(5000)).sendAll(...many(4, '{ a1000 }'))).toEqual([0, 0, 0, 0]);
  });

  test('are spread over the time until then by the cost of a query', async () => {
    const {sendAll} = paced(github(1000, 850));
    expect((await sendAll(...many(6, '{ a25 }'))).map(Math.round)).toEqual([
      0, 720, 1440, 2160, 2880, 3600,
    ]);
  });

  test('delay queries until the reset if they do not suffice, and the wait is reported', async () => {
    const {sendAll, reported} = paced(github(100, 60));
    expect(await sendAll('{ a30 }', '{ a30 }', '{ a30 }')).toEqual([0, 3600, 3600]);
    const reason = 'the points for queries of https://api.test are used up';
    expect(reported).toEqual([{until: NOW + 3_600_000, reason}]);
  });

  test('fail a query at once if they are used up and the run may not wait so long', async () => {
    const {sendAll} = paced(github(100, 60), {}, 60_000);
    expect(await failureOf(() => sendAll('{ a30 }', '{ a30 }'))).toBe(
      'TransientError: The points for queries of https://api.test are used up, which makes POST ' +
        'https://api.test/graphql wait 3600 s, longer than the 60 s this run may wait: run again after ' +
        '2026-01-01T01:00:00.000Z.',
    );
  });

  test('leave others their share', async () => {
    const {sendAll} = paced(github(100), {leave: 0.5});
    expect(await sendAll('{ a20 }', '{ a20 }', '{ a20 }')).toEqual([0, 0, 3600]);
  });

  test("are measured by the server's own clock", async () => {
    const rateLimit = {cost: 1, remaining: 0, limit: 5000, resetAt: '2026-01-01T10:00:09Z'};
    const headers = {date: 'Thu, 01 Jan 2026 10:00:00 GMT'};
    const {sendAll} = paced((_query, ms) => ({json: {data: ms === 0 ? {rateLimit} : {}}, headers}));
    expect(await sendAll('{ a }', '{ a }')).toEqual([0, 9]);
  });

  test('are less by the cost of pending queries, which a response may not have counted', async () => {
    let remaining = 40;
    const resetAt = '2026-01-01T00:01:00Z';
    const {sendAll, send, arrivals} = paced((query) => {
      if (query !== '{ slow }') remaining -= 10;
      return {
        json: {data: {rateLimit: {cost: 10, remaining, resetAt}}},
        ms: query === '{ slow }' ? 5_000 : 1_000,
      };
    });
    await sendAll('{ a }');
    const slow = send('{ slow }');
    await sendAll('{ a }', '{ a }', '{ a }');
    await slow;
    // Of the 30 that are left after the first, the slow one takes 10 and two others the rest.
    expect(arrivals).toEqual([0, 1, 1, 2, 60]);
  });
});

describe('responses without points', () => {
  const sent = async (json: unknown) => paced(() => ({json})).sendAll('{ a }', '{ a }', '{ a }');

  test.each([
    [{data: {items: [{cost: 5}]}}],
    [{data: {items: {cost: 5, resetAt: 'soon', remaining: 0}}}],
    [{data: {rateLimit: {cost: 5, resetAt: '2027-01-01T00:00:00Z'}}}],
    [{data: null, extensions: {cost: {requestedQueryCost: 5, throttleStatus: null}}}],
    [
      {
        extensions: {
          cost: {
            requestedQueryCost: 5,
            throttleStatus: {maximumAvailable: 9, currentlyAvailable: 0, restoreRate: 0},
          },
        },
      },
    ],
  ])('cause no delay: %j', async (json) => {
    expect(await sent(json)).toEqual([0, 0, 0]);
  });

  test('are not parsed if their bytes contain no cost', async () => {
    const layer = withQueryCost(
      async ({url}) => ({status: 200, headers: {}, body: Buffer.from('{"data": {"a'), url}),
      {},
      {clock: eventClock(NOW), delay: async () => {}, longest: 0},
    );
    const response = await layer(requestOf('{ a }', SOURCE_SCOPE));
    expect(response.body.toString()).toBe('{"data": {"a');
  });

  test('cause no delay if the request is not a query', async () => {
    const rateLimit = {cost: 1, remaining: 0, resetAt: '2026-01-01T00:01:00Z'};
    const clock = eventClock(NOW);
    const sentAt: number[] = [];
    const layer = withQueryCost(
      async ({url}) => {
        sentAt.push(clock.now() - NOW);
        return {
          status: 200,
          headers: {},
          body: Buffer.from(JSON.stringify({data: {rateLimit}})),
          url,
        };
      },
      {},
      {
        clock,
        delay: async () => {
          throw new Error('It waits.');
        },
        longest: 3_600_000,
      },
    );
    const search: HttpRequest = {...requestOf('', SOURCE_SCOPE), json: {filter: 'a'}};
    await layer(search);
    await layer(search);
    expect(sentAt).toEqual([0, 0]);
  });
});

test('a query that failed counts as one that used its points', async () => {
  const server = shopify({maximum: 100, rate: 10});
  let count = 0;
  const {sendAll, send, arrivals} = paced((query, ms) => {
    count += 1;
    if (count === 2) throw new Error('The connection broke.');
    return server.respond(query, ms);
  });
  await sendAll('{ a60 }');
  await failureOf(() => send('{ a60 }'));
  await sendAll('{ a60 }');
  expect(arrivals).toEqual([0, 2, 8]);
});
