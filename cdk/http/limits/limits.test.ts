import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {eventClock} from '../../../test/http/event-clock.ts';
import {recordingScope, runWith} from '../../../test/http/run.ts';
import {type RequestScope, SOURCE_SCOPE, type Wait} from '../request-scope.ts';
import type {HttpRequest, Send} from '../types.ts';
import type {Clock} from './clock.ts';
import {type Limit, withLimits} from './limits.ts';
import {openWaits} from './waits.ts';

const requestTo = (path: string, scope: RequestScope = SOURCE_SCOPE): HttpRequest => ({
  method: 'GET',
  url: new URL(path, 'https://api.test'),
  scope,
  headers: {},
});

type SetUp = {
  readonly signal?: AbortSignal;
  readonly longest?: number;
  /** The actual wake-up time of a sleep until this time. */
  readonly wakesAt?: (time: number) => number;
};

/** Sends through limits to a server that responds at once, and records when each request came. */
const limited = (
  limits: readonly Limit[],
  {
    signal = new AbortController().signal,
    longest = 3_600_000,
    wakesAt = (time) => time,
  }: SetUp = {},
) => {
  const onTime = eventClock();
  const clock: Clock = {
    now: onTime.now,
    sleep: (ms, woken) => onTime.sleep(wakesAt(onTime.now() + ms) - onTime.now(), woken),
  };
  const arrivals: [number, string][] = [];
  const reported: Wait[] = [];
  const log: string[] = [];
  const server: Send = async ({url}) => {
    arrivals.push([Math.round(clock.now()), url.pathname]);
    return {status: 200, headers: {}, body: Buffer.alloc(0), url};
  };
  const scope = recordingScope(reported);
  const {delay} = openWaits(
    runWith({clock, signal, log: (_level, message) => log.push(message)}),
    longest,
  );
  const send = withLimits(server, limits, {clock, delay});
  return {
    clock,
    arrivals,
    reported,
    log,
    send: (path: string) => send(requestTo(path, scope)),
    sendAll: (paths: readonly string[]) =>
      Promise.all(paths.map((path) => send(requestTo(path, scope)))),
  };
};

const numbered = (count: number) => Array.from({length: count}, (_, index) => `/${index}`);

describe('a declared limit', () => {
  test('spaces requests evenly, in the order in which they came', async () => {
    const {sendAll, arrivals} = limited([{requests: 20, per: {seconds: 1}}]);
    await sendAll(numbered(6));
    expect(arrivals).toEqual([
      [0, '/0'],
      [50, '/1'],
      [100, '/2'],
      [150, '/3'],
      [200, '/4'],
      [250, '/5'],
    ]);
  });

  test('applies to each key by itself', async () => {
    const each = ({url}: HttpRequest) => url.pathname.slice(0, 2);
    const {sendAll, arrivals} = limited([{requests: 10, per: {seconds: 1}, each}]);
    await sendAll(['/a1', '/a2', '/b1', '/a3', '/b2']);
    expect(arrivals).toEqual([
      [0, '/a1'],
      [0, '/b1'],
      [100, '/a2'],
      [100, '/b2'],
      [200, '/a3'],
    ]);
  });

  test('allows as many at once as its burst', async () => {
    const {sendAll, arrivals} = limited([{requests: 10, per: {seconds: 1}, burst: 3}]);
    await sendAll(numbered(5));
    expect(arrivals).toEqual([
      [0, '/0'],
      [0, '/1'],
      [0, '/2'],
      [100, '/3'],
      [200, '/4'],
    ]);
  });

  test('is restored in a pause, but never above its burst', async () => {
    const {sendAll, arrivals, clock} = limited([{requests: 10, per: {seconds: 1}, burst: 2}]);
    await sendAll(['/a', '/b']);
    await clock.sleep(60_000, new AbortController().signal);
    await sendAll(['/c', '/d', '/e']);
    expect(arrivals).toEqual([
      [0, '/a'],
      [0, '/b'],
      [60_000, '/c'],
      [60_000, '/d'],
      [60_100, '/e'],
    ]);
  });

  test('delays sequential requests too', async () => {
    const {send, arrivals} = limited([{requests: 600, per: {seconds: 60}}]);
    for (const path of numbered(4)) await send(path);
    expect(arrivals.map(([at]) => at)).toEqual([0, 100, 200, 300]);
  });

  test('keeps its rate over a thousand requests', async () => {
    const {sendAll, arrivals} = limited([{requests: 7, per: {seconds: 1}}]);
    await sendAll(numbered(1_001));
    expect(arrivals.map(([, path]) => path)).toEqual(numbered(1_001));
    expect(arrivals.at(-1)?.[0]).toBeGreaterThanOrEqual(142_857);
    expect(arrivals.at(-1)?.[0]).toBeLessThan(142_857 * 1.01);
  });

  test('keeps its rate with timers that are late', async () => {
    const limits = [{requests: 200, per: {seconds: 1}}];
    const late = {wakesAt: (time: number) => time + 1.3};
    const atOnce = limited(limits, late);
    await atOnce.sendAll(numbered(1_000));
    const inTurn = limited(limits, late);
    for (const path of numbered(1_000)) await inTurn.send(path);
    const ideal = (999 / 200) * 1_000;
    for (const {arrivals} of [atOnce, inTurn]) {
      expect(arrivals.at(-1)?.[0]).toBeGreaterThanOrEqual(ideal);
      expect(arrivals.at(-1)?.[0]).toBeLessThan(ideal + 5);
    }
  });

  test('does not send a burst after the process was asleep', async () => {
    const wakesAt = (time: number) => Math.max(time, 3_000);
    const {sendAll, arrivals} = limited([{requests: 200, per: {seconds: 1}}], {wakesAt});
    await sendAll(numbered(6));
    expect(arrivals.map(([at]) => at)).toEqual([0, 3_000, 3_000, 3_000, 3_005, 3_010]);
  });

  test.each<[string, Partial<Limit>]>([
    ['no requests', {requests: 0}],
    ['no time', {per: {seconds: 0}}],
    ['no burst', {burst: 0.5}],
    ['no number', {requests: Number.NaN}],
  ])('of %s is an error', async (_what, wrong) => {
    const failure = await failureOf(() => limited([{requests: 1, per: {seconds: 1}, ...wrong}]));
    expect(failure).toMatch(/^SystemError: A limit of .* lets no request through: /);
  });
});

