// Rate limits and dropped connections against nginx, which answers 429 to those that ask faster than it is told to take.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {type Nginx, type Seen, startNginx} from '../../test/support/nginx.ts';
import {ROOT, workspace} from '../../test/support/program.ts';
import {checkConfig, readStream} from '../../test/support/reading.ts';
import {describeWith} from '../../test/support/servers.ts';

const LIST = join(ROOT, 'test/programs/list/main.ts');
const LISTS = {long: 1_000, told: 1, short: 25, dropped: 5};
const RETRY_AFTER = 1_000;

const place = workspace();

/** Reads a list; and what nginx saw of it. */
const readList = async (server: Nginx, list: keyof typeof LISTS, more: object = {}) => {
  const config = {api_url: server.url, path: `/${list}/1.json`, ...more};
  const read = await readStream(LIST, place, {stream: 'items', config, syncMode: 'full_refresh'});
  return {...read, seen: server.log()};
};

/** Asks for one page in several lanes at once; and what nginx saw of it. */
const checkPage = async (server: Nginx, list: keyof typeof LISTS, more: object) => {
  const config = {api_url: server.url, path: `/${list}/1.json`, ...more};
  return {result: await checkConfig(LIST, place, config), seen: server.log()};
};

const itemsOf = (pages: number) => Array.from({length: 2 * pages}, (_, index) => ({id: index + 1}));

const pagesOf = (list: string, count: number) =>
  Array.from({length: count}, (_, index) => `/${list}/${index + 1}.json`);

const pathsWith = (seen: readonly Seen[], wanted: number) =>
  seen.flatMap(({status, path}) => (status === wanted ? [path] : []));

/** Milliseconds from the first request to the last. */
const spanOf = (seen: readonly Seen[]): number =>
  (seen.at(-1)?.at ?? Number.NaN) - (seen[0]?.at ?? Number.NaN);

/** A thousand requests took what 200 in a second make of it, give or take 15 %, and next to none was refused. */
const expectExactLimit = (seen: readonly Seen[]) => {
  expect(pathsWith(seen, 200)).toHaveLength(1_000);
  expect(pathsWith(seen, 429).length).toBeLessThanOrEqual(5);
  const ideal = (999 / 200) * 1_000;
  expect(spanOf(seen)).toBeGreaterThan(0.85 * ideal);
  expect(spanOf(seen)).toBeLessThan(1.15 * ideal);
};

describeWith('nginx')('a list behind nginx', () => {
  const limits = [{requests: 200, per: {seconds: 1}}];
  let server: Nginx;
  beforeAll(async () => {
    server = await startNginx(place.folder, LISTS);
  });
  afterAll(() => server.close());

  test('is read as fast as a declared limit lets it, and next to nothing is refused', async () => {
    const {records, errors, status, seen} = await readList(server, 'long', {limits});
    expect({records, errors, status}).toEqual({records: itemsOf(1_000), errors: [], status: 0});
    expect(pathsWith(seen, 200)).toEqual(pagesOf('long', 1_000));
    expectExactLimit(seen);
  }, 60_000);

  test('lets a thousand requests that wait at the same time pass as fast as the limit does', async () => {
    const {result, seen} = await checkPage(server, 'long', {limits, lanes: 1_000});
    expect(result).toEqual([{status: 'SUCCEEDED'}]);
    expectExactLimit(seen);
  }, 60_000);

  test('holds all lanes back until the quota that one of them was told of is filled again', async () => {
    const {result, seen} = await checkPage(server, 'told', {lanes: 4, requests: 15});
    expect(result).toEqual([{status: 'SUCCEEDED'}]);
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
    const {records, errors, status, seen} = await readList(server, 'short');
    expect({records, errors, status}).toEqual({records: itemsOf(25), errors: [], status: 0});
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
    const {records, errors, status, seen} = await readList(server, 'dropped', {
      limits,
      retry: {attempts: 3},
    });
    expect(records).toEqual(itemsOf(2));
    expect(errors).toEqual([
      `items transient_error: GET ${server.url}/dropped/3.json failed 3 times, the last time with UND_ERR_SOCKET. ` +
        `Check that ${new URL(server.url).host} can be reached from here; if it can, try again later.`,
      'all transient_error: 1 of 1 streams failed: items. The errors before this one say why.',
    ]);
    expect(status).toBe(1);
    expect(seen.map(({status, path}) => `${status} ${path}`)).toEqual([
      '200 /dropped/1.json',
      '200 /dropped/2.json',
      ...Array.from({length: 3}, () => '444 /dropped/3.json'),
    ]);
    // The two waits before the second and the third attempt are at most one second and two.
    expect(spanOf(seen)).toBeLessThan(4_000);
  }, 30_000);
});
