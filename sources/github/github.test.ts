import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {lastStates, recordsOf} from '../../test/support/messages.ts';
import {checkSource, readSource} from '../../test/support/run-source.ts';
import {secret} from '../../test/support/secrets.ts';
import {github} from './index.ts';

const API = 'https://api.github.com';
const config = {token: secret('github'), repositories: ['octocat/hello-world']};
const api = () =>
  nock(API, {
    reqheaders: {
      authorization: `Bearer ${config.token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': 'headwater',
    },
  });
const page = (path: string) => ({link: `<${API}${path}>; rel="next", <${API}/last>; rel="last"`});

describe('check', () => {
  test('looks at every repository and owner of the config', async () => {
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
  test('are read from the start date, page by page, and say which repository they are from', async () => {
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

  test('continue from the position of each repository; a new one begins at the start', async () => {
    const empty = (repository: string, since: object) =>
      api()
        .get(`/repos/${repository}/issues/comments`)
        .query({sort: 'created', direction: 'asc', per_page: 100, ...since})
        .reply(200, []);
    const calls = [
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
    expect(calls.map((call) => call.isDone())).toEqual([true, true]);
  });
});

describe('commits', () => {
  test('carry their date at the top level, and continue from it', async () => {
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
      .query({per_page: 100, since: '2024-05-01T10:00:00Z'})
      .reply(200, []);
    await readSource(github, config, ['commits'], lastStates(messages));
    expect(again.isDone()).toBe(true);
  });

  test('of an empty repository are none, where GitHub answers 409', async () => {
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

describe('an owner with *', () => {
  test("means all an organization's repositories, for each stream", async () => {
    const owner = api().get('/users/octo-org').twice().reply(200, {type: 'Organization'});
    const list = api()
      .get('/orgs/octo-org/repos')
      .query({per_page: 100, sort: 'full_name'})
      .reply(200, [{full_name: 'octo-org/one'}], page('/organizations/3/repos?page=2'))
      .get('/organizations/3/repos?page=2')
      .reply(200, [{full_name: 'octo-org/two'}])
      .get('/orgs/octo-org/repos')
      .query({per_page: 100})
      .reply(200, [
        {id: 1, full_name: 'octo-org/one', temp_clone_token: 'credential'},
        {id: 2, full_name: 'octo-org/two'},
      ]);
    for (const name of ['one', 'two']) {
      api()
        .get(`/repos/octo-org/${name}/labels`)
        .query({per_page: 100})
        .reply(200, [{id: name}]);
    }
    const messages = await readSource(github, {...config, repositories: ['octo-org/*']}, [
      'repositories',
      'labels',
    ]);
    expect(recordsOf(messages, 'repositories')).toEqual([
      {id: 1, full_name: 'octo-org/one', temp_clone_token: null},
      {id: 2, full_name: 'octo-org/two', temp_clone_token: null},
    ]);
    expect(recordsOf(messages, 'labels')).toEqual([
      {id: 'one', repository_full_name: 'octo-org/one'},
      {id: 'two', repository_full_name: 'octo-org/two'},
    ]);
    expect([owner.isDone(), list.isDone()]).toEqual([true, true]);
  });

  test("means a user's public ones", async () => {
    api().get('/users/octocat').reply(200, {type: 'User'});
    const list = api()
      .get('/users/octocat/repos')
      .query({per_page: 100})
      .reply(200, [{id: 1}]);
    await readSource(github, {...config, repositories: ['octocat/*']}, ['repositories']);
    expect(list.isDone()).toBe(true);
  });
});

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
