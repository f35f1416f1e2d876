import {readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import packageJson from '../package.json' with {type: 'json'};
import {fakeSource} from './testing/fake-source.ts';
import {FAKER, filesIn, HEADWATER, headwater, newFolder} from './testing/run.ts';

jest.setTimeout(60_000);

const FINE = `record('users', {id: 1}); status('users', 'COMPLETE');`;

test('--help and --version print to stdout and exit with 0', async () => {
  const [help, syncHelp, version] = await Promise.all([
    headwater(['--help']),
    headwater(['sync', '--help']),
    headwater(['--version']),
  ]);
  expect([help, syncHelp, version]).toEqual([
    {
      status: 0,
      stdout: expect.stringMatching(/^Usage: headwater .*sync \[options\]/s),
      stderr: '',
    },
    {status: 0, stdout: expect.stringContaining('--streams <names>'), stderr: ''},
    {status: 0, stdout: `${packageJson.version}\n`, stderr: ''},
  ]);
});

const [directory, elsewhere] = [newFolder(), newFolder()];
const x = fakeSource(newFolder(), 'x', {read: FINE});
const y = fakeSource(newFolder(), 'y', {read: FINE});
const otherX = fakeSource(newFolder(), 'x', {read: FINE});
const notExecutable = join(newFolder(), 'z');
writeFileSync(notExecutable, '');

test.each([
  [[], 'Usage: headwater'],
  [['sync'], "missing required argument 'source'"],
  [['sync', x, '--nope'], "unknown option '--nope'"],
  [
    ['sync', 'nope'],
    /^error: There is no source nope\. There are: .*faker.*\. For your own program give its path, such as \.\/nope\.\n$/,
  ],
  [['sync', './nope'], 'There is no program ./nope.'],
  [['sync', notExecutable], `The program ${notExecutable} is not executable: chmod +x it.`],
  [['sync', x, otherX], 'Two sources are named x, so their files'],
  [['sync', x, '--to', 'duckdb:x'], '--to duckdb:x is not supported: use jsonl:<directory>.'],
  [['sync', x, '--to', 'jsonl:'], '--to jsonl: has no directory: use jsonl:<directory>.'],
  [['sync', x, '--streams', 'nope'], 'There is no stream nope. The streams are: x has users.'],
  [['sync', x, '--streams', ','], '--streams has no stream: use a list such as issues,commits.'],
  [
    ['sync', x, y, '--config', 'file.json'],
    '--config file.json does not name its source: use x=<file> or y=<file>.',
  ],
  [['sync', x, '--state', 'a', '--state', 'x=b'], '--state is given twice for x.'],
])('headwater %j is a usage error', async (args, message) => {
  const to = args.includes('--to') || args.length === 0 ? [] : ['--to', `jsonl:${elsewhere}`];
  const {status, stdout, stderr} = await headwater([...args, ...to]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toEqual(
    typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  );
  expect(filesIn(elsewhere)).toEqual([]);
});

test('a directory that cannot be created is an error that names it', async () => {
  const place = join(notExecutable, 'out');
  const {status, stderr} = await headwater(['sync', x, '--to', `jsonl:${place}`]);
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining(`error: The directory ${place} cannot be created: `),
  ]);
});

test('one failed source makes the exit code 1; the summary has all sources', async () => {
  const failing = fakeSource(newFolder(), 'failing', {
    read: `record('users', {id: 1}); fail('No disk.', {failure_type: 'transient_error'}); process.exit(1);`,
  });
  const {status, stdout, stderr} = await headwater([
    'sync',
    x,
    failing,
    '--to',
    `jsonl:${directory}`,
  ]);
  const plain = stdout
    .replaceAll(/\d{8}T\d{6}Z/g, 'STAMP')
    .replaceAll(/[\d.]+ m?s\b/g, 'TIME')
    .replaceAll(directory, 'OUT');
  expect([status, plain]).toEqual([
    1,
    `
x: complete
  users  complete  1 row  86 B  TIME  OUT/x_users_STAMP.jsonl

failing: failed
  users  incomplete  1 row  92 B  TIME  OUT/failing_users_STAMP.jsonl

2 sources (1 complete, 1 failed): 2 rows, 178 B in TIME.

What failed
  failing:
    No disk.
  Run the same command again later: it starts from the beginning.
`,
  ]);
  expect(
    stderr
      .replaceAll(/[\d.]+ m?s\b/g, 'TIME')
      .split('\n')
      .toSorted(),
  ).toEqual([
    '',
    'failing: users incomplete, 1 row in TIME',
    'failing: users started',
    'x: users complete, 1 row in TIME',
    'x: users started',
  ]);
});

test('each source gets its own config and state', async () => {
  const place = newFolder();
  const read = `record('users', load(options.config)); state('users', {id: 1}); ${FINE}`;
  const sources = ['a', 'b'].map((name) => fakeSource(newFolder(), name, {required: ['n'], read}));
  const files = ['a', 'b'].map((name) => {
    const path = join(place, `${name}.json`);
    writeFileSync(path, JSON.stringify({n: name}));
    return path;
  });
  const {status} = await headwater([
    ...['sync', ...sources, '--to', `jsonl:${place}/out`],
    ...['--config', `b=${files[1]}`, '--config', `a=${files[0]}`, '--state', `a=${place}/a.state`],
  ]);
  const rows = filesIn(join(place, 'out'))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(place, 'out', name), 'utf8').slice(0, 9));
  expect([status, rows, filesIn(place).includes('a.state')]).toEqual([
    0,
    ['{"n":"a",', '{"n":"b",'],
    true,
  ]);
});

test('a source that is given as the path of its main.ts has the name of its folder', async () => {
  const place = newFolder();
  const {status} = await headwater([
    ...['sync', FAKER, '--streams', 'faker.products', '--to', `jsonl:${place}`],
  ]);
  expect([status, filesIn(place).map((name) => name.replace(/\d{8}T\d{6}Z/, 'STAMP'))]).toEqual([
    0,
    ['faker.state.json', 'faker_products_STAMP.jsonl'],
  ]);
});

test('next steps are printed only after npm start', async () => {
  const start = await headwater(['sync', x, '--to', `jsonl:${directory}`], {
    npm_lifecycle_event: 'start',
  });
  const other = await headwater(['sync', x, '--to', `jsonl:${directory}`], {
    npm_lifecycle_event: 'test',
  });
  expect([start.stdout.includes('\nNext steps\n'), other.stdout.includes('Next steps')]).toEqual([
    true,
    false,
  ]);
});

test('the program works through a link, which npm makes, and without the right node in the PATH', async () => {
  const link = join(newFolder(), 'headwater');
  symlinkSync(HEADWATER, link);
  const {status, stdout} = await headwater(['--version'], {PATH: '/usr/bin:/bin'}, link);
  expect([status, stdout]).toEqual([0, `${packageJson.version}\n`]);
});
