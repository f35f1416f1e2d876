// The fake GitHub follows GitHub's documentation, and each switch works as documented.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {type Served, serveFake} from '../../acceptance-tests/fake-api/serve.ts';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {secret} from '../../cdk/testing/secrets.ts';
import {type GithubSwitches, openGithub} from '../../sources/github/fake-api/index.ts';
import {configuredCatalog, GITHUB, ROOT, runSource, workspace} from './run-program.ts';

const token = secret('github');
const ISSUES = '/repos/octocat/hello-world/issues';
const COMMITS = '/repos/octo-org/one/commits?per_page=100';

const open: Served[] = [];
beforeAll(() => nock.enableNetConnect('127.0.0.1'));
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

const serve = async (switches: Partial<GithubSwitches> = {}): Promise<Served> => {
  const served = await serveFake(openGithub({seed: 1, token, ...switches}));
  open.push(served);
  return served;
};

type Row = {readonly id: number; readonly updated_at: string; readonly state: string};

const get = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(url, {headers: {authorization: `Bearer ${token}`, ...headers}});
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
};

const list = async (url: string): Promise<readonly Row[]> => {
  const {body, headers} = await get(url);
  const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  return next === undefined ? body : [...body, ...(await list(next))];
};

describe('without any switch', () => {
  test('returns the same records for the same seed, and others for another', async () => {
    const [one, same, other] = [await serve(), await serve(), await serve({seed: 2})];
    const read = ({url}: Served) => get(`${url}${ISSUES}?state=all`).then(({body}) => body);
    const issues = await read(one);
    expect(await read(same)).toEqual(issues);
    expect(await read(other)).not.toEqual(issues);
    expect(issues[0]).toMatchObject({number: 130, created_at: '2024-01-06T10:00:00Z'});
  });

  test('returns 30 records a page, at most 100, with links by id that keep the query', async () => {
    const {url} = await serve();
    const few = await get(`${url}${ISSUES}?state=all`);
    const many = await get(`${url}${ISSUES}?state=all&per_page=500&page=2`);
    expect([few.body.length, many.body.length]).toEqual([30, 30]);
    const to = (page: number) => `<${url}/repositories/1000/issues?state=all&page=${page}>`;
    expect(few.headers.get('link')).toBe(`${to(2)}; rel="next", ${to(5)}; rel="last"`);
    const back = `<${url}/repositories/1000/issues?state=all&per_page=500&page=1>`;
    expect(many.headers.get('link')).toBe(`${back}; rel="prev", ${back}; rel="first"`);
    expect((await get(`${url}/repos/octocat/hello-world/labels`)).headers.get('link')).toBeNull();
  });

  test('lists only open issues by default, the newest first', async () => {
    const {url} = await serve();
    const usual = await list(`${url}${ISSUES}`);
    expect(new Set(usual.map(({state}) => state))).toEqual(new Set(['open']));
    expect(usual.map(({id}) => id)).toEqual(usual.map(({id}) => id).toSorted((a, b) => b - a));
    const all = await list(`${url}${ISSUES}?state=all&sort=updated&direction=asc`);
    const times = all.map(({updated_at}) => updated_at);
    expect(times).toEqual(times.toSorted());
    expect(all).toHaveLength(130);
  });

  test('returns changes since a time, including its very second', async () => {
    const {url} = await serve();
    const all = await list(`${url}${ISSUES}?state=all&sort=updated&direction=asc`);
    const {updated_at = ''} = all[100] ?? {};
    const changed = await list(`${url}${ISSUES}?state=all&since=${updated_at}`);
    expect(changed.map(({id}) => id).toSorted()).toEqual(
      all.flatMap((row) => (row.updated_at >= updated_at ? [row.id] : [])).toSorted(),
    );
    expect((await get(`${url}${ISSUES}?since=yesterday`)).status).toBe(422);
  });

  test.each([
    ['/repos/octocat/gone', 404, {message: 'Not Found', status: '404'}],
    ['/orgs/octocat/repos', 404, {message: 'Not Found'}],
    ['/repos/octo-org/empty/commits', 409, {message: 'Git Repository is empty.'}],
    ['/repos/octo-org/empty/issues', 200, []],
    ['/users/octo-org', 200, {login: 'octo-org', type: 'Organization'}],
  ])('responds to %s with %d', async (path, status, body) => {
    const {url} = await serve();
    expect(await get(`${url}${path}`)).toMatchObject({status, body});
  });

  test('accepts one token, and requires a user agent', async () => {
    const {url} = await serve();
    expect(await get(`${url}/users/octocat`, {authorization: 'Bearer wrong'})).toMatchObject({
      status: 401,
      body: {message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest'},
    });
    const nobody = {method: 'GET', url: new URL('/users/octocat', url), headers: {}};
    expect(openGithub({seed: 1})(nobody)).toMatchObject({
      status: 403,
      body: {message: expect.stringContaining('User-Agent header')},
    });
  });

  test('responds with 304 to a matching etag', async () => {
    const {url} = await serve();
    const {headers} = await get(`${url}/users/octocat`);
    const etag = headers.get('etag') ?? '';
    expect(await get(`${url}/users/octocat`, {'if-none-match': etag})).toMatchObject({
      status: 304,
      body: undefined,
    });
  });
});

describe('a switch', () => {
  const statuses = async (path: string, switches: Partial<GithubSwitches>, times: number) => {
    const {url} = await serve(switches);
    const responses = [];
    for (let time = 0; time < times; time += 1) responses.push(await get(`${url}${path}`));
    return responses;
  };

  test('throttles every nth request, with each kind of limit in turn', async () => {
    const responses = await statuses('/users/octocat', {throttle: 2}, 6);
    expect(responses.map(({status}) => status)).toEqual([200, 403, 200, 403, 200, 429]);
    const limits = responses.map(({headers, body}) => [
      headers.get('x-ratelimit-remaining'),
      headers.get('retry-after'),
      body.message?.slice(0, 30),
    ]);
    expect(limits.filter((_, index) => index % 2 === 1)).toEqual([
      ['0', null, 'API rate limit exceeded for us'],
      ['14996', '1', 'You have exceeded a secondary '],
      ['14994', '1', 'You have exceeded a secondary '],
    ]);
  });

  test('sets the quota of an hour, which each response counts down', async () => {
    const responses = await statuses('/users/octocat', {quota: 2}, 3);
    expect(responses.map(({status}) => status)).toEqual([200, 200, 403]);
    expect(responses.map(({headers}) => headers.get('x-ratelimit-remaining'))).toEqual([
      '1',
      '0',
      '0',
    ]);
    const reset = Number(responses[2]?.headers.get('x-ratelimit-reset'));
    expect(reset - Date.now() / 1000).toBeGreaterThan(3_590);
  });

  test('fails every nth request with 502', async () => {
    const responses = await statuses('/users/octocat', {fail: 3}, 3);
    expect(responses.map(({status}) => status)).toEqual([200, 200, 502]);
  });

  test('cuts every nth response in the middle', async () => {
    const {url} = await serve({cut: 2});
    await get(`${url}/users/octocat`);
    await expect(get(`${url}/users/octocat`)).rejects.toThrow('terminated');
  });

  test('reorders the records of a page, but only if no order is promised', async () => {
    const shas = (responses: readonly {readonly body: readonly {readonly sha: string}[]}[]) =>
      responses.map(({body}) => body.map(({sha}) => sha));
    const [first = [], second = []] = shas(await statuses(COMMITS, {reorder: true}, 2));
    expect(second).not.toEqual(first);
    expect(second.toSorted()).toEqual(first.toSorted());
    const [issues, again] = await statuses(ISSUES, {reorder: true}, 2);
    expect(again?.body).toEqual(issues?.body);
  });

  test('updates a record with each page that is read, with a time after all others', async () => {
    const {url} = await serve({update: true});
    const sortedByUpdate = `${url}${ISSUES}?state=all&sort=updated&per_page=1`;
    const newest = async () => (await get(sortedByUpdate)).body[0].updated_at;
    expect([await newest(), await newest(), await newest()]).toEqual([
      '2024-11-30T00:00:00Z',
      '2024-11-30T00:00:01Z',
      '2024-11-30T00:00:02Z',
    ]);
  });
});

const {file} = workspace();

const read = async (url: string, state: unknown = []) => {
  const config = {token, repositories: ['octocat/hello-world', 'octo-org/*'], api_url: url};
  const streams = ['issues', 'issue_comments', 'reviews', 'commits', 'labels'];
  const args = [
    ...['read', '--config', file('config.json', config)],
    ...['--catalog', file('catalog.json', configuredCatalog(streams))],
    ...['--state', file('state.json', state)],
  ];
  return runSource(GITHUB, args);
};

const keysOf = ({messages}: Awaited<ReturnType<typeof read>>) =>
  ['issues', 'issue_comments', 'reviews', 'commits', 'labels'].map((stream) =>
    [
      ...new Set(recordsOf(messages, stream).map((row) => String(row['id'] ?? row['sha']))),
    ].toSorted(),
  );

describe('source github', () => {
  test('reads all records with every switch on', async () => {
    const calm = await read((await serve()).url);
    expect(calm.status).toBe(0);
    expect(keysOf(calm).map(({length}) => length)).toEqual([165, 165, 42, 145, 125]);
    const {url} = await serve({throttle: 37, fail: 23, cut: 29, reorder: true, update: true});
    const rough = await read(url);
    expect(rough.status).toBe(0);
    expect(keysOf(rough)).toEqual(keysOf(calm));
    const later = await read(url, lastStates(rough.messages));
    expect(
      recordsOf(later.messages, 'issues').some(({body}) => /^Changed/.test(String(body))),
    ).toBe(true);
  }, 120_000);
});

test('as a program it prints its address, serves, and ends on SIGTERM', async () => {
  const main = join(ROOT, 'sources/github/fake-api/main.ts');
  const child = spawn(process.execPath, [main, '--port', '0', '--seed', '3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const [url] = await once(createInterface(child.stdout), 'line');
  expect(await (await fetch(`${url}/users/octocat`)).json()).toMatchObject({
    message: 'Bad credentials',
  });
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
