// Several runs after another lose no row, and a state never covers rows that are not on disk.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {fakeSource, USERS} from '../testing/fake-source.ts';
import {
  blobsIn,
  dataFilesIn,
  FAKER,
  filesIn,
  HEADWATER,
  headwater,
  idsIn,
  isRunning,
  newFolder,
  rowsIn,
  STAMP,
  startHeadwater,
  syncHere,
  until,
} from '../testing/run.ts';

// Several programs run one after another.
jest.setTimeout(60_000);

const range = (from: number, to: number): readonly number[] =>
  Array.from({length: to - from + 1}, (_, index) => from + index);

const configWith = (config: object): string => {
  const path = join(newFolder(), 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
};

test('the first run reads all rows, the next ones only new rows', async () => {
  const directory = newFolder();
  const run = async (count: number) => {
    const config = configWith({count});
    const to = `jsonl:${directory}`;
    const {status} = await headwater([
      'sync',
      'faker',
      ...['--config', config, '--streams', 'users', '--to', to],
    ]);
    const ids = dataFilesIn(directory).map((file) => rowsIn(file).map((row) => row['id']));
    return {status, ids};
  };
  const runs = [await run(1000), await run(1000), await run(1500)];
  expect([runs, blobsIn(join(directory, 'faker.state.json'))]).toEqual([
    [
      {status: 0, ids: [range(1, 1000)]},
      {status: 0, ids: [range(1, 1000)]},
      {status: 0, ids: [range(1, 1000), range(1001, 1500)]},
    ],
    {users: {updated_at: '2024-01-01T00:25:00.000Z'}},
  ]);
});

test('a crash keeps the last state and the rows after it; the next run continues from the state', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    read: `
      const [last] = load(options.state) ?? [];
      const from = last === undefined ? 1 : last.stream.stream_state.id + 1;
      for (let id = from; id <= 5; id++) {
        record('users', {id});
        if (last === undefined && id === 4) process.exit(1);
        if (id % 2 === 0) state('users', {id});
      }
      state('users', {id: 5});
      status('users', 'COMPLETE');`,
  });
  const run = async () => {
    const {reports} = await syncHere({sources: [source], directory});
    const blobs = blobsIn(join(directory, 'x.state.json'));
    return [reports[0]?.outcome, blobs, idsIn(directory).toSorted()];
  };
  expect([await run(), await run()]).toEqual([
    ['failed', {users: {id: 2}}, [1, 2, 3, 4]],
    ['complete', {users: {id: 5}}, [1, 2, 3, 3, 4, 4, 5]],
  ]);
});

test('states of streams that are not read stay unchanged', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    streams: [USERS, {...USERS, name: 'orders'}],
    read: `
      for (const {stream} of load(options.catalog).streams) {
        state(stream.name, {runs: (load(options.state)?.[0].stream.stream_state.runs ?? 0) + 1});
        status(stream.name, 'COMPLETE');
      }`,
  });
  for (const streams of [['users', 'orders'], ['users'], ['users']]) {
    await syncHere({sources: [source], directory, streams});
  }
  expect(blobsIn(join(directory, 'x.state.json'))).toEqual({users: {runs: 3}, orders: {runs: 1}});
});

test('a state in another file is read from it and saved to it', async () => {
  const directory = newFolder();
  const state = join(newFolder(), 'deep/inside/x.json');
  const source = fakeSource(newFolder(), 'x', {
    read: `state('users', {runs: (load(options.state)?.[0].stream.stream_state.runs ?? 0) + 1});`,
  });
  const run = () => syncHere({sources: [source], directory, states: {x: state}});
  await run();
  await run();
  expect([blobsIn(state), filesIn(directory)]).toEqual([{users: {runs: 2}}, []]);
});

test('a state file that is not JSON is an error before anything is read, and stays unchanged', async () => {
  const directory = newFolder();
  const state = join(directory, 'x.state.json');
  writeFileSync(state, '[{"type":"STREAM",');
  const source = fakeSource(newFolder(), 'x', {read: `record('users', {id: 1});`});
  const {reports} = await syncHere({sources: [source], directory});
  expect([reports[0]?.outcome, reports[0]?.problems, readFileSync(state, 'utf8')]).toEqual([
    'failed',
    [
      {
        message: `The state file ${state} is not valid JSON. Repair it, or move it away to read everything from the beginning. Nothing was overwritten.`,
      },
    ],
    '[{"type":"STREAM",',
  ]);
  expect(filesIn(directory)).toEqual(['x.state.json']);
});

test('a run that is killed at any time has no state ahead of its rows, and the next run completes them', async () => {
  const directory = newFolder();
  const config = configWith({count: 20_000, records_per_slice: 100});
  const args = [
    'sync',
    FAKER,
    '--config',
    config,
    '--streams',
    'users',
    '--to',
    `jsonl:${directory}`,
  ];
  const state = join(directory, 'faker.state.json');
  for (const size of [300_000, 2_000_000]) {
    const {child, ended} = startHeadwater(args);
    await until(() => {
      const [newest = ''] = dataFilesIn(directory).slice(-1);
      return filesIn(directory).includes('faker.state.json') && sizeOf(newest) > size;
    });
    child.kill('SIGKILL');
    await ended;
    const seconds = Date.parse(String(watermarkIn(state))) - Date.UTC(2024, 0, 1);
    const landed = new Set(wholeRowsIn(directory));
    expect(range(1, seconds / 1000).filter((id) => !landed.has(id))).toEqual([]);
  }
  const {status} = await headwater(args);
  const landed = new Set(wholeRowsIn(directory));
  expect([status, range(1, 20_000).filter((id) => !landed.has(id))]).toEqual([0, []]);
});

