// Mistakes of users: the failure type, the exit code, a message that helps, and no lost state. Most commands run in this
// process; a few run as programs, which must print the same.
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {lastStates} from '../../cdk/testing/messages.ts';
import {secret} from '../../cdk/testing/secrets.ts';
import {faker} from '../../sources/faker/index.ts';
import {github} from '../../sources/github/index.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';
import {type Performed, performSource} from './perform.ts';
import {configuredCatalog, type Ended, FAKER, GITHUB, runSource, workspace} from './run-program.ts';

const {file, folder} = workspace();
const catalog = file('catalog.json', configuredCatalog(['users']));
const good = file('good.json', {count: 2});
const directory = join(folder, 'directory');
mkdirSync(directory);

/** Each read's TRACE ERRORs, as `stream type: message`. */
const errorsOf = (messages: Awaited<ReturnType<typeof runSource>>['messages']) =>
  messages.flatMap(({trace}) =>
    trace?.error === undefined
      ? []
      : [
          `${trace.error.stream_descriptor?.name ?? 'all'} ${trace.error.failure_type}: ${trace.error.message}`,
        ],
  );

const goodToken = secret('good');
type Run = (
  args: readonly string[],
) => Promise<Pick<Ended, 'status'> & Pick<Performed, 'messages'>>;
const inFaker: Run = (args) => performSource(faker, args);
const inGithub = (args: readonly string[]) => performSource(github, args);

const CONFIGS: readonly (readonly [string, Run, string, string])[] = [
  [
    'a config that does not exist, given to the program',
    (args) => runSource(FAKER, args),
    join(folder, 'nowhere.json'),
    `The config file ${join(folder, 'nowhere.json')} does not exist.`,
  ],
  [
    'a config that does not exist',
    inFaker,
    join(folder, 'nowhere.json'),
    `The config file ${join(folder, 'nowhere.json')} does not exist.`,
  ],
  [
    'a config that is a directory',
    inFaker,
    directory,
    `The config file ${directory} is a directory.`,
  ],
  [
    'a config that is not JSON',
    inFaker,
    file('broken.json', '{\n  "count": 10,\n  "seed": one\n}'),
    `The config file ${join(folder, 'broken.json')} is not valid JSON at line 3: unexpected character 'o'. Correct that line.`,
  ],
  [
    'a config that ends too early',
    inFaker,
    file('cut.json', '{"count": 10'),
    `The config file ${join(folder, 'cut.json')} is not valid JSON at line 1: expected ',' or '}' after property value. Correct that line.`,
  ],
  [
    'a config that is a list',
    inFaker,
    file('list.json', []),
    'The config must be a JSON object, but is an array.',
  ],
  [
    'a config with wrong values',
    inFaker,
    file('wrong.json', {count: 'ten', seed: -1}),
    'The config does not match the spec: count must be of type integer, but is "ten"; seed must be >= 0, but is -1.',
  ],
  [
    'a config with missing fields',
    inGithub,
    file('missing.json', {}),
    'The config does not match the spec: token is required, but missing; repositories is required, but missing.',
  ],
  [
    'a config with a wrong name in a list',
    inGithub,
    file('name.json', {token: goodToken, repositories: ['octocat']}),
    'The config does not match the spec: repositories.0 must match the pattern ^[\\w.-]+/(\\*|[\\w.-]+)$ (owner/name or owner/*), but is "octocat".',
  ],
];

describe.each(CONFIGS)('%s', (_case, runCommand, path, message) => {
  test('makes check report FAILED with the reason, and exit with 0', async () => {
    const {messages, status} = await runCommand(['check', '--config', path]);
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'FAILED', message}},
    ]);
    expect(status).toBe(0);
  });

  test.each([['discover'], ['read']])(
    'ends %s with a config_error and exit code 1',
    async (command) => {
      const more = command === 'read' ? ['--catalog', catalog] : [];
      const {messages, status} = await runCommand([command, '--config', path, ...more]);
      expect(errorsOf(messages)).toEqual([`all config_error: ${message}`]);
      expect(status).toBe(1);
    },
  );
});

