// PyAirbyte loads sources into its DuckDB cache twice, the second time from the state of the first.
import {chmodSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {serveFake} from '../../acceptance-tests/fake-api/serve.ts';
import {openGithub} from '../../sources/github/fake-api/index.ts';
import {FAKER, GITHUB, runProgram, workspace} from '../e2e/run-program.ts';
import {buildImage, hasEngine} from '../image/docker.ts';
import {besideClients, commandsOf, describeWithClients, lastLineOf} from './installed-clients.ts';

const {folder} = workspace();
// In a container another user reads the files that PyAirbyte writes there.
chmodSync(folder, 0o755);

const ENVIRONMENT = {AIRBYTE_OFFLINE_MODE: '1', DO_NOT_TRACK: '1', AIRBYTE_TEMP_DIR: folder};

/** Starts a program that loads once, as a scheduler does. */
const load = async (database: string, task: object) => {
  const {status, stdout, stderr} = await runProgram(
    join(commandsOf('pyairbyte'), 'python'),
    [
      besideClients('pyairbyte.py'),
      JSON.stringify({database: join(folder, `${database}.duckdb`), ...task}),
    ],
    ENVIRONMENT,
  );
  expect({status, stderr}).toMatchObject({status: 0});
  return lastLineOf(stdout);
};

const FAKER_STREAMS = ['users', 'products', 'purchases'];

const loadFaker = (database: string, source: object, count: number) =>
  load(database, {name: 'source-faker', source, streams: FAKER_STREAMS, config: {count}});

const loadsFakerTwice = async (database: string, source: object): Promise<void> => {
  expect(await loadFaker(database, source, 100)).toEqual({
    read: 300,
    rows: {users: 100, products: 100, purchases: 100},
  });
  expect(await loadFaker(database, source, 150)).toEqual({
    read: 100,
    rows: {users: 150, products: 100, purchases: 150},
  });
};

const loadsGithubTwice = async (database: string, source: object): Promise<void> => {
  const github = await serveFake(openGithub({seed: 1}));
  try {
    const task = {
      name: 'source-github',
      source,
      streams: ['issues', 'commits'],
      config: {
        token: 'github_pat_fake',
        repositories: ['octocat/hello-world'],
        start_date: '2024-01-01',
        api_url: github.url,
      },
    };
    const rows = {issues: 130, commits: 30};
    expect(await load(database, task)).toEqual({read: 160, rows});
    const before = github.requests.length;
    // A read starts at the position, so the last issue and the last commit come again.
    expect(await load(database, task)).toEqual({read: 2, rows});
    const lists = github.requests.slice(before).filter((request) => request.includes('since='));
    expect(
      lists.map((request) => request.replace(/.*\/(\w+)\?.*(since=.*?)(&.*|$)/, '$1 $2')),
    ).toEqual(['issues since=2024-11-30T00%3A00%3A00Z', 'commits since=2024-11-23T00%3A00%3A00Z']);
  } finally {
    await github.close();
  }
};

describeWithClients('pyairbyte')('PyAirbyte', () => {
  test('loads the program of source faker, and then only new records', async () => {
    await loadsFakerTwice('faker-program', {local_executable: FAKER});
  }, 120_000);

  test('loads the program of source github, and then only changes', async () => {
    await loadsGithubTwice('github-program', {local_executable: GITHUB});
  }, 120_000);

  (hasEngine ? describe : describe.skip)('with images', () => {
    beforeAll(async () => {
      await buildImage('faker');
      await buildImage('github');
    }, 600_000);

    test('loads the image of source faker, and then only new records', async () => {
      await loadsFakerTwice('faker-image', {docker_image: 'headwater/source-faker:dev'});
    }, 120_000);

    test('loads the image of source github, and then only changes', async () => {
      await loadsGithubTwice('github-image', {
        docker_image: 'headwater/source-github:dev',
        use_host_network: true,
      });
    }, 120_000);
  });
});
