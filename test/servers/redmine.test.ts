// Redmine clamps offsets, has a date filter that includes ties, and a list that changes while it is read.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {ROOT, workspace} from '../e2e/run-program.ts';
import {checkConfig, readStream} from './reading.ts';
import {API_KEY, LAST_CHANGE, PASSWORD, type Redmine, startRedmine} from './redmine.ts';
import {type Relay, startRelay} from './relay.ts';
import {describeWith} from './servers.ts';

const SOURCE = join(ROOT, 'test/programs/redmine/main.ts');

const idsIn = (records: readonly object[]): readonly number[] =>
  records.map((record) => ('id' in record ? Number(record.id) : Number.NaN));

const from = (first: number, last: number) =>
  Array.from({length: last - first + 1}, (_, index) => first + index);

describeWith('redmine')('the issues of a Redmine', () => {
  const place = workspace();
  let redmine: Redmine;
  let relay: Relay;
  beforeAll(async () => {
    redmine = await startRedmine(place.folder);
    relay = await startRelay(redmine.port);
  }, 120_000);
  afterAll(async () => {
    await relay?.close();
    await redmine?.close();
  });

  const configWith = (credentials: object) => ({api_url: relay.url, credentials});
  const config = () => configWith({type: 'header', key: API_KEY});
  const read = (states?: readonly object[]) =>
    readStream(SOURCE, place, {stream: 'issues', config: config(), ...(states && {states})});
  const readAll = (stream: 'newest_first' | 'by_id') =>
    readStream(SOURCE, place, {stream, config: config(), syncMode: 'full_refresh'});

  test('come once each and in order, although a page has only a tenth of the requested size', async () => {
    relay.play();
    const {records, errors, warnings, status} = await read();
    expect({ids: idsIn(records), errors, warnings, status}).toEqual({
      ids: from(1, 3_000),
      errors: [],
      warnings: [],
      status: 0,
    });
    const requested = relay.seen().map((path) => new URL(path, relay.url).searchParams);
    expect(requested.map((query) => query.get('limit'))).toEqual(from(1, 30).map(() => '1000'));
    expect(requested.map((query) => Number(query.get('offset')))).toEqual(
      from(0, 29).map((page) => page * 100),
    );
  }, 120_000);

  test('that changed in the same second as the last one come again, together with a late one', async () => {
    const first = await read();
    expect(first.states).toMatchObject([{stream: {stream_state: {updated_on: LAST_CHANGE}}}]);
    const tied = redmine.insert(LAST_CHANGE);
    const later = redmine.insert('2024-02-12T00:00:00Z');
    relay.play();
    const second = await read(first.states);
    expect(relay.seen()).toEqual([
      expect.stringContaining(`updated_on=${encodeURIComponent(`>=${LAST_CHANGE}`)}`),
    ]);
    expect(idsIn(second.records)).toEqual([2_998, 2_999, 3_000, tied, later]);
    const third = await read(second.states);
    expect(idsIn(third.records)).toEqual([later]);
  }, 120_000);

  test.each([
    ['a key in a header', {type: 'header', key: API_KEY}],
    ['a key in the query', {type: 'query', key: API_KEY}],
    ['user and password', {type: 'basic', username: 'admin', password: PASSWORD}],
  ])(
    'can be read with %s',
    async (_what, credentials) => {
      expect(await checkConfig(SOURCE, place, configWith(credentials))).toEqual([
        {status: 'SUCCEEDED'},
      ]);
    },
    60_000,
  );

  test.each([
    ['key in a header', {type: 'header', key: 'wrong'}],
    ['key in the query', {type: 'query', key: 'wrong'}],
    ['password', {type: 'basic', username: 'admin', password: 'wrong one'}],
  ])(
    'with the wrong %s are refused with advice',
    async (_what, credentials) => {
      const config = configWith(credentials);
      const message = (path: string) =>
        `GET ${relay.url}${path} answered 401. The API does not accept these credentials: check them in the config. ` +
        'They may be mistyped, expired or revoked.';
      expect(await checkConfig(SOURCE, place, config)).toEqual([
        {status: 'FAILED', message: message('/users/current.json')},
      ]);
    },
    60_000,
  );

  test('that are filed while the newest come first move others to the next page, and hide none', async () => {
    const before = redmine.ids();
    relay.play({request: 2, before: () => redmine.insert('2024-03-01T00:00:00Z')});
    const {records, errors, status} = await readAll('newest_first');
    expect({errors, status}).toEqual({errors: [], status: 0});
    const ids = idsIn(records);
    expect([...new Set(ids)]).toEqual(before.toReversed());
    // The last one of the first page is also the first of the second.
    expect(ids.slice(99, 101)).toEqual([before.at(-100), before.at(-100)]);
  }, 120_000);

  test('that are deleted during a read by offset hide others, which the total reveals', async () => {
    const before = redmine.ids();
    const newest = before.at(-1) ?? 0;
    relay.play({request: 2, before: () => redmine.remove(newest)});
    const {records, warnings} = await readAll('newest_first');
    const hidden = before.filter((id) => !idsIn(records).includes(id));
    expect(hidden).toEqual([before.at(-101)]);
    expect(warnings.join()).toContain(
      `the API counts ${before.length} records, but its pages have ${before.length - 1}: some may be missing.`,
    );
  }, 120_000);

  test('come completely and once each by their id, whatever is filed and deleted meanwhile', async () => {
    const before = redmine.ids();
    const [oldest = 0] = before;
    relay.play({
      request: 2,
      before: () => {
        redmine.remove(oldest);
        redmine.insert('2024-04-01T00:00:00Z');
      },
    });
    const {records, errors, warnings} = await readAll('by_id');
    const filed = redmine.ids().at(-1);
    expect({ids: idsIn(records), errors, warnings}).toEqual({
      ids: [...before, filed],
      errors: [],
      warnings: [],
    });
  }, 120_000);
});
