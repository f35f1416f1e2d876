// Configs that sources change are stored for the next run, with a new refresh token in place of a used-up one.
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, jest, test} from '@jest/globals';
import {openLocks} from '../landing/locks.ts';
import {fakeSource} from '../testing/fake-source.ts';
import {
  dataFilesIn,
  filesIn,
  headwater,
  newFolder,
  rowsIn,
  startHeadwater,
  syncHere,
  until,
} from '../testing/run.ts';
import {openTokenStore} from './token-store.ts';

jest.setTimeout(60_000);

/** Emits its config as a record, and then changes it: the token `t1` becomes `t2`. */
const ROTATE = `
  const config = load(options.config);
  record('users', {config});
  const next = (token) => 't' + (Number(token.slice(1)) + 1);
  configChanged({...config, auth: {...config.auth, token: next(config.auth.token)}});
  status('users', 'COMPLETE');`;

/** The same, but it changes only `t1`. */
const ROTATE_ONCE = `
  const config = load(options.config);
  record('users', {config});
  if (config.auth.token === 't1') configChanged({...config, auth: {...config.auth, token: 't2'}});
  status('users', 'COMPLETE');`;

const TIME = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z/;

const configWith = (token: string, more: object = {}) => ({auth: {id: 'app', token}, ...more});

