import {chmodSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {fakeSource, USERS, writeProgram} from '../testing/fake-source.ts';
import {
  dataFilesIn,
  filesIn,
  NOW,
  newFolder,
  rowsIn,
  STAMP,
  stateTextIn,
  syncHere,
} from '../testing/run.ts';

jest.setTimeout(60_000);

const origin = {
  __source: 'x',
  __stream: 'users',
  __ingested_at: new Date(NOW).toISOString(),
};

/** Syncs a fake source named x to a new folder. */
const syncFake = async (
  fake: Parameters<typeof fakeSource>[2],
  more: Partial<Parameters<typeof syncHere>[0]> = {},
) => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', fake);
  const {reports, said} = await syncHere({sources: [source], directory, ...more});
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  return {report, said, directory, source};
};

const COMPLETE = `record('users', {id: 1}); state('users', {id: 1}); status('users', 'COMPLETE');`;

test('records land with their origin, and their state after them', async () => {
  const {report, said, directory} = await syncFake({
    read: `
      status('users', 'STARTED');
      record('users', {id: 1, name: 'Ada'});
      record('users', {id: 2, name: 'Grace'});
      state('users', {id: 2}, 2);
      status('users', 'COMPLETE');`,
  });
  const file = join(directory, `x_users_${STAMP}.jsonl`);
  expect(rowsIn(file)).toEqual([
    {id: 1, name: 'Ada', ...origin},
    {id: 2, name: 'Grace', ...origin},
  ]);
  expect(stateTextIn(join(directory, 'x.state.json'))).toBe(
    '[\n{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":2}}}\n]\n',
  );
  expect({report, said}).toEqual({
    said: [],
    report: {
      name: 'x',
      outcome: 'complete',
      problems: [],
      strayLines: 0,
      stateFile: join(directory, 'x.state.json'),
      streams: [
        {
          name: 'users',
          status: 'complete',
          rows: 2,
          bytes: statSync(file).size,
          elapsed: 0,
          file,
          waitsUntil: undefined,
        },
      ],
    },
  });
});

test('numbers land unchanged, in rows and in states', async () => {
  const {directory} = await syncFake({
    read: `
      print('{"type":"RECORD","record":{"stream":"users","data":{"id":9007199254740993,"price":1.10000000000000000001,"text":"12345678901234567890","rate":7.0},"emitted_at":1}}');
      print('{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":9007199254740993}}}}');`,
  });
  expect([
    readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8'),
    stateTextIn(join(directory, 'x.state.json')),
  ]).toEqual([
    `{"id":9007199254740993,"price":1.10000000000000000001,"text":"12345678901234567890","rate":7.0,"__source":"x","__stream":"users","__ingested_at":"${origin.__ingested_at}"}\n`,
    '[\n{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":9007199254740993}}}\n]\n',
  ]);
});

test('a run without rows writes the state, but no file of rows', async () => {
  const {directory, report} = await syncFake({
    read: `status('users', 'STARTED'); state('users', {id: 1}, 0); status('users', 'COMPLETE');`,
  });
  expect([filesIn(directory), report.streams[0]?.file]).toEqual([['x.state.json'], undefined]);
});

test('without stream statuses the exit code counts for all streams', async () => {
  const read = `record('users', {id: 1}); process.exitCode = Number(load(options.config).exit ?? 0);`;
  const config = join(newFolder(), 'config.json');
  writeFileSync(config, '{"exit": 3}');
  const fine = await syncFake({read});
  const failed = await syncFake({read}, {configs: {x: config}});
  expect([fine, failed].map(({report}) => [report.outcome, report.streams[0]?.status])).toEqual([
    ['complete', 'complete'],
    ['failed', 'incomplete'],
  ]);
});

test('a stream is complete only if the source emits COMPLETE for it', async () => {
  const {report} = await syncFake({
    streams: [USERS, {name: 'orders'}, {name: 'items'}],
    read: `${COMPLETE} status('orders', 'STARTED'); record('orders', {id: 1});`,
  });
  expect([
    report.outcome,
    report.streams.map(({name, status}) => `${name} ${status}`),
    report.problems,
  ]).toEqual([
    'failed',
    ['users complete', 'orders incomplete', 'items not read'],
    [
      {
        message:
          'Its read ended with exit code 0, but without COMPLETE for orders, items: rows may be missing.',
      },
    ],
  ]);
});

