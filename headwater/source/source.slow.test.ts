// The commands for one source, as users run them: in a repository of connectors, in the folder of a source, and elsewhere.
import {execFile} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, jest, test} from '@jest/globals';
import {USERS} from '../../sync/testing/fake-source.ts';
import {HEADWATER, newFolder, startHeadwater} from '../../sync/testing/run.ts';
import {addSource, linesOf, run} from './testing.ts';

jest.setTimeout(60_000);

/** A repository of somebody else: sources that are programs in any language. */
const repository = newFolder();
const elsewhere = newFolder();

const READ = `
  const catalog = load(options.catalog).streams;
  for (const {stream} of catalog) {
    status(stream.name, 'STARTED');
    for (let id = 1; id <= 20; id += 1) {
      record(stream.name, {id, state: load(options.state) ?? null});
      if (id % 2 === 0) state(stream.name, {id}, 2);
    }
    // A read of one stream has no end of its own.
    let goesOn = catalog.length === 1;
    process.once('SIGTERM', () => { goesOn = false; });
    while (goesOn) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      log('INFO', 'waiting');
    }
    status(stream.name, 'COMPLETE');
  }
  process.exit(0);`;

beforeAll(() => {
  writeFileSync(join(repository, 'package.json'), '{"name": "our-connectors"}');
  addSource(repository, 'crm', {streams: [USERS, {name: 'groups'}], read: READ});
  addSource(repository, 'shop', {required: ['token', 'hosts']});
  addSource(repository, 'down', {
    discover: `fail('The API is down: try again later.'); process.exit(1);`,
    read: '',
  });
  mkdirSync(join(repository, 'docs'));
});

describe('a source is found', () => {
  test('by its name, from any folder of the repository', async () => {
    expect(await run(join(repository, 'docs'), 'discover', 'crm')).toEqual({
      code: 0,
      stdout:
        'users   incremental by id  key id  0 fields\ngroups  full refresh       no key  0 fields\n',
      stderr: '',
    });
  });

  test('without a name in its own folder, and below it', async () => {
    const folder = join(repository, 'sources/crm');
    mkdirSync(join(folder, 'schemas'), {recursive: true});
    const ends = await Promise.all([
      run(folder, 'discover'),
      run(join(folder, 'schemas'), 'discover'),
      run(folder, 'discover', 'crm'),
    ]);
    expect(ends.map(({code, stdout}) => [code, linesOf(stdout).length])).toEqual([
      [0, 2],
      [0, 2],
      [0, 2],
    ]);
  });

  test('without a name if the repository has only one', async () => {
    const root = newFolder();
    writeFileSync(join(root, 'package.json'), '{}');
    addSource(root, 'only', {});
    expect((await run(root, 'discover')).stdout).toBe(
      'users  incremental by id  key id  0 fields\n',
    );
  });

  test('by sync too', async () => {
    const to = join(elsewhere, 'out');
    const {code, stdout} = await run(
      ...([join(repository, 'docs'), 'sync', 'crm', '--to', `jsonl:${to}`] as const),
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('crm: complete\n')]);
  });

  test('by the path of its program, from anywhere', async () => {
    const path = join(repository, 'sources/crm/main.ts');
    expect((await run(elsewhere, 'discover', path)).code).toBe(0);
  });

  test('by a name of this repository, where there is no other', async () => {
    expect(await run(elsewhere, 'check', 'faker')).toEqual({
      code: 0,
      stdout: 'faker works with this config.\n',
      stderr: '',
    });
  });
});