/** Makes a source, a store, and files for configs. */
const setUp = (read = ROTATE, name = 'x') => {
  const [folder, directory, tokens] = [newFolder(), newFolder(), join(newFolder(), 'deep/tokens')];
  const source = fakeSource(folder, name, {required: ['auth'], read});
  const write = (content: unknown, file = 'config.json'): string => {
    const path = join(folder, file);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const run = async (config: string, store: string | undefined = tokens) => {
    const before = dataFilesIn(directory);
    // All runs of this process have the same time, and so the same file names.
    for (const path of before) rmSync(path);
    const {reports, said} = await syncHere({
      sources: [source],
      directory,
      configs: {[name]: config},
      ...(store !== undefined && {tokens: store}),
    });
    const [report] = reports;
    return {
      got: dataFilesIn(directory).flatMap(rowsIn)[0]?.['config'],
      outcome: report?.outcome,
      problems: report?.problems,
      said: said.map((line) =>
        line
          .replaceAll(tokens, 'TOKENS')
          .replaceAll(folder, 'FOLDER')
          .replace(/[0-9a-f]{12}/, 'HASH')
          .replace(TIME, 'TIME'),
      ),
    };
  };
  return {source, directory, tokens, write, run, folder};
};

const KEPT =
  'warn x: The source changed its config. The new one is stored in TOKENS/x.HASH.json: the next run with --tokens starts from it.';
const SAME =
  'info x: Starts from the config that it changed in an earlier run, stored in TOKENS/x.HASH.json.';
const SET_ASIDE =
  'warn x: The config FOLDER/config.json was edited after the source had changed it, so it is used unchanged. The config that the source changed was moved to TOKENS/x.HASH.set-aside.TIME.json: if the API rejects your token, copy the one from there.';

describe('a config that a source changed', () => {
  test('is used by the next run, while the file of the user stays unchanged', async () => {
    const {write, run, tokens, directory} = setUp();
    const path = write(configWith('t1'));
    const runs = [await run(path), await run(path), await run(path)];
    expect(runs.map(({got, outcome, said}) => ({got, outcome, said}))).toEqual([
      {got: configWith('t1'), outcome: 'complete', said: [KEPT]},
      {got: configWith('t2'), outcome: 'complete', said: [SAME, KEPT]},
      {got: configWith('t3'), outcome: 'complete', said: [SAME, KEPT]},
    ]);
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(configWith('t1')));
    const [kept = '', ...others] = filesIn(tokens);
    expect(others).toEqual([]);
    expect((statSync(join(tokens, kept)).mode & 0o777).toString(8)).toBe('600');
    expect(JSON.parse(readFileSync(join(tokens, kept), 'utf8'))).toEqual({
      from: configWith('t1'),
      config: configWith('t4'),
    });
    expect(filesIn(directory).filter((name) => name.includes('config'))).toEqual([]);
  });

  test('is used as long as the config of the user has the same content, also in another file', async () => {
    const {write, run, tokens} = setUp();
    await run(write('{"n": 1.50, "auth": {"id": "app", "token": "t1"}}'));
    const moved = write('{\n "auth": {"token": "t1", "id": "app"},\n "n": 1.50}', 'moved.json');
    const {got, said} = await run(moved);
    expect([got, said]).toEqual([configWith('t2', {n: 1.5}), [SAME, KEPT]]);
    expect(filesIn(tokens)).toHaveLength(1);
  });

  test.each([
    ['authorized again', configWith('t7')],
    ['edited something else', configWith('t1', {repositories: ['a', 'b']})],
  ])(
    'is set aside after the user %s: the edited config is used, which is logged',
    async (_, edited) => {
      const {write, run, tokens} = setUp();
      await run(write(configWith('t1')));
      const {got, said} = await run(write(edited));
      expect([got, said]).toEqual([edited, [SET_ASIDE, KEPT]]);
      const [kept = '', aside = '', ...others] = filesIn(tokens);
      expect(others).toEqual([]);
      expect(aside.replace(TIME, 'TIME')).toBe(kept.replace('.json', '.set-aside.TIME.json'));
      expect(statSync(join(tokens, aside)).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(join(tokens, aside), 'utf8'))).toEqual({
        from: configWith('t1'),
        config: configWith('t2'),
      });
    },
  );

  test('is used by the next run after the user edited theirs, too', async () => {
    const {write, run} = setUp();
    await run(write(configWith('t1')));
    const again = write(configWith('t7'));
    await run(again);
    const {got, said} = await run(again);
    expect([got, said]).toEqual([configWith('t8'), [SAME, KEPT]]);
  });

  test('is set aside for good, even if the source does not change the config again', async () => {
    const {write, run, tokens} = setUp(ROTATE_ONCE);
    await run(write(configWith('t1')));
    const edited = write(configWith('t7'));
    const runs = [await run(edited), await run(edited)];
    expect(runs.map(({got, said}) => [got, said])).toEqual([
      [configWith('t7'), [SET_ASIDE]],
      [configWith('t7'), []],
    ]);
    expect(filesIn(tokens)).toHaveLength(1);
  });

  test('does not replace another one that was set aside before', async () => {
    const {write, run, tokens} = setUp();
    for (const token of ['t1', 't10', 't20']) await run(write(configWith(token)));
    const kept = filesIn(tokens).map(
      (name) => JSON.parse(readFileSync(join(tokens, name), 'utf8')).config,
    );
    expect(kept).toHaveLength(3);
    expect(kept).toEqual(expect.arrayContaining(['t2', 't11', 't21'].map((t) => configWith(t))));
  });

  test('that cannot be set aside is an error with advice', async () => {
    const {write, run, tokens} = setUp();
    const path = write(configWith('t1'));
    await run(path);
    const kept = join(tokens, filesIn(tokens)[0] ?? '');
    const store = await openTokenStore(tokens, ['x'], openLocks());
    const time = statSync(kept).mtime.toISOString().replaceAll(':', '-');
    const aside = kept.replace(/\.json$/, `.set-aside.${time}.json`);
    mkdirSync(aside);
    await expect(store.find('x', {path, content: configWith('t7')})).rejects.toThrow(
      `The config was edited, but the tokens file ${kept} cannot be renamed: EISDIR: illegal operation on a directory, rename '${kept}' -> '${aside}'. Move it away, and run again.`,
    );
  });

  test('of one account is not used for another', async () => {
    const {write, run, tokens} = setUp();
    const [one, two] = [write(configWith('t1'), 'one.json'), write(configWith('t50'), 'two.json')];
    const got = [await run(one), await run(two), await run(one), await run(two)];
    expect(got.map((run) => run.got)).toEqual(['t1', 't50', 't2', 't51'].map((t) => configWith(t)));
    expect(filesIn(tokens)).toHaveLength(2);
  });

  test('is stored even if the user gave no config', async () => {
    const [directory, tokens] = [newFolder(), newFolder()];
    const source = fakeSource(newFolder(), 'x', {
      read: `record('users', load(options.config)); configChanged({token: 't2'}); status('users', 'COMPLETE');`,
    });
    const rows = [];
    for (let run = 0; run < 2; run += 1) {
      for (const path of dataFilesIn(directory)) rmSync(path);
      await syncHere({sources: [source], directory, tokens});
      rows.push(dataFilesIn(directory).flatMap(rowsIn)[0]?.['token']);
    }
    expect(rows).toEqual([undefined, 't2']);
  });
});

