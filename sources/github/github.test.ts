import {describe, expect, test} from '@jest/globals';
import {checkSource, errorsIn, lastStates, readSource, recordsOf} from 'headwater/testing';
import {github} from './index.ts';
import {api, config, page, repositoryIs} from './mocked-api.ts';

describe('check', () => {
  test('requests every repository and owner of the config', async () => {
    const calls = api()
      .get('/repos/octocat/hello-world')
      .reply(200, {id: 1})
      .get('/users/octo-org')
      .reply(200, {type: 'Organization'});
    const messages = await checkSource(github, {
      ...config,
      repositories: ['octocat/hello-world', 'octo-org/*'],
    });
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
    expect(calls.isDone()).toBe(true);
  });
});

describe('issues and comments', () => {
  test('are read from the start date, page by page, with the name of their repository', async () => {
    const query = {
      state: 'all',
      sort: 'created',
      direction: 'asc',
      per_page: 100,
      since: '2024-01-01T00:00:00Z',
    };
    const calls = api()
      .get('/repos/octocat/hello-world/issues')
      .query(query)
      .reply(
        200,
        [{id: 1, updated_at: '2024-03-01T00:00:00Z'}],
        page('/repositories/7/issues?page=2'),
      )
      .get('/repositories/7/issues?page=2')
      .reply(200, [{id: 2, updated_at: '2024-02-01T00:00:00Z'}]);
    const messages = await readSource(github, {...config, start_date: '2024-01-01'}, ['issues']);
    expect(recordsOf(messages, 'issues')).toEqual([
      {id: 1, updated_at: '2024-03-01T00:00:00Z', repository_full_name: 'octocat/hello-world'},
      {id: 2, updated_at: '2024-02-01T00:00:00Z', repository_full_name: 'octocat/hello-world'},
    ]);
    expect(lastStates(messages)).toEqual([
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: {name: 'issues'},
          stream_state: {
            updated_at: '2024-03-01T00:00:00Z',
            slices: {'repository=octocat/hello-world': {updated_at: '2024-03-01T00:00:00Z'}},
          },
        },
        sourceStats: {recordCount: 2},
      },
    ]);
    expect(calls.isDone()).toBe(true);
  });

  test('continue from the position of each repository; a new repository begins at the start date', async () => {
    const empty = (repository: string, since: object) =>
      api()
        .get(`/repos/${repository}/issues/comments`)
        .query({sort: 'created', direction: 'asc', per_page: 100, ...since})
        .reply(200, []);
    const calls = [
      repositoryIs('octocat/hello-world', 1),
      repositoryIs('octocat/new', 2),
      empty('octocat/hello-world', {since: '2024-03-01T00:00:00Z'}),
      empty('octocat/new', {}),
    ];
    await readSource(
      github,
      {...config, repositories: ['octocat/hello-world', 'octocat/new']},
      ['issue_comments'],
      [
        {
          type: 'STREAM',
          stream: {
            stream_descriptor: {name: 'issue_comments'},
            stream_state: {
              updated_at: '2024-03-01T00:00:00Z',
              slices: {'repository=octocat/hello-world': {updated_at: '2024-03-01T00:00:00Z'}},
            },
          },
        },
      ],
    );
    expect(calls.map((call) => call.isDone())).toEqual([true, true, true, true]);
  });
});

describe('reviews', () => {
  const UPDATED = ['2024-03-01T00:00:00Z', '2024-03-02T00:00:00Z', '2024-03-03T00:00:00Z'] as const;
  const issue = (number: number, updated_at: string, more: object = {pull_request: {}}) => ({
    id: number,
    number,
    updated_at,
    ...more,
  });
  const issuesAre = (issues: readonly object[], since: object = {}) =>
    api()
      .get('/repos/octocat/hello-world/issues')
      .query({state: 'all', sort: 'created', direction: 'asc', per_page: 100, ...since})
      .reply(200, issues);
  const reviewsAre = (number: number, reviews: readonly object[]) =>
    api()
      .get(`/repos/octocat/hello-world/pulls/${number}/reviews`)
      .query({per_page: 100})
      .reply(200, reviews);

  test('are read for each pull request, then for those that changed; the issues are listed once', async () => {
    issuesAre([issue(1, UPDATED[0], {}), issue(2, UPDATED[1]), issue(3, UPDATED[0])]);
    reviewsAre(2, [{id: 20, submitted_at: UPDATED[1]}, {id: 21}]);
    reviewsAre(3, []);
    const first = await readSource(github, config, ['issues', 'reviews']);
    expect(recordsOf(first, 'issues')).toHaveLength(3);
    expect(recordsOf(first, 'reviews')).toEqual([
      {id: 20, submitted_at: UPDATED[1], repository_full_name: 'octocat/hello-world'},
      {id: 21, repository_full_name: 'octocat/hello-world'},
    ]);

    issuesAre([issue(3, UPDATED[2])], {since: UPDATED[1]});
    reviewsAre(3, [{id: 30, submitted_at: UPDATED[2]}]);
    const second = await readSource(github, config, ['issues', 'reviews'], lastStates(first));
    expect(recordsOf(second, 'reviews').map(({id}) => id)).toEqual([30]);
    expect(errorsIn(second)).toEqual([]);
  });

  test('of a pull request that failed are read again from the position of its issues', async () => {
    issuesAre([issue(2, UPDATED[0])]);
    reviewsAre(2, [{id: 20, submitted_at: UPDATED[0]}]);
    const first = await readSource(github, config, ['reviews']);

    issuesAre([issue(2, UPDATED[1])], {since: UPDATED[0]});
    api()
      .get('/repos/octocat/hello-world/pulls/2/reviews')
      .query({per_page: 100})
      .reply(404, {message: 'Not Found'});
    const broken = await readSource(github, config, ['reviews'], lastStates(first));
    expect(errorsIn(broken)[0]).toContain('pulls/2/reviews (404)');

    issuesAre([issue(2, UPDATED[1])], {since: UPDATED[0]});
    reviewsAre(2, [{id: 22, submitted_at: UPDATED[1]}]);
    const again = await readSource(github, config, ['reviews'], lastStates(broken));
    expect(recordsOf(again, 'reviews').map(({id}) => id)).toEqual([22]);
  });
});

