// Page numbers that end in 400, links, a date filter that leaves ties out, and bodies without a length: WordPress.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ROOT, workspace} from '../e2e/run-program.ts';
import {checkConfig, readStream} from './reading.ts';
import {type Relay, startRelay} from './relay.ts';
import {describeWith} from './servers.ts';
import {LAST_CHANGE, startWordPress, type WordPress} from './wordpress.ts';

const SOURCE = join(ROOT, 'test/programs/wordpress/main.ts');
const POSTS = '/wp-json/wp/v2/posts';

const idsIn = (records: readonly object[]): readonly number[] =>
  records.map((record) => ('id' in record ? Number(record.id) : Number.NaN));

const from = (first: number, last: number) =>
  Array.from({length: last - first + 1}, (_, index) => first + index);

const ALL = {ids: from(1, 3_000), errors: [], warnings: [], status: 0};

describeWith('wordpress')('the posts of a WordPress', () => {
  const place = workspace();
  let wordpress: WordPress;
  let relay: Relay;
  beforeAll(async () => {
    wordpress = await startWordPress(place.folder);
    relay = await startRelay(wordpress.port);
  }, 180_000);
  afterAll(async () => {
    await relay?.close();
    await wordpress?.close();
  });

  const configWith = (password: string) => ({
    api_url: relay.url,
    username: 'admin',
    password,
    retry: {base: {milliseconds: 20}},
  });
  const readAll = async (stream: string) => {
    const config = configWith(wordpress.password);
    const done = await readStream(SOURCE, place, {stream, config, syncMode: 'full_refresh'});
    const {records, errors, warnings, status} = done;
    const pages = relay.seen().map((path) => new URL(path, relay.url).searchParams.get('page'));
    return {read: {ids: idsIn(records), errors, warnings, status}, pages: pages.map(Number)};
  };

  test.each([
    ['up to the number of pages that a header tells', 'posts', from(1, 30)],
    ['until a page number is refused', 'until_refused', from(1, 31)],
    ['by the links from one to the next', 'by_links', [0, ...from(2, 30)]],
  ])(
    'come once each %s',
    async (_how, stream, asked) => {
      relay.play();
      const {read, pages} = await readAll(stream);
      expect(read).toEqual(ALL);
      expect(pages).toEqual(asked);
    },
    120_000,
  );

  // Their headers take some 700 bytes, a page 100,000 and more.
  test.each([
    ['in its headers', 300],
    ['in the middle', 40_000],
  ])(
    'come once each, too, when one body without a length is cut %s',
    async (_where, cutAt) => {
      relay.play({request: 5, cutAt});
      const {read, pages} = await readAll('posts');
      expect(read).toEqual(ALL);
      expect(pages).toEqual([...from(1, 5), ...from(5, 30)]);
    },
    120_000,
  );

  test('that changed in the second of the last one come again, and a late one of that second with them', async () => {
    const config = configWith(wordpress.password);
    const read = (states?: readonly object[]) =>
      readStream(SOURCE, place, {stream: 'posts', config, ...(states && {states})});
    const first = await read();
    expect(first.states).toMatchObject([{stream: {stream_state: {modified_gmt: LAST_CHANGE}}}]);
    await wordpress.insert(5_001, LAST_CHANGE);
    await wordpress.insert(5_000, '2024-02-12T00:00:00Z');
    // Asked as the position is, WordPress would keep the late one for itself.
    const after = await fetch(`${relay.url}${POSTS}?modified_after=${LAST_CHANGE}`);
    expect(await after.json()).toMatchObject([{id: 5_000}]);
    const second = await read(first.states);
    expect(idsIn(second.records)).toEqual([2_998, 2_999, 3_000, 5_000, 5_001]);
    const third = await read(second.states);
    expect(idsIn(third.records)).toEqual([5_000]);
  }, 120_000);

  test('can be read with an application password, with its spaces and without', async () => {
    const {password} = wordpress;
    expect(password).toMatch(/^(\w{4} ){5}\w{4}$/);
    for (const typed of [password, password.replaceAll(' ', '')]) {
      expect(await checkConfig(SOURCE, place, configWith(typed))).toEqual([{status: 'SUCCEEDED'}]);
    }
  }, 60_000);

  test('with a wrong one are refused in words that say what to do', async () => {
    expect(await checkConfig(SOURCE, place, configWith('abcd efgh ijkl'))).toEqual([
      {
        status: 'FAILED',
        message:
          `GET ${relay.url}/wp-json/wp/v2/users/me answered 401: You are not currently logged in. ` +
          'The API does not accept these credentials: check them in the config. They may be mistyped, expired or revoked.',
      },
    ]);
  }, 60_000);
});
