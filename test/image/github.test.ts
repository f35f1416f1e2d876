// The image of a source that calls an API: its bundle includes the HTTP client.
import {chmodSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {secret} from '../../cdk/testing/secrets.ts';
import {configuredCatalog, workspace} from '../e2e/run-program.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';
import {buildImage, hasEngine, runImage} from './docker.ts';

const {folder, file} = workspace();
chmodSync(folder, 0o755);

const comment = (id: number, updated_at: string) => ({id, updated_at, body: 'Hello'});

(hasEngine ? describe : describe.skip)('the image of source github', () => {
  let api: ApiServer;
  beforeAll(async () => {
    await buildImage('github');
    api = await serveApi((request, response, url) => {
      const requested = new URL(request.url ?? '', url);
      if (requested.pathname === '/repos/octocat/hello-world') return sendJson(response, {id: 1});
      if (requested.searchParams.get('page') === '2') {
        return sendJson(response, [comment(3, '2024-01-03T00:00:00Z')]);
      }
      if (requested.searchParams.has('since')) return sendJson(response, []);
      const link = `<${url}/repositories/1/issues/comments?page=2>; rel="next"`;
      const first = [comment(1, '2024-01-01T00:00:00Z'), comment(2, '2024-01-05T00:00:00Z')];
      return sendJson(response, first, {headers: {link}});
    });
    file('config.json', {
      token: secret('github'),
      repositories: ['octocat/hello-world'],
      api_url: api.url,
    });
    file('catalog.json', configuredCatalog(['issue_comments']));
  }, 600_000);
  afterAll(() => api.close());

  /** The API under test is on the host's loopback. */
  const run = (...command: readonly string[]) =>
    runImage(
      'headwater/source-github:dev',
      ['--network', 'host', '-v', `${folder}:/secrets`],
      [...command, '--config', '/secrets/config.json'],
    );
  const CATALOG = ['--catalog', '/secrets/catalog.json'];

  test('checks, reads page by page, and continues from its state', async () => {
    const check = await run('check');
    expect(check.messages.at(-1)?.connectionStatus).toEqual({status: 'SUCCEEDED'});

    const first = await run('read', ...CATALOG);
    expect(first.status).toBe(0);
    expect(recordsOf(first.messages, 'issue_comments').map(({id}) => id)).toEqual([1, 2, 3]);

    file('state.json', lastStates(first.messages));
    const second = await run('read', ...CATALOG, '--state', '/secrets/state.json');
    expect(second.status).toBe(0);
    expect(recordsOf(second.messages, 'issue_comments')).toEqual([]);
    expect(api.requests.at(-1)).toBe(
      'GET /repos/octocat/hello-world/issues/comments?sort=created&direction=asc&per_page=100&since=2024-01-05T00%3A00%3A00Z',
    );
  }, 120_000);
});