test('half a line of a run that was killed is cut off before the next run', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    read: `record('users', {id: 2}); status('users', 'COMPLETE');`,
  });
  const killed = join(directory, 'x_users_20260101T000000Z.jsonl');
  writeFileSync(killed, '{"id":1}\n{"id":2,"na');
  const {said} = await syncHere({sources: [source], directory});
  expect([readFileSync(killed, 'utf8'), idsIn(directory), said]).toEqual([
    '{"id":1}\n',
    [1, 2],
    [
      `info x: cut half a line (11 bytes) off the end of ${killed}, which a run that was killed had left; its record is read again.`,
    ],
  ]);
});

const sizeOf = (path: string): number => readFileSync(path).length;

const watermarkIn = (path: string): unknown => {
  const {users} = blobsIn(path);
  return typeof users === 'object' && users !== null && 'updated_at' in users && users.updated_at;
};

/** The ids of complete rows. */
const wholeRowsIn = (directory: string): readonly number[] =>
  dataFilesIn(directory).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): number => JSON.parse(line).id),
  );

/** Keeps a source running without output. */
const SILENCE = 'setInterval(() => {}, 1000);';

test('a state that cannot be saved stops the source and is an error', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    read: `
      fs.mkdirSync('${join(directory, 'x.state.json')}');
      record('users', {id: 1}); state('users', {id: 1}); ${SILENCE}`,
  });
  const {reports} = await syncHere({sources: [source], directory});
  expect([reports[0]?.outcome, reports[0]?.problems[0]?.message, reports[0]?.stateFile]).toEqual([
    'failed',
    expect.stringMatching(
      /^The state file .*x\.state\.json cannot be saved: .*Free disk space, or/,
    ),
    undefined,
  ]);
  expect(reports[0]?.streams[0]?.rows).toBe(dataFilesIn(directory).flatMap(rowsIn).length);
});

test('rows that cannot be written stop the source; its state is not advanced', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    streams: [USERS, {name: 'orders'}],
    read: `
      record('users', {id: 1, pid: process.pid});
      state('users', {id: 1});
      while (!fs.existsSync('${join(directory, 'x.state.json')}')) await new Promise((done) => setTimeout(done, 5));
      fs.renameSync('${directory}', '${directory}-moved');
      record('orders', {id: 1});
      state('users', {id: 2});
      ${SILENCE}`,
  });
  const {reports} = await syncHere({sources: [source], directory});
  const moved = `${directory}-moved`;
  expect([
    reports[0]?.outcome,
    reports[0]?.problems.map(({message}) => message.includes('ENOENT')),
    blobsIn(join(moved, 'x.state.json')),
    idsIn(moved),
    filesIn(moved),
  ]).toEqual(['failed', [true], {users: {id: 1}}, [1], ['x.state.json', `x_users_${STAMP}.jsonl`]]);
  const [row] = dataFilesIn(moved).flatMap(rowsIn);
  expect(isRunning(Number(row?.['pid']))).toBe(false);
});

test('a stream with a name of 300 characters lands like the others', async () => {
  const directory = newFolder();
  const name = 'n'.repeat(300);
  const source = fakeSource(newFolder(), 'x', {
    streams: [USERS, {...USERS, name}],
    read: `
      for (const stream of ['users', '${name}']) {
        record(stream, {id: 1}); state(stream, {id: 1}, 1); status(stream, 'COMPLETE');
      }`,
  });
  const {reports} = await syncHere({sources: [source], directory});
  expect([reports[0]?.outcome, blobsIn(join(directory, 'x.state.json')), idsIn(directory)]).toEqual(
    ['complete', {users: {id: 1}, [name]: {id: 1}}, [1, 1]],
  );
});

test('a full disk leaves only whole rows, and no state ahead of them', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    read: `
      for (let id = 1; ; id++) {
        record('users', {id, text: 'x'.repeat(1000)});
        if (id % 50 === 0) state('users', {id});
      }`,
  });
  // No file may grow beyond 600 blocks, so a write fails half-way, as on a full disk.
  const script = join(newFolder(), 'limited');
  writeFileSync(
    script,
    `#!/bin/sh\nulimit -f 600\nexec '${HEADWATER}' sync '${source}' --to 'jsonl:${directory}'\n`,
    {mode: 0o755},
  );
  const {status, stdout} = await headwater([], {}, script);
  const rows = dataFilesIn(directory).flatMap(rowsIn);
  const {users} = blobsIn(join(directory, 'x.state.json'));
  const texts = dataFilesIn(directory).map((file) => readFileSync(file, 'utf8'));
  expect([status, stdout.includes('EFBIG'), texts.map((text) => text.at(-1))]).toEqual([
    1,
    true,
    ['\n'],
  ]);
  expect(rows.map(({id}) => id)).toEqual(range(1, rows.length));
  expect(range(1, rows.length)).toContain(idIn(users));
});

const idIn = (blob: unknown): unknown =>
  typeof blob === 'object' && blob !== null && 'id' in blob && blob.id;
