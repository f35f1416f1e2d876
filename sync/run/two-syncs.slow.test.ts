// Two syncs at once never write the same file or use the same refresh token: the second is refused before it starts a source.
import {existsSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {fakeSource} from '../testing/fake-source.ts';
import {
  blobsIn,
  filesIn,
  headwater,
  idsIn,
  newFolder,
  startHeadwater,
  until,
} from '../testing/run.ts';

jest.setTimeout(60_000);

/** A source that waits until `go` exists, with a marker for each of its runs. */
const setUp = () => {
  const folder = newFolder();
  const [go, started] = [join(folder, 'go'), join(folder, 'started')];
  const source = fakeSource(folder, 'x', {
    read: `
      const config = load(options.config);
      fs.appendFileSync('${started}', (config.token ?? '-') + '\\n');
      record('users', {id: 1});
      while (!fs.existsSync('${go}')) await new Promise((done) => setTimeout(done, 10));
      if (config.token) configChanged({...config, token: 't' + (Number(config.token.slice(1)) + 1)});
      state('users', {id: 1});
      status('users', 'COMPLETE');`,
  });
  const starts = (): readonly string[] =>
    existsSync(started) ? readFileSync(started, 'utf8').split('\n').slice(0, -1) : [];
  const first = async (...args: readonly string[]) => {
    const run = startHeadwater(['sync', source, ...args]);
    await until(() => starts().length === 1);
    return run;
  };
  const second = (...args: readonly string[]) => headwater(['sync', source, ...args]);
  return {folder, source, starts, first, second, finish: () => writeFileSync(go, '')};
};

test.each(['the same path', 'a link', 'another state'])(
  'a second sync into one directory, by %s, says that one runs',
  async (how) => {
    const {folder, first, second, finish, starts} = setUp();
    const directory = newFolder();
    const link = join(folder, 'link');
    symlinkSync(directory, link);
    const one = await first('--to', `jsonl:${directory}`);
    const path = how === 'a link' ? link : directory;
    const state = how === 'another state' ? ['--state', join(folder, 'other.json')] : [];
    const two = await second('--to', `jsonl:${path}`, ...state);
    finish();
    const {status} = await one.ended;
    const three = await second('--to', `jsonl:${directory}`);
    expect([two.status, status, three.status, starts().length]).toEqual([1, 0, 0, 2]);
    expect(two.stdout).toContain(
      `    Another sync of x into ${path} is running. Wait until it has ended, or give this one a --to directory of its own.`,
    );
    expect([blobsIn(join(directory, 'x.state.json')), idsIn(directory)]).toEqual([
      {users: {id: 1}},
      [1, 1],
    ]);
  },
);

test.each(['the same path', 'a link'])(
  'a second sync with one state file, by %s, says that one runs',
  async (how) => {
    const {folder, first, second, finish, starts} = setUp();
    const [state, link] = [join(folder, 'state.json'), join(folder, 'link.json')];
    writeFileSync(state, '[]');
    symlinkSync(state, link);
    const one = await first('--to', `jsonl:${newFolder()}`, '--state', state);
    const path = how === 'a link' ? link : state;
    const two = await second('--to', `jsonl:${newFolder()}`, '--state', path);
    finish();
    const {status} = await one.ended;
    expect([two.status, status, starts().length]).toEqual([1, 0, 1]);
    expect(two.stdout).toContain(`Another sync that keeps its state in ${path} is running.`);
  },
);

test('two sources share a directory', async () => {
  const {first, finish} = setUp();
  const directory = newFolder();
  const one = await first('--to', `jsonl:${directory}`);
  const other = fakeSource(newFolder(), 'x_y', {
    read: `record('users', {id: 2}); status('users', 'COMPLETE');`,
  });
  const two = await headwater(['sync', other, '--to', `jsonl:${directory}`]);
  finish();
  const {status} = await one.ended;
  expect([two.status, status, [...idsIn(directory)].sort()]).toEqual([0, 0, [1, 2]]);
});

test('a lock does not outlive a sync that is killed', async () => {
  const {first, second, finish, starts} = setUp();
  const directory = newFolder();
  const one = await first('--to', `jsonl:${directory}`);
  one.child.kill('SIGKILL');
  await one.ended;
  finish();
  const two = await second('--to', `jsonl:${directory}`);
  expect([two.status, starts().length]).toEqual([0, 2]);
});

test.each([
  ['the same file', 't1'],
  ['a copy of the file', 't1'],
])(
  'a second sync with one token store and %s does not use the refresh token',
  async (how, token) => {
    const {folder, first, second, finish, starts} = setUp();
    const tokens = join(folder, 'tokens');
    const [config, copy] = [join(folder, 'config.json'), join(folder, 'copy.json')];
    for (const path of [config, copy]) writeFileSync(path, JSON.stringify({token}));
    const store = ['--tokens', tokens];
    const one = await first('--to', `jsonl:${newFolder()}`, '--config', config, ...store);
    const path = how === 'the same file' ? config : copy;
    const two = await second('--to', `jsonl:${newFolder()}`, '--config', path, ...store);
    finish();
    await one.ended;
    const three = await second('--to', `jsonl:${newFolder()}`, '--config', path, ...store);
    expect([two.status, three.status, starts()]).toEqual([1, 0, ['t1', 't2']]);
    expect(two.stdout).toContain(
      `Another sync uses the tokens of this config in ${tokens}. Wait until it has ended: two at once would use the same refresh token, and the API may revoke it.`,
    );
    expect(filesIn(tokens)).toHaveLength(1);
  },
);

test('two accounts use one token store at once', async () => {
  const {folder, source, first, second, finish} = setUp();
  const store = ['--tokens', join(folder, 'tokens')];
  const [a, b] = ['a', 'b'].map((name) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({token: 't1', name}));
    return path;
  });
  const one = await first('--to', `jsonl:${newFolder()}`, '--config', a ?? '', ...store);
  finish();
  const two = await second('--to', `jsonl:${newFolder()}`, '--config', b ?? '', ...store);
  const {status} = await one.ended;
  expect([status, two.status, filesIn(join(folder, 'tokens')).length, source]).toEqual([
    ...[0, 0, 2, source],
  ]);
});
