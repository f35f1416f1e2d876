// The github program against recorded traffic of api.github.com, which @octokit/fixtures-server plays back. It responds only
// to requests exactly as recorded, so a relay removes other parameters of ours, such as the order of the issues, and records
// the requests that the program sent.
import {type ChildProcess, spawn} from 'node:child_process';
import {createRequire} from 'node:module';
import {createServer} from 'node:net';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import nock from 'nock';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {type ApiServer, serveApi} from '../http/api-server.ts';
import {configuredCatalog, GITHUB, runSource, workspace} from './run-program.ts';

const TOKEN = '0000000000000000000000000000000000000001';
const RECORDED_HEADERS = {
  accept: 'application/vnd.github.v3+json',
  authorization: `token ${TOKEN}`,
};

const {file} = workspace();
const catalog = file('catalog.json', configuredCatalog(['issues']));

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });

const until = async (isReady: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isReady().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The fixtures server did not start.');
};

let recordings: ChildProcess;
let server: string;
let relay: ApiServer;

/** The recorded requests have only two parameters: the page and its size, which was 3. */
const asRecorded = (path: string): string => {
  const url = new URL(path, server);
  const page = url.searchParams.get('page');
  url.search = page === null ? 'per_page=3' : `per_page=3&page=${page}`;
  return url.href;
};

beforeAll(async () => {
  nock.enableNetConnect(/127\.0\.0\.1|localhost/);
  const port = await freePort();
  server = `http://127.0.0.1:${port}`;
  relay = await serveApi(async ({url = '/'}, response) => {
    const answer = await fetch(asRecorded(url), {headers: RECORDED_HEADERS});
    const link = answer.headers.get('link');
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(link !== null && {link}),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const main = createRequire(import.meta.url).resolve('@octokit/fixtures-server');
  recordings = spawn(
    process.execPath,
    [join(dirname(main), 'bin/server.js'), '--port', String(port), '--fixtures-url', relay.url],
    {stdio: 'ignore'},
  );
  await until(async () => (await fetch(`${server}/ping`)).ok);
}, 30_000);

afterAll(async () => {
  recordings.kill();
  await relay.close();
});

/** Loads the recording, each of whose responses is sent once, and reads it. */
const readIssues = async (state: unknown) => {
  const loaded = await fetch(`${server}/fixtures`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'application/json'},
    body: JSON.stringify({scenario: 'paginate-issues'}),
  });
  const {id}: {id: string} = JSON.parse(await loaded.text());
  const base = `/api.github.com/${id}`;
  const seen = relay.requests.length;
  const run = await runSource(GITHUB, [
    'read',
    '--config',
    file('config.json', {
      token: TOKEN,
      repositories: ['octokit-fixture-org/paginate-issues'],
      api_url: `${relay.url}${base}`,
    }),
    '--catalog',
    catalog,
    '--state',
    file('state.json', state),
  ]);
  return {...run, requests: relay.requests.slice(seen).map((sent) => sent.replace(base, ''))};
};

test('all 13 recorded issues are read along links whose path changes, and a second read continues from the state', async () => {
  const first = await readIssues([]);
  expect(recordsOf(first.messages, 'issues').map(({number}) => number)).toEqual([
    13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
  ]);
  expect(first.requests).toEqual([
    'GET /repos/octokit-fixture-org/paginate-issues/issues?sort=created&direction=asc&per_page=100&state=all',
    'GET /repositories/1000/issues?per_page=3&page=2',
    'GET /repositories/1000/issues?per_page=3&page=3',
    'GET /repositories/1000/issues?per_page=3&page=4',
    'GET /repositories/1000/issues?per_page=3&page=5',
  ]);
  expect(first.status).toBe(0);

  const second = await readIssues(lastStates(first.messages));
  expect(second.requests[0]).toBe(
    'GET /repos/octokit-fixture-org/paginate-issues/issues?sort=created&direction=asc&per_page=100&state=all&since=2017-10-10T16%3A00%3A00Z',
  );
  const older = recordsOf(second.messages, 'issues').filter(
    ({updated_at}) => String(updated_at) < '2017-10-10T16:00:00Z',
  );
  expect(older).toEqual([]);
  expect(lastStates(second.messages)).toEqual([
    {
      type: 'STREAM',
      stream: {
        stream_descriptor: {name: 'issues'},
        stream_state: {
          updated_at: '2017-10-10T16:00:00Z',
          slices: {
            'repository=octokit-fixture-org/paginate-issues': {updated_at: '2017-10-10T16:00:00Z'},
          },
        },
      },
      sourceStats: {recordCount: 13},
    },
  ]);
}, 60_000);
