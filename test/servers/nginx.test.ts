// Rate limits and dropped connections against nginx, which responds with 429 to requests beyond its limits.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ROOT, workspace} from '../e2e/run-program.ts';
import {type Nginx, type Seen, startNginx} from './nginx.ts';
import {readStream} from './reading.ts';
import {describeWith} from './servers.ts';

const LIST = join(ROOT, 'test/programs/list/main.ts');
const LISTS = {long: 1_000, quota: 1, short: 25, dropped: 5};
const RETRY_AFTER = 1_000;

const place = workspace();

/** Reads a list, or its first page in several slices at once. Also resolves to the requests that nginx saw. */
const readFrom = async (
  server: Nginx,
  list: keyof typeof LISTS,
  more: object = {},
  stream = 'items',
) => {
  const config = {api_url: server.url, path: `/${list}/1.json`, ...more};
  const {records, errors, status} = await readStream(LIST, place, {
    stream,
    config,
    syncMode: 'full_refresh',
  });
  return {read: {records, errors, status}, seen: server.log()};
};

const itemsOf = (pages: number) => Array.from({length: 2 * pages}, (_, index) => ({id: index + 1}));

/** The items of the first page, read `count` times. */
const firstItems = (times: number) => Array.from({length: times}, () => itemsOf(1)).flat();

const pagesOf = (list: string, count: number) =>
  Array.from({length: count}, (_, index) => `/${list}/${index + 1}.json`);

const pathsWith = (seen: readonly Seen[], wanted: number) =>
  seen.flatMap(({status, path}) => (status === wanted ? [path] : []));

/** Milliseconds from the first request to the last. */
const spanOf = (seen: readonly Seen[]): number =>
  (seen.at(-1)?.at ?? Number.NaN) - (seen[0]?.at ?? Number.NaN);

/**
 * Sends a thousand requests, of which nginx must reject next to none, in the time that 100 a second take, plus or minus
 * 15 %. A busy machine only adds time, so the best of three counts. Resolves to the requests that nginx saw.
 */
const readAtLimit = async (
  records: readonly object[],
  attempt: () => ReturnType<typeof readFrom>,
): Promise<readonly Seen[]> => {
  const ideal = (999 / 100) * 1_000;
  for (let left = 3; ; left -= 1) {
    const {read, seen} = await attempt();
    expect(read).toEqual({records, errors: [], status: 0});
    const [refused, pace] = [pathsWith(seen, 429).length, spanOf(seen) / ideal];
    expect(pace).toBeGreaterThan(0.85);
    if (left > 1 && (refused > 5 || pace > 1.15)) continue;
    expect(refused).toBeLessThanOrEqual(5);
    expect(pace).toBeLessThan(1.15);
    return seen;
  }
};

describeWith('nginx')('a list served by nginx', () => {
  const limits = [{requests: 100, per: {seconds: 1}}];
  let server: Nginx;
  beforeAll(async () => {
    server = await startNginx(place.folder, LISTS);
  });
  afterAll(() => server.close());

  test('is read as fast as a declared limit allows, and next to nothing is rejected', async () => {
    const attempt = () => readFrom(server, 'long', {limits});
    const seen = await readAtLimit(itemsOf(1_000), attempt);
    expect(pathsWith(seen, 200)).toEqual(pagesOf('long', 1_000));
  }, 180_000);

  test('sends a thousand requests that wait at the same time as fast as the limit allows', async () => {
    const attempt = () => readFrom(server, 'long', {limits, loops: 1_000}, 'at_once');
    const seen = await readAtLimit(firstItems(1_000), attempt);
    expect(pathsWith(seen, 200)).toHaveLength(1_000);
  }, 180_000);

  test('delays all requests until the quota that one response reported is reset', async () => {
    const {read, seen} = await readFrom(server, 'quota', {loops: 4, requests: 15}, 'at_once');
    expect(read).toEqual({records: firstItems(60), errors: [], status: 0});
    expect(pathsWith(seen, 200)).toHaveLength(60);
    const refusals = seen.filter(({status}) => status === 429);
    expect(refusals).not.toEqual([]);
    // Requests that were pending at the rejection have ended by then.
    const early = refusals.flatMap((refusal) =>
      seen.filter(({at}) => at > refusal.at + 300 && at < refusal.at + RETRY_AFTER - 5),
    );
    expect(early).toEqual([]);
  }, 60_000);

  test('is complete without a declared limit, too: rejected requests are retried when nginx says', async () => {
    const {read, seen} = await readFrom(server, 'short');
    expect(read).toEqual({records: itemsOf(25), errors: [], status: 0});
    expect(pathsWith(seen, 200)).toEqual(pagesOf('short', 25));
    const refused = pathsWith(seen, 429);
    expect(refused.length).toBeGreaterThan(5);
    expect(seen).toHaveLength(25 + refused.length);
    const waits = seen.flatMap(({status, at}, index) =>
      status === 429 ? [(seen[index + 1]?.at ?? Number.NaN) - at] : [],
    );
    // Timers and logs are rounded to milliseconds.
    expect(Math.min(...waits)).toBeGreaterThan(RETRY_AFTER - 5);
  }, 120_000);

  test('fails with a transient error at a page whose connection is always dropped, and keeps the pages before', async () => {
    const limits = [{requests: 20, per: {seconds: 1}}];
    const {read, seen} = await readFrom(server, 'dropped', {limits, retry: {attempts: 3}});
    expect(read).toEqual({
      records: itemsOf(2),
      errors: [
        `items transient_error: GET ${server.url}/dropped/3.json failed 3 times, the last time with UND_ERR_SOCKET. ` +
          `Check that ${new URL(server.url).host} can be reached from here; if it can, try again later.`,
        'all transient_error: 1 of 1 streams failed: items. The errors before this one say why.',
      ],
      status: 1,
    });
    expect(seen.map(({status, path}) => `${status} ${path}`)).toEqual([
      '200 /dropped/1.json',
      '200 /dropped/2.json',
      ...Array.from({length: 3}, () => '444 /dropped/3.json'),
    ]);
    // The two waits before the second and the third attempt are at most one second and two.
    expect(spanOf(seen)).toBeLessThan(4_000);
  }, 30_000);
});
