import {describe, expect, test} from '@jest/globals';
import {errorsIn, readSource, recordsOf} from 'headwater/testing';
import nock from 'nock';
import {github} from './index.ts';
import {API, api, config, page, repositoryIs} from './mocked-api.ts';

describe('a repository is read once', () => {
  const HELLO = 'octocat/Hello-World';
  /** By its old name, too, GitHub has the repository. */
  const byName = (name: string) =>
    api().get(`/repos/${name}`).reply(200, {id: 1, full_name: HELLO});
  const listed = () => {
    api()
      .get('/users/octocat')
      .reply(200, {type: 'User'})
      .get('/users/octocat/repos')
      .query({sort: 'created', direction: 'asc', per_page: 100})
      .reply(200, [
        {id: 1, full_name: HELLO},
        {id: 3, full_name: 'octocat/other'},
      ]);
    labelsOf('octocat/other', 30);
  };
  const labelsOf = (name: string, id: number) =>
    api().get(`/repos/${name}/labels`).query({per_page: 100}).reply(200, [{id}]);

  test.each<[string, readonly string[], string, () => void]>([
    ['in two spellings', [HELLO, 'octocat/hello-world', 'OCTOCAT/HELLO-WORLD'], HELLO, () => {}],
    ['as in the URL of a clone', [`${HELLO}.git`, HELLO], HELLO, () => {}],
    [
      'by its old and its new name',
      ['old-owner/hello', HELLO],
      'old-owner/hello',
      () => {
        api()
          .get('/repos/old-owner/hello')
          .reply(301, '', {location: `${API}/repositories/1`})
          .get('/repositories/1')
          .reply(200, {id: 1, full_name: HELLO});
        byName(HELLO);
      },
    ],
    ['beside its owner', ['octocat/*', HELLO], HELLO, () => [listed(), byName(HELLO)]],
    [
      'before its owner, in another case',
      ['OCTOCAT/HELLO-WORLD', 'Octocat/*', 'octocat/*'],
      HELLO,
      () => {
        byName('OCTOCAT/HELLO-WORLD');
        api().get('/users/Octocat').reply(200, {type: 'User'});
        api()
          .get('/users/Octocat/repos')
          .query({sort: 'created', direction: 'asc', per_page: 100})
          .reply(200, [{id: 1, full_name: HELLO}]);
      },
    ],
    [
      'by its old name beside its owner',
      ['octocat/*', 'octocat/old'],
      HELLO,
      () => [listed(), byName('octocat/old')],
    ],
    [
      'also if the list of its owner lacks it, because it is private',
      ['octocat/*', 'octocat/private'],
      HELLO,
      () => {
        listed();
        repositoryIs('octocat/private', 2);
        labelsOf('octocat/private', 20);
      },
    ],
  ])('%s', async (_case, repositories, name, prepare) => {
    prepare();
    labelsOf(name, 5);
    const streams = repositories.some((entry) => entry.endsWith('*'))
      ? ['labels', 'repositories']
      : ['labels'];
    const messages = await readSource(github, {...config, repositories}, streams);
    const labels = recordsOf(messages, 'labels');
    expect(errorsIn(messages)).toEqual([]);
    expect(labels.filter(({id}) => id === 5)).toEqual([{id: 5, repository_full_name: name}]);
    const ids = recordsOf(messages, 'repositories').map(({id}) => id);
    expect(ids).toEqual([...new Set(ids)]);
    expect(nock.pendingMocks()).toEqual([]);
  });

  test('by one request for all streams, and by none if it is the only name', async () => {
    for (const names of [[HELLO], [HELLO, 'octocat/other']]) {
      for (const [index, name] of names.entries()) {
        if (names.length > 1) repositoryIs(name, index + 1);
        labelsOf(name, 5);
        api().get(`/repos/${name}/commits`).query({per_page: 100}).reply(200, []);
      }
      const messages = await readSource(github, {...config, repositories: names}, [
        'labels',
        'commits',
      ]);
      expect([errorsIn(messages), nock.pendingMocks()]).toEqual([[], []]);
    }
  });

  test('and one that does not exist fails alone', async () => {
    repositoryIs(HELLO, 1);
    api().get('/repos/octocat/gone').reply(404, {message: 'Not Found'});
    api().get('/repos/octocat/gone/labels').query({per_page: 100}).reply(404, {});
    labelsOf(HELLO, 5);
    const repositories = ['octocat/gone', HELLO];
    const messages = await readSource(github, {...config, repositories}, ['labels']);
    expect(recordsOf(messages, 'labels')).toEqual([{id: 5, repository_full_name: HELLO}]);
    expect(errorsIn(messages)).toEqual([
      expect.stringContaining(
        'labels config_error: repository=octocat/gone: GitHub has nothing at https://api.github.com/repos/octocat/gone/labels (404)',
      ),
      expect.any(String),
    ]);
  });
});