describe('a read of faker', () => {
  const state = [
    {
      type: 'STREAM',
      stream: {
        stream_descriptor: {name: 'users'},
        stream_state: {updated_at: '2024-01-01T00:00:01.000Z'},
      },
    },
  ];
  const read = (catalogPath: string, statePath?: string) =>
    inFaker([
      'read',
      '--config',
      good,
      '--catalog',
      catalogPath,
      ...(statePath === undefined ? [] : ['--state', statePath]),
    ]);

  test('with an unknown stream fails that stream, emits its state unchanged and reads the others', async () => {
    const {messages, status} = await read(
      file('unknown.json', configuredCatalog(['nowhere', 'users'])),
      file('unknown-state.json', [
        ...state,
        {type: 'STREAM', stream: {stream_descriptor: {name: 'nowhere'}, stream_state: {id: 7}}},
      ]),
    );
    const unknown =
      "The catalog names stream nowhere, which this source does not have. It has: users, products, purchases. Run discover again and take the stream's name from there.";
    expect(errorsOf(messages)).toEqual([
      `nowhere config_error: ${unknown}`,
      'all config_error: 1 of 2 streams failed: nowhere. The errors before this one say why.',
    ]);
    expect(lastStates(messages)).toMatchObject([
      {stream: {stream_state: {id: 7}}},
      {stream: {stream_state: {updated_at: '2024-01-01T00:00:02.000Z'}}},
    ]);
    expect(status).toBe(1);
  });

  test.each([
    [
      'is not JSON',
      file('cat1.json', 'streams'),
      `The catalog file ${join(folder, 'cat1.json')} is not valid JSON at line 1: unexpected character 's'. Correct that line.`,
    ],
    [
      'has no streams',
      file('cat2.json', {}),
      'The catalog must be an object with a list "streams", but "streams" is undefined.',
    ],
    [
      'does not exist',
      join(folder, 'cat3.json'),
      `The catalog file ${join(folder, 'cat3.json')} does not exist.`,
    ],
  ])('with a catalog that %s is a config_error', async (_case, path, message) => {
    const {messages, status} = await read(path);
    expect(errorsOf(messages)).toEqual([`all config_error: ${message}`]);
    expect(status).toBe(1);
  });

  test("with another connector's state warns, and reads from the beginning", async () => {
    const foreign = [
      {type: 'STREAM', stream: {stream_descriptor: {name: 'users'}, stream_state: {lsn: 5}}},
      {type: 'STREAM', stream: {stream_descriptor: {name: 'orders'}, stream_state: {id: 5}}},
    ];
    const {messages, status} = await read(catalog, file('foreign.json', foreign));
    expect(messages.flatMap(({log}) => (log?.level === 'WARN' ? [log.message] : []))).toEqual([
      'The state has streams that the catalog does not have: orders. They are ignored.',
      'The state of stream users has no "updated_at", only lsn: it seems to be another connector\'s. The stream is read from its beginning.',
    ]);
    expect(messages.filter(({type}) => type === 'RECORD')).toHaveLength(2);
    expect(status).toBe(0);
  });

  test('with a state that is not JSON is a config_error, and no record is read', async () => {
    const {messages, status} = await read(catalog, file('state.json', '{oops'));
    expect(errorsOf(messages)).toEqual([
      `all config_error: The state file ${join(folder, 'state.json')} is not valid JSON at line 1: expected property name or '}'. Correct that line.`,
    ]);
    expect(messages.some(({type}) => type === 'RECORD')).toBe(false);
    expect(status).toBe(1);
  });
});