describe('a store', () => {
  test('stores configs that several sources change at once, in one sync and in two', async () => {
    const tokens = newFolder();
    const sources = ['a', 'b', 'c', 'd'].map((name) =>
      fakeSource(newFolder(), name, {
        read: `for (let i = 1; i <= 20; i++) configChanged({token: '${name}' + i}); status('users', 'COMPLETE');`,
      }),
    );
    const [a = '', b = '', c = '', d = ''] = sources;
    const runs = await Promise.all(
      [
        [a, b],
        [c, d],
      ].map((pair) =>
        headwater(['sync', ...pair, '--to', `jsonl:${newFolder()}`, '--tokens', tokens]),
      ),
    );
    expect(runs.map(({status}) => status)).toEqual([0, 0]);
    const kept = filesIn(tokens).map(
      (name) => JSON.parse(readFileSync(join(tokens, name), 'utf8')).config.token,
    );
    expect(kept).toEqual(['a20', 'b20', 'c20', 'd20']);
  });

  test.each([
    ['is not JSON', 'garbage', ' is not valid JSON.'],
    ['is truncated', '{"from": {}, "config": {"tok', ' is not valid JSON.'],
    ['is something else', '[1]', ' was not written by a sync: it has no "config".'],
  ])(
    'with a file that %s ends the run before a source is started, and the file stays unchanged',
    async (_, content, reason) => {
      const {write, run, tokens, source} = setUp();
      const config = write(configWith('t1'));
      await run(config);
      const kept = join(tokens, filesIn(tokens)[0] ?? '');
      writeFileSync(kept, content);
      const out = newFolder();
      const {status, stdout, stderr} = await headwater([
        ...['sync', source, '--config', config, '--to', `jsonl:${out}`, '--tokens', tokens],
      ]);
      expect([status, stdout, stderr, filesIn(out)]).toEqual([
        1,
        '',
        `error: The tokens file ${kept}${reason} Repair it, or remove it to start from your own config again, whose refresh token may be used up. No source was started.\n`,
        [],
      ]);
      expect(readFileSync(kept, 'utf8')).toBe(content);
    },
  );

  test('ignores files of other sources', async () => {
    const {write, run, tokens} = setUp();
    mkdirSync(tokens, {recursive: true});
    writeFileSync(join(tokens, 'y.0123456789ab.json'), 'garbage');
    writeFileSync(join(tokens, 'x.md'), 'notes');
    expect((await run(write(configWith('t1')))).outcome).toBe('complete');
  });

  test('that cannot be written ends the run before a source is started', async () => {
    const {write, source, folder} = setUp();
    const config = write(configWith('t1'));
    const [file, below] = [write('', 'tokens.json'), join(folder, 'tokens.json/deep')];
    const runs = await Promise.all(
      [file, below].map((tokens) =>
        headwater([
          'sync',
          source,
          '--config',
          config,
          '--to',
          `jsonl:${newFolder()}`,
          '--tokens',
          tokens,
        ]),
      ),
    );
    expect(runs.map(({status, stdout}) => [status, stdout])).toEqual([
      [1, ''],
      [1, ''],
    ]);
    expect(runs.map(({stderr}) => stderr)).toEqual([
      `error: ${file} is a file, but --tokens needs a directory, which gets a file for each source.\n`,
      expect.stringContaining(`error: The directory ${below} cannot be created: ENOTDIR`),
    ]);
  });

  test('that can no longer be written stops the source, and the changed config is saved elsewhere', async () => {
    const tokens = join(newFolder(), 'tokens');
    const {write, run, directory} = setUp(`
      fs.rmSync('${tokens}', {recursive: true});
      fs.writeFileSync('${tokens}', '');
      record('users', {id: 1});
      configChanged({auth: {token: 't2'}});
      record('users', {id: 2});
      await new Promise(() => setInterval(() => {}, 1000));`);
    const config = write(configWith('t1'));
    const {outcome, problems} = await run(config, tokens);
    const rescued = join(directory, 'x.config.json');
    expect(outcome).toBe('failed');
    expect(problems).toEqual([
      {
        message: expect.stringMatching(
          new RegExp(
            `^The tokens file ${tokens}/x\\.\\w+\\.json cannot be saved: E.*, and run again\\. The source was stopped\\. ` +
              `The changed config is in ${rescued}: use that one, the old one may no longer work\\.$`,
          ),
        ),
      },
    ]);
    expect(JSON.parse(readFileSync(rescued, 'utf8'))).toEqual({auth: {token: 't2'}});
    expect(
      dataFilesIn(directory)
        .flatMap(rowsIn)
        .map(({id}) => id),
    ).toEqual([1]);
  });
});

test.each(['discover', 'read'])(
  'a sync that was killed right after a source changed its config in %s continues with the changed one',
  async (command) => {
    const [directory, tokens] = [newFolder(), newFolder()];
    const change = `
    if (load(options.config).auth.token === 't1') {
      configChanged({auth: {token: 't2'}});
      // It ends when its stdout is closed.
      setInterval(() => print('{}'), 10);
      await new Promise(() => {});
    }`;
    const show = `record('users', load(options.config)); status('users', 'COMPLETE');`;
    const source = fakeSource(newFolder(), 'x', {
      required: ['auth'],
      discover: command === 'discover' ? change : '',
      read: command === 'read' ? `${change} ${show}` : show,
    });
    const config = join(newFolder(), 'config.json');
    writeFileSync(config, JSON.stringify({auth: {token: 't1'}}));
    const args = ['sync', source, '--config', config, '--to', `jsonl:${directory}`];
    const killed = startHeadwater([...args, '--tokens', tokens]);
    await until(() => readdirSync(tokens).some((name) => name.endsWith('.json')));
    killed.child.kill('SIGKILL');
    await killed.ended;
    const {status} = await headwater([...args, '--tokens', tokens]);
    expect([status, dataFilesIn(directory).flatMap(rowsIn)]).toEqual([
      0,
      [expect.objectContaining({auth: {token: 't2'}})],
    ]);
  },
);