test.each([
  [1, 1],
  [3, 3],
])(
  'with a concurrency of %d so many lists are requested at once: %d',
  async (concurrency, most) => {
    const repositories = ['octocat/a', 'octocat/b', 'octocat/c', 'octocat/d'];
    let inFlight = 0;
    const seen: number[] = [];
    for (const [index, repository] of repositories.entries()) {
      repositoryIs(repository, index);
      api()
        .get(`/repos/${repository}/labels`)
        .query({per_page: 100})
        .reply(200, async () => {
          inFlight += 1;
          seen.push(inFlight);
          await new Promise(setImmediate);
          inFlight -= 1;
          return [];
        });
    }
    await readSource(github, {...config, repositories, concurrency}, ['labels']);
    expect([seen.length, Math.max(...seen)]).toEqual([4, most]);
  },
);

describe('commits', () => {
  test('have their date at the top level, and continue a week before it, because branches are merged late', async () => {
    const commit = {sha: 'a1', commit: {committer: {date: '2024-05-01T10:00:00Z'}}};
    api().get('/repos/octocat/hello-world/commits').query({per_page: 100}).reply(200, [commit]);
    const messages = await readSource(github, config, ['commits']);
    expect(recordsOf(messages, 'commits')).toEqual([
      {
        ...commit,
        repository_full_name: 'octocat/hello-world',
        committed_at: '2024-05-01T10:00:00Z',
      },
    ]);
    const again = api()
      .get('/repos/octocat/hello-world/commits')
      .query({per_page: 100, since: '2024-04-24T10:00:00Z'})
      .reply(200, []);
    await readSource(github, config, ['commits'], lastStates(messages));
    expect(again.isDone()).toBe(true);
  });

  test('of an empty repository are an empty list, because GitHub responds 409', async () => {
    api()
      .get('/repos/octocat/hello-world/commits')
      .query({per_page: 100})
      .reply(409, {message: 'Git Repository is empty.'});
    const messages = await readSource(github, config, ['commits']);
    expect(messages.map(({trace}) => trace?.stream_status?.status).filter(Boolean)).toEqual([
      'STARTED',
      'RUNNING',
      'COMPLETE',
    ]);
  });
});

test.each([
  '2024-13-01',
  '2024-02-30',
  '2023-02-29',
  '2024-00-10',
  '2024-01-00',
  '2024-01-01T24:00:00Z',
  '2024-01-01T23:60:00Z',
  '2024-02-30T00:00:00Z',
])('the start date %s fails the check and the read in words', async (start_date) => {
  const message = `The start date ${start_date} does not exist in the calendar. Correct "start_date" in the config, such as 2024-01-01.`;
  expect(await checkSource(github, {...config, start_date})).toEqual([
    {type: 'CONNECTION_STATUS', connectionStatus: {status: 'FAILED', message}},
  ]);
  await expect(readSource(github, {...config, start_date}, ['labels'])).rejects.toThrow(message);
});

test('the 29th of February of a leap year is a start date', async () => {
  api().get('/repos/octocat/hello-world').reply(200, {id: 1});
  expect(await checkSource(github, {...config, start_date: '2024-02-29'})).toEqual([
    {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
  ]);
});

test.each([1, 2])(
  'an owner, its issues and their reviews are read with %d at once, too',
  async (concurrency) => {
    api()
      .get('/users/octo-org')
      .reply(200, {type: 'Organization'})
      .get('/orgs/octo-org/repos')
      .query(true)
      .reply(
        200,
        ['a', 'b', 'c'].map((name) => ({full_name: `octo-org/${name}`})),
      );
    for (const name of ['a', 'b', 'c']) {
      api()
        .get(`/repos/octo-org/${name}/issues`)
        .query(true)
        .reply(200, [{number: 1, pull_request: {}}])
        .get(`/repos/octo-org/${name}/pulls/1/reviews`)
        .query(true)
        .reply(200, [{id: name}])
        .get(`/repos/octo-org/${name}/labels`)
        .query(true)
        .reply(200, [{id: name}]);
    }
    const messages = await readSource(
      github,
      {...config, repositories: ['octo-org/*'], concurrency},
      ['labels', 'reviews'],
    );
    const ids = (stream: string) => recordsOf(messages, stream).map(({id}) => id);
    expect([ids('labels').sort(), ids('reviews').sort()]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  },
);

test('a repository that fails does not stop the others', async () => {
  api()
    .get('/repos/octocat/gone/labels')
    .query({per_page: 100})
    .reply(404, {message: 'Not Found'})
    .get('/repos/octocat/hello-world/labels')
    .query({per_page: 100})
    .reply(200, [{id: 5}]);
  const messages = await readSource(
    github,
    {...config, repositories: ['octocat/gone', 'octocat/hello-world']},
    ['labels'],
  );
  expect(recordsOf(messages, 'labels')).toHaveLength(1);
  expect(messages.map(({trace}) => trace?.stream_status?.status).filter(Boolean)).toEqual([
    'STARTED',
    'RUNNING',
    'INCOMPLETE',
  ]);
});