describe('an owner with *', () => {
  const byCreation = {sort: 'created', direction: 'asc', per_page: 100};

  test("means all an organization's repositories, which are listed once for all streams", async () => {
    const owner = api().get('/users/octo-org').reply(200, {type: 'Organization'});
    const list = api()
      .get('/orgs/octo-org/repos')
      .query(byCreation)
      .reply(
        200,
        [{id: 1, full_name: 'octo-org/one', temp_clone_token: 'credential'}],
        page('/organizations/3/repos?page=2'),
      )
      .get('/organizations/3/repos?page=2')
      .reply(200, [{id: 2, full_name: 'octo-org/two'}]);
    for (const name of ['one', 'two']) {
      api()
        .get(`/repos/octo-org/${name}/labels`)
        .query({per_page: 100})
        .reply(200, [{id: name}])
        .get(`/repos/octo-org/${name}/commits`)
        .query({per_page: 100})
        .reply(200, [{sha: name}]);
    }
    const messages = await readSource(github, {...config, repositories: ['octo-org/*']}, [
      'repositories',
      'labels',
      'commits',
    ]);
    expect(recordsOf(messages, 'repositories')).toEqual([
      {id: 1, full_name: 'octo-org/one', temp_clone_token: null},
      {id: 2, full_name: 'octo-org/two', temp_clone_token: null},
    ]);
    expect(recordsOf(messages, 'labels')).toEqual([
      {id: 'one', repository_full_name: 'octo-org/one'},
      {id: 'two', repository_full_name: 'octo-org/two'},
    ]);
    expect(recordsOf(messages, 'commits').map(({sha}) => sha)).toEqual(['one', 'two']);
    expect([owner.isDone(), list.isDone()]).toEqual([true, true]);
  });

  test("means a user's public repositories", async () => {
    api().get('/users/octocat').reply(200, {type: 'User'});
    const list = api()
      .get('/users/octocat/repos')
      .query(byCreation)
      .reply(200, [{id: 1}]);
    await readSource(github, {...config, repositories: ['octocat/*']}, ['repositories']);
    expect(list.isDone()).toBe(true);
  });

  test('that does not exist fails each stream; repositories named beside it are read', async () => {
    api()
      .get('/users/nobody')
      .reply(404, {message: 'Not Found'})
      .get('/repos/octocat/hello-world')
      .reply(200, {id: 1, full_name: 'octocat/hello-world'})
      .get('/repos/octocat/hello-world/labels')
      .query({per_page: 100})
      .reply(200, [{id: 5}])
      .get('/repos/octocat/hello-world/commits')
      .query({per_page: 100})
      .reply(200, [{sha: 'a1'}]);
    const messages = await readSource(
      github,
      {...config, repositories: ['nobody/*', 'octocat/hello-world']},
      ['labels', 'commits'],
    );
    expect(recordsOf(messages, 'labels')).toHaveLength(1);
    expect(recordsOf(messages, 'commits')).toHaveLength(1);
    const told = errorsIn(messages);
    expect(told).toHaveLength(3);
    for (const [index, name] of ['labels', 'commits'].entries()) {
      expect(told[index]).toMatch(
        new RegExp(
          `^${name} config_error: repositories, whose records are the slices of ${name}, could not be read to its end.*nobody`,
        ),
      );
    }
  });
});