test('errors are collected with their streams, and fail the source even with exit code 0', async () => {
  const {report} = await syncFake({
    read: `
      ${COMPLETE}
      fail('The key is wrong.', {failure_type: 'config_error', stream_descriptor: {name: 'users'}});
      fail('1 of 1 streams failed.');`,
  });
  expect([report.outcome, report.problems]).toEqual([
    'failed',
    [
      {message: 'The key is wrong.', failureType: 'config_error', stream: 'users'},
      {message: '1 of 1 streams failed.', failureType: undefined, stream: undefined},
    ],
  ]);
});

test('if a source crashes without an error message, its stderr is quoted', async () => {
  const {report} = await syncFake({
    read: `
      record('users', {id: 1});
      console.error('Traceback:\\n  KeyError');
      process.kill(process.pid, 'SIGSEGV');
      setInterval(() => {}, 1000);`,
  });
  expect([report.outcome, report.streams[0]?.rows, report.problems]).toEqual([
    'failed',
    1,
    [
      {
        message: 'Its read was ended by SIGSEGV. The end of its stderr:\nTraceback:\n  KeyError',
      },
    ],
  ]);
});

test('a source that floods stderr is not blocked by it', async () => {
  const {report} = await syncFake({
    read: `
      for (let i = 0; i < 50; i++) fs.writeSync(2, 'x'.repeat(100_000) + '\\n');
      ${COMPLETE}`,
  });
  expect(report.outcome).toBe('complete');
});

test('lines that are not messages are reported once, counted, and never fatal', async () => {
  const {report, said} = await syncFake({
    read: `print('Loading …'); print(''); print('{"level":30,"msg":"hi"}'); ${COMPLETE} print('bye');`,
  });
  expect([report.outcome, report.strayLines, said]).toEqual([
    'complete',
    3,
    ['warn x: printed a line that is not an Airbyte message; ignored: Loading …'],
  ]);
});

test('warnings and errors are shown; with debug also all other logs and stderr', async () => {
  const read = `
    log('INFO', 'i'); log('WARN', 'w'); log('ERROR', 'e'); log('FATAL', 'f'); log('DEBUG', 'd');
    fs.writeSync(2, 'on stderr\\n');
    ${COMPLETE}`;
  const plain = await syncFake({read});
  const debug = await syncFake({read}, {debug: true});
  expect([plain.said, [...debug.said].sort()]).toEqual([
    ['warn x: w', 'error x: e', 'error x: f'],
    ['error x: e', 'error x: f', 'info x: d', 'info x: i', 'info x: on stderr', 'warn x: w'],
  ]);
});

test('a config that the source changes is saved for the user, and used from then on', async () => {
  const config = join(newFolder(), 'config.json');
  writeFileSync(config, '{"token": "old"}');
  const {directory, said} = await syncFake(
    {
      discover: `configChanged({token: 'new', id: 1});`,
      read: `record('users', {config: load(options.config)}); status('users', 'COMPLETE');`,
    },
    {configs: {x: config}},
  );
  const changed = join(directory, 'x.config.json');
  expect([
    readFileSync(config, 'utf8'),
    JSON.parse(readFileSync(changed, 'utf8')),
    (statSync(changed).mode & 0o777).toString(8),
    dataFilesIn(directory).flatMap(rowsIn)[0]?.['config'],
    said,
  ]).toEqual([
    '{"token": "old"}',
    {token: 'new', id: 1},
    '600',
    {token: 'new', id: 1},
    [
      `warn x: The source changed its config. The new one is in ${changed}: use it from now on, the old one may no longer work. With --tokens <directory> the next run finds it by itself.`,
    ],
  ]);
});

test('a source without a config runs with an empty one if its spec requires no field', async () => {
  const {directory} = await syncFake({
    read: `record('users', load(options.config)); ${COMPLETE}`,
  });
  expect(dataFilesIn(directory).flatMap(rowsIn)[0]).toEqual(origin);
});

test('a source whose spec requires a config fails with the required fields', async () => {
  const {report, source} = await syncFake({required: ['token', 'repositories']});
  expect([report.outcome, report.problems]).toEqual([
    'failed',
    [
      {
        message: `It needs a config with token, repositories. Write these into a JSON file and pass it with --config x=x.json; \`${source} spec\` describes all of it.`,
        failureType: 'config_error',
      },
    ],
  ]);
});

test.each([
  ['does not exist', undefined, 'does not exist.'],
  ['is not JSON', '{"token": ', 'is not valid JSON.'],
])('a config file that %s is an error before the source runs', async (_, content, message) => {
  const config = join(newFolder(), 'config.json');
  if (content !== undefined) writeFileSync(config, content);
  const {report} = await syncFake({discover: 'throw new Error()'}, {configs: {x: config}});
  expect(report.problems).toEqual([{message: `The config file ${config} ${message}`}]);
});