describe('an error says what there is', () => {
  test.each([
    [
      ['check', 'nope'],
      'There is no source nope. There are: crm, down, shop. For your own program give its path, such as ./nope.',
    ],
    [['check'], 'Name a source, or change to the folder of one. There are: crm, down, shop.'],
    [
      ['read', 'crm', '--streams', 'nope'],
      'There is no stream nope. The streams are: crm has users, groups.',
    ],
    [
      ['read', 'crm', '--streams', ','],
      '--streams has no stream: use a list such as issues,commits.',
    ],
  ])('headwater %j', async (args, message) => {
    expect(await run(repository, ...args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${message}\n`,
    });
  });

  test('if a config is needed and missing', async () => {
    const {code, stderr} = await run(repository, 'check', 'shop');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error: shop needs a config with token, hosts\. Write these into a JSON file, and pass it with --config shop\.json; `.*\/sources\/shop\/main\.ts spec` describes all of it\.\n$/,
      ),
    ]);
    const github = await run(elsewhere, 'check', 'github');
    expect(github.stderr).toContain('a config with token (string, secret), repositories (array).');
  });

  test('if the config does not exist, or is not JSON', async () => {
    writeFileSync(join(elsewhere, 'bad.json'), '{');
    const ends = await Promise.all([
      run(elsewhere, 'check', 'faker', '--config', 'nope.json'),
      run(elsewhere, 'check', 'faker', '--config', 'bad.json'),
    ]);
    expect(ends.map(({code, stderr}) => [code, stderr])).toEqual([
      [1, 'error: The config file nope.json does not exist.\n'],
      [1, 'error: The config file bad.json is not valid JSON.\n'],
    ]);
  });

  test('if the source fails, in its own words', async () => {
    expect(await run(repository, 'catalog', 'down')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: The API is down: try again later.\n',
    });
  });
});

test('a check of a config that does not work ends with exit code 1', async () => {
  const config = join(elsewhere, 'wrong.json');
  writeFileSync(config, JSON.stringify({count: 'many'}));
  expect(await run(elsewhere, 'check', 'faker', '--config', 'wrong.json')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: faker does not work with this config: The config does not match the spec: count must be of type integer, but is "many".\n',
  });
});

test('a catalog is what read of the source takes', async () => {
  const {stdout} = await run(elsewhere, 'catalog', 'faker', '--streams', 'users');
  expect(JSON.parse(stdout)).toMatchObject({
    streams: [
      {
        stream: {name: 'users', json_schema: {title: 'User'}},
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
        cursor_field: ['updated_at'],
        primary_key: [['id']],
      },
    ],
  });
});

describe('a read', () => {
  test('prints all messages of the named streams, unchanged', async () => {
    const {code, stdout, stderr} = await run(repository, 'read', 'crm');
    expect([code, stderr]).toEqual([0, '']);
    const types = linesOf(stdout).map((line) => JSON.parse(line).type);
    expect([types.length, types.filter((type) => type === 'RECORD').length]).toEqual([64, 40]);
  });

  test('ends each stream in order at the limit, and prints no state after it', async () => {
    const {code, stdout, stderr} = await run(repository, 'read', 'crm', '--limit', '3');
    expect([code, stderr]).toEqual([0, '']);
    const messages = linesOf(stdout).map((line) => JSON.parse(line));
    expect(
      messages.map(({record, state, trace}) =>
        record
          ? `${record.stream} ${record.data.id}`
          : `${state ? `state ${state.stream.stream_state.id}` : trace.stream_status.status}`,
      ),
    ).toEqual([
      ...['STARTED', 'users 1', 'users 2', 'state 2', 'users 3'],
      ...['STARTED', 'groups 1', 'groups 2', 'state 2', 'groups 3'],
    ]);
  });

  test('continues from a state', async () => {
    writeFileSync(join(elsewhere, 'state.json'), '[{"id": 7}]');
    const {stdout} = await run(
      ...([elsewhere, 'read', join(repository, 'sources/crm/main.ts')] as const),
      ...['--streams', 'users', '--limit', '1', '--state', 'state.json'],
    );
    expect(linesOf(stdout)[1]).toContain('"state":[{"id":7}]');
  });

  test('ends when its reader has gone away', async () => {
    const command = `'${HEADWATER}' read crm --streams users | head -n 1; exit \${PIPESTATUS[0]}`;
    const stdout = await new Promise<string>((resolve) => {
      execFile('bash', ['-c', command], {cwd: repository, timeout: 30_000}, (_error, out) =>
        resolve(out),
      );
    });
    expect(linesOf(stdout).length).toBe(1);
  });

  test('ends in order at a signal, with whole lines', async () => {
    const {child, ended} = startHeadwater([
      'read',
      join(repository, 'sources/crm/main.ts'),
      '--streams',
      'users',
    ]);
    let stopped = false;
    child.stdout?.on('data', (text: string) => {
      if (stopped || !text.includes('waiting')) return;
      stopped = true; // a second signal would end it at once
      child.kill('SIGINT');
    });
    const {status, stdout} = await ended;
    const lines = linesOf(stdout).map((line) => JSON.parse(line));
    expect([status, lines.at(-1).trace.stream_status.status]).toEqual([130, 'COMPLETE']);
  });

  test('of a source that fails prints its messages, and ends with exit code 1', async () => {
    addSource(repository, 'half', {
      streams: [USERS, {name: 'groups'}],
      read: `record(load(options.catalog).streams[0].stream.name, {id: 1}); fail('The token is unknown.'); process.exit(1);`,
    });
    const whole = await run(repository, 'read', 'half');
    const limited = await run(repository, 'read', 'half', '--limit', '2');
    expect([whole.code, linesOf(whole.stdout).length, whole.stderr]).toEqual([
      1,
      2,
      'error: The token is unknown.\n',
    ]);
    expect([limited.code, linesOf(limited.stdout).length, limited.stderr]).toEqual([
      1,
      4,
      'error: The token is unknown.\nerror: The token is unknown.\n',
    ]);
  });
});

test('a config that the source changes is kept beside the old one, and used from then on', async () => {
  addSource(repository, 'rotating', {
    required: ['token'],
    discover: `configChanged({token: load(options.config).token + 1});`,
    read: `record('users', {token: load(options.config).token});`,
  });
  const config = join(elsewhere, 'rotating.json');
  writeFileSync(config, '{"token": 1}');
  const {code, stdout, stderr} = await run(repository, 'read', 'rotating', '--config', config);
  const changed = join(elsewhere, 'rotating.changed.json');
  expect([code, JSON.parse(stdout).record.data, JSON.parse(readFileSync(changed, 'utf8'))]).toEqual(
    [...[0, {token: 2}, {token: 2}]],
  );
  expect(stderr).toBe(
    `warn: rotating changed its config. The new one is in ${changed}: use it from now on, the old one may no longer work.\n`,
  );
});
