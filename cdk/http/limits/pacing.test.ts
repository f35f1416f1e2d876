import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {eventClock} from '../../../test/http/event-clock.ts';
import {recordingScope, runWith} from '../../../test/http/run.ts';
import type {RequestScope, Wait} from '../request-scope.ts';
import type {HttpRequest, HttpResponse, Send} from '../types.ts';
import {type PacingOptions, withPacing} from './pacing.ts';
import {openWaits} from './waits.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const requestTo = (path: string, scope: RequestScope): HttpRequest => ({
  method: 'GET',
  url: new URL(path, 'https://api.test'),
  scope,
  headers: {},
});

type Headers = HttpResponse['headers'];

/** Sends with pacing to a server whose responses have these headers. `seconds` has the time of each request. */
const paced = (
  headersAt: (path: string, seconds: number) => Headers,
  options: PacingOptions = {},
  longest = 3_600_000,
) => {
  const clock = eventClock(NOW);
  const arrivals: number[] = [];
  const reported: Wait[] = [];
  const server: Send = async ({url}) => {
    const seconds = (clock.now() - NOW) / 1000;
    arrivals.push(seconds);
    const headers = headersAt(url.pathname, seconds);
    return {status: 'retry-after' in headers ? 429 : 200, headers, body: Buffer.alloc(0), url};
  };
  const signal = new AbortController().signal;
  const scope = recordingScope(reported);
  const {delay} = openWaits(runWith({clock, signal}), longest);
  const send = withPacing(server, options, {clock, delay, longest});
  return {
    arrivals,
    reported,
    send: (path = '/') => send(requestTo(path, scope)),
    sendAll: async (count: number) => {
      for (let sent = 0; sent < count; sent += 1) await send(requestTo('/', scope));
      return arrivals;
    },
  };
};

/** A server that counts in windows of a minute, as most do. */
const quotaServer = (limit: number, used = 0) => {
  let window = 0;
  let left = limit - used;
  return (_path: string, seconds: number): Headers => {
    const current = Math.floor(seconds / 60);
    if (current !== window) left = limit;
    window = current;
    left -= 1;
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, left)),
      'x-ratelimit-reset': String(NOW / 1000 + (window + 1) * 60),
    };
  };
};

describe('pacing', () => {
  test('delays nothing while a fifth of the quota is left', async () => {
    expect(await paced(quotaServer(10)).sendAll(9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('spreads the rest over the time until the reset, and then delays nothing', async () => {
    expect(await paced(quotaServer(100, 80)).sendAll(22)).toEqual([
      0,
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((turn) =>
        expect.closeTo((turn * 60) / 19, 1),
      ),
      60,
      60,
    ]);
  });

  test('waits for the reset if nothing is left, and reports it', async () => {
    const {sendAll, reported} = paced(quotaServer(3, 2));
    expect(await sendAll(3)).toEqual([0, 60, 60]);
    const reason = 'the quota of https://api.test is used up';
    expect(reported).toEqual([{until: NOW + 60_000, reason}]);
  });

  test('leaves others their share', async () => {
    expect(await paced(quotaServer(20), {leave: 0.5}).sendAll(11)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 60,
    ]);
  });

  test('uses up the quota if the reset is later than a run waits, then fails with the time to run again', async () => {
    const daily = (left: number): Headers => ({
      'ratelimit-limit': '1000',
      'ratelimit-remaining': String(left),
      'ratelimit-reset': '36000',
    });
    let left = 3;
    const {send, arrivals} = paced(() => {
      left -= 1;
      return daily(left);
    });
    await send();
    await send();
    await send();
    expect(await failureOf(() => send())).toBe(
      'TransientError: The quota of https://api.test is used up, which makes GET https://api.test/ wait 36000 s, ' +
        'longer than the 3600 s this run may wait: run again after 2026-01-01T10:00:00.000Z.',
    );
    expect(arrivals).toEqual([0, 0, 0]);
  });

  test('keeps the slowest of several quotas', async () => {
    const headers = {
      ratelimit: '"second";r=0;t=1, "day";r=0;t=7',
      'ratelimit-policy': '"second";q=5;w=1, "day";q=500;w=86400',
    };
    expect(await paced((_path, seconds) => (seconds === 0 ? headers : {})).sendAll(3)).toEqual([
      0, 7, 7,
    ]);
  });

  test('spaces concurrent requests too', async () => {
    const {send, arrivals} = paced((_path, seconds) =>
      seconds === 0
        ? {'ratelimit-limit': '100', 'ratelimit-remaining': '4', 'ratelimit-reset': '40'}
        : {},
    );
    await send();
    await Promise.all([send(), send(), send(), send(), send()]);
    expect(arrivals.map(Math.round)).toEqual([0, 10, 20, 30, 40, 40]);
  });

  test('waits for the reset in the headers that the author names', async () => {
    const headers = [{remaining: 'x-left', reset: 'x-filled-in', unit: 'ms' as const}];
    const {sendAll} = paced(() => ({'x-left': '0', 'x-filled-in': '9000'}), {headers});
    expect(await sendAll(3)).toEqual([0, 9, 18]);
  });

  test("keeps the rate at which Shopify's bucket of requests leaks", async () => {
    let used = 0;
    let at = 0;
    const highest: number[] = [];
    const {sendAll} = paced((_path, seconds) => {
      used = Math.max(0, used - (seconds - at) * 2) + 1;
      at = seconds;
      highest.push(used);
      return {'x-shopify-shop-api-call-limit': `${Math.ceil(used)}/40`};
    });
    const last = (await sendAll(240)).at(-1);
    // 240 requests: 40 at once, and the others at 2 a second.
    expect([Math.max(...highest) <= 40, last]).toEqual([true, expect.closeTo(100, -1)]);
  });

  test('keeps separate quotas for separate resources', async () => {
    const {send, arrivals} = paced((path) =>
      path === '/search'
        ? {
            'x-ratelimit-resource': 'search',
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': '30',
          }
        : {
            'x-ratelimit-resource': 'core',
            'x-ratelimit-remaining': '9',
            'x-ratelimit-reset': '30',
          },
    );
    for (const path of ['/search', '/repos/a', '/repos/b', '/search']) await send(path);
    expect(arrivals).toEqual([0, 0, 0, 30]);
  });

  test('leaves the wait to the retry if the response has Retry-After', async () => {
    const {sendAll} = paced(() => ({
      'retry-after': '1',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '60',
    }));
    expect(await sendAll(2)).toEqual([0, 0]);
  });

  test('keeps the known quota if a response has none', async () => {
    let first = true;
    const {sendAll} = paced(() => {
      if (!first) return {};
      first = false;
      return {'ratelimit-limit': '100', 'ratelimit-remaining': '2', 'ratelimit-reset': '20'};
    });
    expect((await sendAll(5)).map(Math.round)).toEqual([0, 10, 20, 20, 20]);
  });

  test.each([[-0.1], [1], [Number.NaN]])('rejects a share of %d', async (leave) => {
    expect(await failureOf(() => paced(() => ({}), {leave}))).toBe(
      `SystemError: \`pacing.leave\` is ${leave}, but must be a share of the quota: from 0 to below 1.`,
    );
  });
});