describe('several limits', () => {
  test('all apply: requests wait for the slowest', async () => {
    const {sendAll, arrivals} = limited([
      {requests: 10, per: {seconds: 1}},
      {requests: 3, per: {seconds: 60}, burst: 3},
    ]);
    await sendAll(numbered(5));
    expect(arrivals.map(([at]) => at)).toEqual([0, 100, 200, 20_000, 40_000]);
  });

  test('delay only the requests that they match, by a path or a function', async () => {
    const {sendAll, arrivals} = limited([
      {requests: 1, per: {seconds: 1}, match: '/search/*'},
      {requests: 1, per: {seconds: 2}, match: ({url}) => url.pathname.endsWith('.csv')},
    ]);
    await sendAll(['/search/a', '/search/b.csv', '/c.csv', '/search', '/researched', '/d']);
    expect(arrivals.toSorted()).toEqual([
      [0, '/c.csv'],
      [0, '/d'],
      [0, '/researched'],
      [0, '/search'],
      [0, '/search/a'],
      [2000, '/search/b.csv'],
    ]);
  });

  test('keep the token that an earlier request waits for from later ones', async () => {
    const {sendAll, arrivals} = limited([
      {requests: 1, per: {seconds: 1}},
      {requests: 1, per: {seconds: 3}, match: '/rare'},
    ]);
    await sendAll(['/rare', '/rare', '/a', '/b', '/c', '/d']);
    expect(arrivals).toEqual([
      [0, '/rare'],
      [1000, '/a'],
      [2000, '/b'],
      [3000, '/rare'],
      [4000, '/c'],
      [5000, '/d'],
    ]);
  });
});

describe('a wait for a limit', () => {
  test('is reported beforehand if it is longer than five seconds', async () => {
    const {sendAll, reported, log} = limited([{requests: 1, per: {seconds: 4}}]);
    await sendAll(['/a', '/b', '/c']);
    const reason = 'the declared limit is 1 request in 4 s';
    expect(reported).toEqual([{until: 8_000, reason}]);
    expect(log).toEqual([`GET https://api.test/b waits 4.0 s: ${reason}.`]);
  });

  test('is logged from one second on, once a minute', async () => {
    const {send, log} = limited([
      {requests: 20, per: {minutes: 1}, match: '/often'},
      {requests: 2, per: {seconds: 1}, match: '/fast'},
    ]);
    for (let count = 0; count < 50; count += 1) await send('/often');
    for (let count = 0; count < 5; count += 1) await send('/fast');
    expect(log).toEqual(
      Array.from(
        {length: 3},
        () =>
          'GET https://api.test/often waits 3.0 s: the declared limit is 20 requests per minute.',
      ),
    );
  });

  test('that is longer than a minute is always logged', async () => {
    const {sendAll, log} = limited([{requests: 1, per: {minutes: 2}}]);
    await sendAll(['/a', '/b', '/c']);
    expect(log).toEqual(
      [['b', 120] as const, ['c', 240] as const].map(
        ([path, seconds]) =>
          `GET https://api.test/${path} waits ${seconds}.0 s: the declared limit is 1 request in 120 s.`,
      ),
    );
  });

  test('sends as many as the period and the burst allow, less one, in the first period', async () => {
    const {sendAll, arrivals} = limited([{requests: 10, per: {minutes: 1}, burst: 10}]);
    await sendAll(numbered(30));
    expect(arrivals.filter(([at]) => at === 0)).toHaveLength(10);
    expect(arrivals.filter(([at]) => at < 60_000)).toHaveLength(19);
  });

  test('that is longer than the run may wait is an error at once, and delays no other request', async () => {
    const {send, arrivals} = limited([{requests: 1, per: {seconds: 60}}], {longest: 90_000});
    const [, second, third, fourth] = await Promise.allSettled([
      send('/a'),
      send('/b'),
      send('/c'),
      send('/d'),
    ]);
    expect([second?.status, fourth?.status]).toEqual(['fulfilled', 'rejected']);
    expect(third).toEqual({
      status: 'rejected',
      reason: new Error(
        'The declared limit is 1 request per minute, which makes GET https://api.test/c wait 120 s, ' +
          'longer than the 90 s this run may wait: run again after 1970-01-01T00:02:00.000Z.',
      ),
    });
    expect(arrivals).toEqual([
      [0, '/a'],
      [60_000, '/b'],
    ]);
  });

  test("ends with the signal's reason when the run is stopped", async () => {
    const stop = new AbortController();
    const stopped = new RangeError('Stopped by SIGTERM.');
    const {sendAll, arrivals} = limited([{requests: 1, per: {seconds: 4}}], {signal: stop.signal});
    const sending = sendAll(['/a', '/b']);
    stop.abort(stopped);
    await expect(sending).rejects.toBe(stopped);
    expect(arrivals).toEqual([[0, '/a']]);
  });
});