describe('GitHub', () => {
  let api: ApiServer;
  beforeAll(async () => {
    nock.enableNetConnect('127.0.0.1');
    api = await serveApi((request, response) =>
      request.headers.authorization === `Bearer ${goodToken}`
        ? sendJson(response, {message: 'Not Found', status: '404'}, {status: 404})
        : sendJson(response, {message: 'Bad credentials', status: '401'}, {status: 401}),
    );
  });
  afterAll(() => api.close());

  const settings = (token: string) =>
    file(`${token === goodToken ? 'known' : 'unknown'}.json`, {
      token,
      repositories: ['octocat/gone'],
      api_url: api.url,
    });

  test('that rejects a token is FAILED in check, with advice', async () => {
    const {messages, status} = await inGithub(['check', '--config', settings(secret('other'))]);
    expect(messages).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message: `GET ${api.url}/repos/octocat/gone answered 401: Bad credentials. The API does not accept these credentials: check them in the config. They may be mistyped, expired or revoked.`,
        },
      },
    ]);
    expect(status).toBe(0);
  });

  test('that does not know a repository is FAILED in check, and a config_error of each stream in read', async () => {
    const message = `GitHub has nothing at ${api.url}/repos/octocat/gone (404): the repository or owner does not exist, or the token may not see it. Check "repositories" in the config, and the repositories that the token may read.`;
    const check = await inGithub(['check', '--config', settings(goodToken)]);
    expect(check.messages.at(-1)?.connectionStatus).toEqual({status: 'FAILED', message});
    const state = [
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: {name: 'issues'},
          stream_state: {slices: {'repository=octocat/gone': {updated_at: '2024-01-01T00:00:00Z'}}},
        },
      },
    ];
    const read = await inGithub([
      'read',
      '--config',
      settings(goodToken),
      '--catalog',
      file('github.json', configuredCatalog(['issues'])),
      '--state',
      file('github-state.json', state),
    ]);
    expect(errorsOf(read.messages)).toEqual([
      `issues config_error: repository=octocat/gone: ${message.replace('gone (404)', 'gone/issues (404)')}`,
      'all config_error: 1 of 1 streams failed: issues. The errors before this one say why.',
    ]);
    expect(lastStates(read.messages)).toMatchObject([
      {
        stream: {
          stream_state: {slices: {'repository=octocat/gone': {updated_at: '2024-01-01T00:00:00Z'}}},
        },
      },
    ]);
    expect(read.status).toBe(1);
    expect(read.stdout + check.stdout).not.toContain(goodToken);
  });

  const checkAt = (api_url: string) => {
    const repositories = ['octocat/hello-world'];
    const path = file('url.json', {token: goodToken, repositories, api_url});
    return runSource(GITHUB, ['check', '--config', path]);
  };

  test('that nothing listens at is FAILED in check, exit code 0', async () => {
    const {messages, status} = await checkAt('http://127.0.0.1:1/api/v3');
    expect(messages.at(-1)?.connectionStatus).toEqual({
      status: 'FAILED',
      message:
        'GET http://127.0.0.1:1/api/v3/repos/octocat/hello-world failed with ECONNREFUSED. Nothing listens at 127.0.0.1:1: the host or the port is wrong, or the server is not running. 127.0.0.1 is the machine or container that the source itself runs in. From a container, the machine around it is host.docker.internal. Check "api_url" in the config.',
    });
    expect(errorsOf(messages)).toEqual([]);
    expect(status).toBe(0);
  }, 30_000);

  test('that is down is a transient_error: no status in check, exit code 1', async () => {
    const down = await serveApi((_request, response) =>
      sendJson(response, {message: 'Down'}, {status: 503}),
    );
    const {messages, status} = await checkAt(down.url).finally(() => down.close());
    expect(messages.some(({type}) => type === 'CONNECTION_STATUS')).toBe(false);
    expect(errorsOf(messages)).toEqual([
      `all transient_error: GET ${down.url}/repos/octocat/hello-world answered 503: Down. All 3 attempts failed: try again later.`,
    ]);
    expect(status).toBe(1);
  }, 30_000);
});