test('a source whose discover fails has its error, or its exit code', async () => {
  const failing = await syncFake({discover: `fail('No such host.'); process.exit(1);`});
  const silent = await syncFake({discover: 'process.exit(2);'});
  const folder = newFolder();
  const source = writeProgram(join(folder, 'x'), '#!/bin/sh\necho hello\n');
  const {reports} = await syncHere({sources: [source], directory: folder});
  expect([failing.report, silent.report, reports[0]].map((report) => report?.problems)).toEqual([
    [{message: 'No such host.', failureType: undefined, stream: undefined}],
    [{message: 'Its discover ended with exit code 2, without an error message.'}],
    [{message: `Its spec printed no result. Is ${source} an Airbyte source?`}],
  ]);
});

test('a program that cannot be started is a problem of its source', async () => {
  const folder = newFolder();
  const noInterpreter = writeProgram(join(folder, 'x'), '#!/no/such/interpreter\n');
  const notExecutable = writeProgram(join(folder, 'y'), '#!/bin/sh\n');
  chmodSync(notExecutable, 0o644);
  const {reports} = await syncHere({sources: [noInterpreter, notExecutable], directory: folder});
  expect(reports.map(({problems}) => problems)).toEqual([
    [
      {
        message: `${noInterpreter} cannot be started: it or the interpreter in its first line does not exist.`,
      },
    ],
    [{message: `${notExecutable} cannot be started: it is not executable: chmod +x it.`}],
  ]);
});

test('sources run side by side, and a failing one does not stop the other', async () => {
  const directory = newFolder();
  const folder = newFolder();
  const [metA, metB] = [join(folder, 'metA'), join(folder, 'metB')];
  // Each continues only after the other has started.
  const meet = (mine: string, other: string): string => `
    fs.writeFileSync('${mine}', '');
    while (!fs.existsSync('${other}')) await new Promise((done) => setTimeout(done, 5));`;
  const a = fakeSource(folder, 'a', {
    read: `${meet(metA, metB)} record('users', {id: 1}); process.exit(1);`,
  });
  const b = fakeSource(folder, 'b', {
    read: `${meet(metB, metA)} setTimeout(() => {${COMPLETE}}, 200);`,
  });
  const {reports} = await syncHere({sources: [a, b], directory});
  expect([reports.map(({name, outcome}) => `${name} ${outcome}`), filesIn(directory)]).toEqual([
    ['a failed', 'b complete'],
    [`a_users_${STAMP}.jsonl`, 'b.state.json', `b_users_${STAMP}.jsonl`],
  ]);
});

test('only selected streams are read', async () => {
  const folder = newFolder();
  const directory = newFolder();
  const read = `
    for (const {stream} of load(options.catalog).streams) {
      record(stream.name, {id: 1});
      status(stream.name, 'COMPLETE');
    }`;
  const streams = [USERS, {name: 'orders'}];
  const sources = ['a', 'b', 'c'].map((name) =>
    fakeSource(folder, name, {streams: name === 'c' ? [{name: 'items'}] : streams, read}),
  );
  const {reports} = await syncHere({sources, directory, streams: ['users', 'b.orders']});
  expect([reports.map(({outcome}) => outcome), filesIn(directory)]).toEqual([
    ['complete', 'complete', 'skipped'],
    [`a_users_${STAMP}.jsonl`, `b_orders_${STAMP}.jsonl`, `b_users_${STAMP}.jsonl`],
  ]);
});

test('a selector that matches no stream stops the run before it reads', async () => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {read: COMPLETE});
  await expect(syncHere({sources: [source], directory, streams: ['nope']})).rejects.toThrow(
    'There is no stream nope. The streams are: x has users.',
  );
  expect(filesIn(directory)).toEqual([]);
});

test('a source ends at its exit, even if a process that it started holds its output open', async () => {
  const {report, said} = await syncFake({
    read: `
      require('node:child_process').spawn('sleep', ['60'], {stdio: 'inherit', detached: true}).unref();
      ${COMPLETE}`,
  });
  expect([report.outcome, report.streams[0]?.rows, said]).toEqual([
    'complete',
    1,
    [
      'warn x: a process that it started held its output open after its end, and was cut off; what that process printed later is not read.',
    ],
  ]);
});

test('files that were written for sources are removed', async () => {
  const {directory} = await syncFake({
    read: `record('users', {paths: options}); ${COMPLETE}`,
  });
  const paths = Object.values(dataFilesIn(directory).flatMap(rowsIn)[0]?.['paths'] ?? {});
  expect([paths.length, paths.filter((path) => existsSync(String(path)))]).toEqual([2, []]);
});
