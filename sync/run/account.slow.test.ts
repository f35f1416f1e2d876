// The state of one account is never used for another: its position would hide the records of the other that are older.
import {readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {secret} from '../../cdk/testing/secrets.ts';
import {fakeSource} from '../testing/fake-source.ts';
import {
  filesIn,
  headwater,
  idsIn,
  newFolder,
  rowsIn,
  stateTextIn,
  syncHere,
} from '../testing/run.ts';

jest.setTimeout(60_000);

const READ = `
  if (load(options.config).rotate) configChanged({...load(options.config), token: 't2'});
  record('users', {id: 1});
  state('users', {id: 1});
  status('users', 'COMPLETE');`;

type Config = Readonly<Record<string, unknown>>;

const setUp = (directory = newFolder()) => {
  const folder = newFolder();
  const source = fakeSource(folder, 'x', {read: READ});
  const run = async (
    config: Config | undefined,
    more: {readonly adoptState?: boolean} = {},
    program = source,
  ) => {
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify(config ?? {}));
    const name = basename(program);
    const {reports} = await syncHere({
      sources: [program],
      directory,
      ...(config !== undefined && {configs: {[name]: path}}),
      states: {[name]: join(directory, 'x.state.json')},
      ...more,
    });
    return {outcome: reports[0]?.outcome, problem: reports[0]?.problems[0]?.message};
  };
  return {run, directory, source, state: join(directory, 'x.state.json')};
};

/** The differences in the message of a refusal, or the outcome of a run that was not refused. */
const verdict = ({
  outcome,
  problem,
}: {
  readonly outcome?: string | undefined;
  readonly problem?: string | undefined;
}) => / may belong to another account: (.*?)\. Records of/.exec(problem ?? '')?.[1] ?? outcome;

test.each<[string, Config, Config, string]>([
  ['an account', {account: 'a'}, {account: 'b'}, 'account in the config differs'],
  ['a number', {account_id: 12}, {account_id: 13}, 'account_id in the config differs'],
  ['a large number', {portal: 1}, {portal: 2}, 'portal in the config differs'],
  ['a token alone', {token: 'a'}, {token: 'b'}, 'token in the config differs'],
  [
    'a nested token',
    {auth: {api_key: 'a'}},
    {auth: {api_key: 'b'}},
    'auth.api_key in the config differs',
  ],
  [
    'a host',
    {base_url: 'https://a.example', token: 't'},
    {base_url: 'https://b.example', token: 't'},
    'base_url in the config differs',
  ],
  [
    'a token at the same host',
    {url: 'https://a.example', token: 'a'},
    {url: 'https://a.example', token: 'b'},
    'token in the config differs',
  ],
  [
    'a token of the same app',
    {clientId: 'app', refreshToken: 'a'},
    {clientId: 'app', refreshToken: 'b'},
    'refreshToken in the config differs',
  ],
  [
    'a password of another user',
    {username: 'a', password: 'a'},
    {username: 'b', password: 'b'},
    'password in the config differs; username in the config differs',
  ],
  [
    'an account that was not there',
    {token: 't'},
    {token: 't', workspace: 'w'},
    'workspace in the config differs',
  ],
  [
    'an account that is gone',
    {token: 't', shop: 's'},
    {token: 't', shop: ''},
    'shop in the config differs',
  ],
  [
    'a list with nothing in common',
    {account_ids: [1, 2]},
    {account_ids: [3]},
    'account_ids in the config differs',
  ],
  [
    'an environment',
    {token: 't', environment: 'live'},
    {token: 't', environment: 'test'},
    'environment in the config differs',
  ],
  [
    'a field of no known name',
    {token: 't', brand: 'a'},
    {token: 't', brand: 'b'},
    'brand in the config differs',
  ],
])('%s tells accounts apart', async (_, before, after, differs) => {
  const {run, state, directory} = setUp();
  const first = await run(before);
  const [text, files] = [readFileSync(state, 'utf8'), filesIn(directory)];
  const second = await run(after);
  expect([first.outcome, second.outcome, verdict(second)]).toEqual(['complete', 'failed', differs]);
  expect([readFileSync(state, 'utf8'), filesIn(directory)]).toEqual([text, files]);
});

test.each<[string, Config | undefined, Config | undefined]>([
  ['the same config in another order', {a: 'x', b: 'y'}, {b: 'y', a: 'x'}],
  ['no config', undefined, {}],
  [
    'another start and size',
    {token: 't', start_date: '2024', page_size: 5},
    {token: 't', start_date: '2025', page_size: 9},
  ],
  ['a flag', {token: 't', deep: true}, {token: 't', deep: false}],
  ['an empty field', {token: 't', account: null}, {token: 't'}],
  ['a new key of the same account', {account: 'a', token: 'a'}, {account: 'a', token: 'b'}],
  [
    'a new password of the same user',
    {username: 'a', password: 'a'},
    {username: 'a', password: 'b'},
  ],
  ['one more in a list', {token: 't', repositories: ['a']}, {token: 't', repositories: ['b', 'a']}],
  [
    'a new token for the same repositories',
    {token: 'a', repositories: ['a']},
    {token: 'b', repositories: ['a']},
  ],
])('%s is the same account', async (_, before, after) => {
  const {run} = setUp();
  const runs = [await run(before), await run(after)];
  expect(runs).toEqual([{outcome: 'complete'}, {outcome: 'complete'}]);
});

