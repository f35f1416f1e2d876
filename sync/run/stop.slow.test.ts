// A run that is stopped ends cleanly: its sources save their positions, and their last messages are handled.
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {fakeSource, writeProgram} from '../testing/fake-source.ts';
import {
  blobsIn,
  dataFilesIn,
  filesIn,
  HEADWATER,
  headwater,
  idsIn,
  isRunning,
  newFolder,
  type Row,
  rowsIn,
  startHeadwater,
  until,
} from '../testing/run.ts';

jest.setTimeout(60_000);

/** Emits a row, writes the marker file, and waits. On a signal it emits another row and its state. */
const waiting = (marker: string): string => `
  const stop = (signal) => {
    record('users', {id: 2, stoppedBy: signal});
    state('users', {id: 2});
    status('users', 'INCOMPLETE');
    process.exit(143);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  status('users', 'STARTED');
  record('users', {id: 1});
  fs.writeFileSync('${marker}', String(process.pid));
  setInterval(() => {}, 1000);`;

const startWaiting = async (program: (source: string) => string = (source) => source) => {
  const [folder, directory] = [newFolder(), newFolder()];
  const marker = join(folder, 'waits');
  const source = program(fakeSource(folder, 'x', {read: waiting(marker)}));
  const run = startHeadwater(['sync', source, '--to', `jsonl:${directory}`]);
  await until(() => existsSync(marker));
  return {...run, directory};
};

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const)('%s lets the source save its position; exit code %i', async (signal, code) => {
  const {child, ended, directory} = await startWaiting();
  child.kill(signal);
  const {status, stdout, stderr} = await ended;
  expect([status, blobsIn(join(directory, 'x.state.json')), idsIn(directory)]).toEqual([
    code,
    {users: {id: 2}},
    [1, 2],
  ]);
  expect([stdout, stderr]).toEqual([
    expect.stringMatching(
      /^\nx: stopped\n {2}users {2}incomplete {2}2 rows .*\n {2}The state is in /,
    ),
    expect.stringContaining(
      `headwater: ${signal}: waiting for the sources to save their positions. A second signal ends them at once.`,
    ),
  ]);
});

test('Ctrl-C in a terminal, which goes to the whole process group, reaches the source once', async () => {
  const {child, ended, directory} = await startWaiting();
  process.kill(-(child.pid ?? 0), 'SIGINT');
  const {status} = await ended;
  const [rows = ''] = dataFilesIn(directory).map((file) => readFileSync(file, 'utf8'));
  expect([status, rows.match(/"stoppedBy":"[A-Z]+"/g)]).toEqual([130, ['"stoppedBy":"SIGTERM"']]);
});

test('the last messages of a source in a shell script are handled, too', async () => {
  const {child, ended, directory} = await startWaiting((source) =>
    writeProgram(join(newFolder(), 'x'), `#!/bin/sh\n'${source}' "$@"\nexit $?\n`),
  );
  child.kill('SIGTERM');
  const {status} = await ended;
  expect([status, idsIn(directory)]).toEqual([143, [1, 2]]);
});

test('a second signal ends a source that ignores the first', async () => {
  const [folder, directory] = [newFolder(), newFolder()];
  const marker = join(folder, 'waits');
  const source = fakeSource(folder, 'x', {
    read: `
      process.on('SIGTERM', () => fs.writeFileSync('${marker}', 'deaf'));
      record('users', {id: 1});
      state('users', {id: 1});
      fs.writeFileSync('${marker}', 'ready');
      setInterval(() => {}, 1000);`,
  });
  const {child, ended} = startHeadwater(['sync', source, '--to', `jsonl:${directory}`]);
  await until(() => existsSync(marker));
  child.kill('SIGTERM');
  await until(() => readFileSync(marker, 'utf8') === 'deaf');
  child.kill('SIGTERM');
  const {status} = await ended;
  expect([status, blobsIn(join(directory, 'x.state.json')), idsIn(directory)]).toEqual([
    143,
    {users: {id: 1}},
    [1],
  ]);
});

