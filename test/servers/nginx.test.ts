// Rate limits and dropped connections against nginx, which answers 429 to those that ask faster than it is told to take.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ROOT, workspace} from '../e2e/run-program.ts';
import {type Nginx, type Seen, startNginx} from './nginx.ts';
import {readStream} from './reading.ts';
import {describeWith} from './servers.ts';

const LIST = join(ROOT, 'test/programs/list/main.ts');
const LISTS = {long: 1_000, told: 1, short: 25, dropped: 5};
const RETRY_AFTER = 1_000;

const place = workspace();

/** Reads a list, or its first page in several loops at once; and what nginx saw of it. */
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

/** Of the first page, asked for so often. */
const firstItems = (times: number) => Array.from({length: times}, () => itemsOf(1)).flat();

const pagesOf = (list: string, count: number) =>
  Array.from({length: count}, (_, index) => `/${list}/${index + 1}.json`);

const pathsWith = (seen: readonly Seen[], wanted: number) =>
  seen.flatMap(({status, path}) => (status === wanted ? [path] : []));

/** Milliseconds from the first request to the last. */
const spanOf = (seen: readonly Seen[]): number =>
  (seen.at(-1)?.at ?? Number.NaN) - (seen[0]?.at ?? Number.NaN);

/**
 * Asks a thousand times and says what nginx saw of it: next to no refusal, in the time that 100 a second make of it, give
 * or take 15 %. A machine that is busy with other things only ever adds time, so the best of three counts.
 */
const askAtLimit = async (
  records: readonly object[],
  ask: () => ReturnType<typeof readFrom>,
): Promise<readonly Seen[]> => {
  const ideal = (999 / 100) * 1_000;
  for (let left = 3; ; left -= 1) {
    const {read, seen} = await ask();
    expect(read).toEqual({records, errors: [], status: 0});
    const [refused, pace] = [pathsWith(seen, 429).length, spanOf(seen) / ideal];
    expect(pace).toBeGreaterThan(0.85);
    if (left > 1 && (refused > 5 || pace > 1.15)) continue;
    expect(refused).toBeLessThanOrEqual(5);
    expect(pace).toBeLessThan(1.15);
    return seen;
  }
};

describeWith('nginx')('a list behind nginx', () => {
  const limits = [{requests: 100, per: {seconds: 1}}];
  let server: Nginx;
  beforeAll(async () => {
    server = await startNginx(place.folder, LISTS);
  });
  afterAll(() => server.close());

  test('is read as fast as a declared limit lets it, and next to nothing is refused', async () => {
    const ask = () => readFrom(server, 'long', {limits});
    const seen = await askAtLimit(itemsOf(1_000), ask);
    expect(pathsWith(seen, 200)).toEqual(pagesOf('long', 1_000));
  }, 180_000);

  test('lets a thousand requests that wait at the same time pass as fast as the limit does', async () => {
    const ask = () => readFrom(server, 'long', {limits, loops: 1_000}, 'at_once');
    const seen = await askAtLimit(firstItems(1_000), ask);
    expect(pathsWith(seen, 200)).toHaveLength(1_000);
  }, 180_000);

  test('holds all lanes back until the quota that one of them was told of is filled again', async () => {
    const {read, seen} = await readFrom(server, 'told', {loops: 4, requests: 15}, 'at_once');
    expect(read).toEqual({records: firstItems(60), errors: [], status: 0});
    expect(pathsWith(seen, 200)).toHaveLength(60);
    const refusals = seen.filter(({status}) => status === 429);
    expect(refusals).not.toEqual([]);
    // What was on its way when the refusal came is past by then.
    const early = refusals.flatMap((refusal) =>
      seen.filter(({at}) => at > refusal.at + 300 && at < refusal.at + RETRY_AFTER - 5),
    );
    expect(early).toEqual([]);
  }, 60_000);

  test('is whole without a declared limit too: what is refused is asked for again when nginx says', async () => {
    const {read, seen} = await readFrom(server, 'short');
    expect(read).toEqual({records: itemsOf(25), errors: [], status: 0});
    expect(pathsWith(seen, 200)).toEqual(pagesOf('short', 25));
    const refused = pathsWith(seen, 429);
    expect(refused.length).toBeGreaterThan(5);
    expect(seen).toHaveLength(25 + refused.length);
    const waits = seen.flatMap(({status, at}, index) =>
      status === 429 ? [(seen[index + 1]?.at ?? Number.NaN) - at] : [],
    );
    // Timers and logs have whole milliseconds.
    expect(Math.min(...waits)).toBeGreaterThan(RETRY_AFTER - 5);
  }, 120_000);

  test('fails for now at a page whose connection is dropped each time, and keeps those before it', async () => {
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