test('the refusal says how to keep both, how to start again, and how to insist', async () => {
  const {run, directory, state} = setUp();
  await run({account: 'a'});
  const {problem} = await run({account: 'b'});
  expect(problem).toBe(
    `The state ${state} may belong to another account: account in the config differs. Records of this account that are older than that state would never be read, so nothing was read. To keep both, sync this account into a directory of its own: --to jsonl:${directory}-2. To start again, move ${state} and the data of x away. If it is the same account with a new key, or the program has moved, run once with --adopt-state.`,
  );
  const adopted = await run({account: 'b'}, {adoptState: true});
  const after = await run({account: 'b'});
  const back = await run({account: 'a'});
  expect([adopted, after, back].map(verdict)).toEqual([
    'complete',
    'complete',
    'account in the config differs',
  ]);
});

test('a value behind a reference is compared, not its name', async () => {
  const {run} = setUp();
  const file = join(newFolder(), 'token');
  process.env['ACCOUNT_TEST_TOKEN'] = 'a';
  const first = await run({token: 'env:ACCOUNT_TEST_TOKEN'});
  const literal = await run({token: 'a'});
  writeFileSync(file, 'a\n');
  const same = await run({token: `file:${file}`});
  writeFileSync(file, 'b\n');
  const other = await run({token: `file:${file}`});
  process.env['ACCOUNT_TEST_TOKEN'] = 'b';
  const variable = await run({token: 'env:ACCOUNT_TEST_TOKEN'});
  expect([first, literal, same, other, variable].map(verdict)).toEqual([
    ...['complete', 'complete', 'complete'],
    ...['token in the config differs', 'token in the config differs'],
  ]);
});

test('a config that the source changed belongs to the same account', async () => {
  const {run} = setUp();
  const runs = [
    await run({token: 't1', rotate: true}),
    await run({token: 't2'}),
    await run({token: 't1'}),
    await run({token: 't3'}),
  ];
  expect(runs.map(verdict)).toEqual([
    ...['complete', 'complete', 'complete', 'token in the config differs'],
  ]);
});

test('another program and another case of the name are other sources', async () => {
  const {run, source} = setUp();
  await run({});
  const folder = newFolder();
  const moved = fakeSource(folder, 'x', {read: READ});
  const shop = fakeSource(folder, 'X', {read: READ});
  expect([verdict(await run({}, {}, moved)), verdict(await run({}, {}, shop))]).toEqual([
    `the program is ${moved}, but it was ${source}`,
    `the source is X, but it was x; the program is ${shop}, but it was ${source}`,
  ]);
});

test('names that differ only in case or in special characters cannot be synced side by side', async () => {
  const folder = newFolder();
  const [one, two] = ['Shop', 'shop'].map((name) => fakeSource(folder, name, {read: READ}));
  const to = ['--to', `jsonl:${newFolder()}`];
  const both = await headwater(['sync', one ?? '', two ?? '', ...to]);
  const other = fakeSource(newFolder(), 'y', {read: READ});
  const states = ['--state', 'Shop=same.json', '--state', 'y=./same.json'];
  const oneFile = await headwater(['sync', one ?? '', other, ...to, ...states]);
  expect([both.status, both.stderr, oneFile.status, oneFile.stderr]).toEqual([
    ...[2, expect.stringContaining('Two sources are named Shop and shop, so their files')],
    ...[2, expect.stringContaining('Two sources would keep their states in ./same.json')],
  ]);
});

test('a state that another tool wrote is used, and belongs to the account from then on', async () => {
  const {run, state} = setUp();
  writeFileSync(
    state,
    '[{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":0}}}]',
  );
  expect([verdict(await run({account: 'a'})), verdict(await run({account: 'b'}))]).toEqual([
    'complete',
    'account in the config differs',
  ]);
});

test('no value of the config is in the state, and the source is not given the fingerprint', async () => {
  const directory = newFolder();
  const [token, password] = [secret('account-token'), secret('account-password')];
  const source = fakeSource(newFolder(), 'x', {
    read: `record('users', {id: 1, given: load(options.state)}); state('users', {id: 1}); status('users', 'COMPLETE');`,
  });
  const path = join(newFolder(), 'config.json');
  writeFileSync(
    path,
    JSON.stringify({token, login: {password, email: 'ada@example.com'}, keys: [token]}),
  );
  for (const _ of [1, 2]) await syncHere({sources: [source], directory, configs: {x: path}});
  const text = readFileSync(join(directory, 'x.state.json'), 'utf8');
  expect([token, password, 'ada@example.com'].filter((value) => text.includes(value))).toEqual([]);
  expect(text).toContain('"headwater":');
  expect(stateTextIn(join(directory, 'x.state.json'))).toBe(
    '[\n{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":1}}}\n]\n',
  );
  const [, given] = filesIn(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => rowsIn(join(directory, name)));
  expect(given?.['given']).toEqual([
    {type: 'STREAM', stream: {stream_descriptor: {name: 'users'}, stream_state: {id: 1}}},
  ]);
  expect(idsIn(directory)).toEqual([1, 1]);
});