test('after nohup a sync ignores SIGHUP', async () => {
  const [folder, directory] = [newFolder(), newFolder()];
  const [marker, go] = [join(folder, 'waits'), join(folder, 'go')];
  const source = fakeSource(folder, 'x', {
    read: `
      fs.writeFileSync('${marker}', '');
      while (!fs.existsSync('${go}')) await new Promise((done) => setTimeout(done, 10));
      status('users', 'COMPLETE');`,
  });
  const nohup = writeProgram(
    join(folder, 'run'),
    `#!/bin/sh\ntrap '' HUP\nexec '${HEADWATER}' "$@"\n`,
  );
  const {child, ended} = startHeadwater(['sync', source, '--to', `jsonl:${directory}`], {}, nohup);
  await until(() => existsSync(marker));
  child.kill('SIGHUP');
  await new Promise((resolve) => setTimeout(resolve, 300));
  writeFileSync(go, '');
  const {status} = await ended;
  expect(status).toBe(0);
});

test.each([
  ['prints', `setInterval(() => record('users', {id: 3}), 10);`],
  ['is silent', 'setInterval(() => {}, 1000);'],
])(
  'a sync that is killed keeps its rows, and leaves no source running that %s',
  async (_, wait) => {
    const [folder, directory, temporary] = [newFolder(), newFolder(), newFolder()];
    const marker = join(folder, 'pid');
    const config = join(folder, 'config.json');
    writeFileSync(config, '{"token": "t1"}');
    const source = fakeSource(folder, 'x', {
      discover: `configChanged({token: 't2'});`,
      read: `
      const files = Object.values(options).map((path) => [fs.statSync(path).mode & 0o777, path]);
      record('users', {id: 1, files});
      record('users', {id: 2});
      fs.writeFileSync('${marker}', String(process.pid));
      ${wait}`,
    });
    const args = ['--config', config, '--tokens', join(folder, 'tokens')];
    const run = startHeadwater(['sync', source, '--to', `jsonl:${directory}`, ...args], {
      TMPDIR: temporary,
    });
    await until(() => existsSync(marker) && readFileSync(marker, 'utf8') !== '');
    await until(() => wholeRows(directory).length >= 2);
    run.child.kill('SIGKILL');
    await run.ended;
    const pid = Number(readFileSync(marker, 'utf8'));
    await until(() => !isRunning(pid));
    const [row] = wholeRows(directory);
    const files: readonly (readonly [number, string])[] = JSON.parse(
      JSON.stringify(row?.['files']),
    );
    const left = files.filter(([, path]) => existsSync(path));
    const next = fakeSource(folder, 'y', {read: `status('users', 'COMPLETE');`});
    await headwater(['sync', next, '--to', `jsonl:${directory}`], {TMPDIR: temporary});
    expect([files.map(([mode]) => mode), left.length, readdirSync(temporary)]).toEqual([
      [0o600, 0o600],
      2,
      [],
    ]);
  },
);

/** The rows in a directory that end with a line break. */
const wholeRows = (directory: string): readonly Row[] => dataFilesIn(directory).flatMap(rowsIn);

test('a run that is stopped during discover reads nothing', async () => {
  const [folder, directory] = [newFolder(), newFolder()];
  const marker = join(folder, 'waits');
  const source = fakeSource(folder, 'x', {
    discover: `fs.writeFileSync('${marker}', ''); await new Promise(() => setInterval(() => {}, 1000));`,
  });
  const {child, ended} = startHeadwater(['sync', source, '--to', `jsonl:${directory}`]);
  await until(() => existsSync(marker));
  child.kill('SIGTERM');
  const {status, stdout} = await ended;
  expect([status, stdout.includes('x: stopped'), filesIn(directory)]).toEqual([143, true, []]);
});
