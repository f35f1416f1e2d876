// A record that was lost on the way is read by the next run: no state after it is saved, and the source fails.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, jest, test} from '@jest/globals';
import {fakeSource, USERS} from '../testing/fake-source.ts';
import {blobsIn, filesIn, idsIn, newFolder, syncHere} from '../testing/run.ts';

jest.setTimeout(60_000);

const STREAMS = [USERS, {...USERS, name: 'orders'}, {...USERS, namespace: 'a', name: 'items'}];

const read = async (script: string, streams: readonly string[] = ['users', 'orders', 'items']) => {
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {streams: STREAMS, read: script});
  const {reports, said} = await syncHere({sources: [source], directory, streams});
  const [report] = reports;
  return {
    said,
    outcome: report?.outcome,
    statuses: Object.fromEntries(report?.streams.map(({name, status}) => [name, status]) ?? []),
    problems: report?.problems.map(({message}) => message),
    state: filesIn(directory).includes('x.state.json')
      ? blobsIn(join(directory, 'x.state.json'))
      : {},
    ids: idsIn(directory),
  };
};

const DONE = `
  for (const {stream} of load(options.catalog).streams) status(stream.name, 'COMPLETE');`;

/** Prints a good record with its state, then these lines, then a record with its state. */
const around = (lines: string): string => `
  record('users', {id: 1});
  state('users', {id: 1});
  ${lines}
  record('users', {id: 3});
  state('users', {id: 3});
  state('orders', {id: 3});
  status('users', 'COMPLETE'); status('orders', 'COMPLETE');
  setInterval(() => {}, 1000);
  setTimeout(() => process.exit(0), 200);`;

const bytes = (text: string): string =>
  `fs.writeSync(1, Buffer.from(${JSON.stringify(text)}, 'latin1'));`;
const line = (text: string): string => `print(${JSON.stringify(text)});`;
const RECORD =
  '{"type":"RECORD","record":{"stream":"users","data":{"id":2,"name":"x"},"emitted_at":1}}';

test.each([
  ['NaN', line(RECORD.replace('2', 'NaN')), 'is not valid JSON'],
  ['no end', line(RECORD.slice(0, 40)), 'is not valid JSON'],
  ['no beginning', line(RECORD.slice(40)), 'is not valid JSON'],
  ['no stream', line(RECORD.replace('"stream":"users",', '')), 'is a RECORD without what'],
  ['Latin-1', bytes(`${RECORD.replace('x', '\xe4')}\n`), 'is not valid UTF-8'],
  ['half a character', bytes(`${RECORD.replace('x', '\xe2\x82')}\n`), 'is not valid UTF-8'],
])('a message with %s fails the source, and no later state is saved', async (_, lines, reason) => {
  const {outcome, problems, state, ids, statuses} = await read(around(lines));
  expect([outcome, state, ids]).toEqual(['failed', {users: {id: 1}}, [1]]);
  expect(problems).toEqual([
    expect.stringMatching(
      /^It printed a line that .*, so a record may be lost; no state after it was saved\. Report it to the author of the source\. The line: /s,
    ),
  ]);
  expect(problems?.[0]).toContain(reason);
  expect(statuses['users']).toBe('incomplete');
});

test.each([
  ['unknown', `record('nope', {id: 2});`, 'a record of the stream "nope"'],
  ['in another case', `record('Users', {id: 2});`, 'a record of the stream "Users"'],
  ['not selected', `record('items', {id: 2});`, 'a record of the stream "items"'],
  ['empty', `record('', {id: 2});`, 'a record of the stream ""'],
  ['not selected, in a state', `state('items', {id: 2});`, 'a state of the stream "items"'],
])('a stream that is %s fails the source, and no later state is saved', async (_, lines, what) => {
  const {outcome, problems, state, ids} = await read(around(lines), ['users', 'orders']);
  expect([outcome, state, ids]).toEqual(['failed', {users: {id: 1}}, [1]]);
  expect(problems).toEqual([
    `It printed ${what}, which is not one of the streams that it was asked for (users, orders); no state after it was saved. Report it to the author of the source.`,
  ]);
});

test('a byte order mark, CRLF, and bad bytes in a log are harmless', async () => {
  const {outcome, ids, state} = await read(
    `
    fs.writeSync(1, '\\uFEFF');
    ${bytes(`${RECORD}\r\n`)}
    ${bytes('{"type":"LOG","log":{"level":"INFO","message":"\xe4"}}\n')}
    ${bytes('Fertig: \xe4\n')}
    state('users', {id: 2}, 1);
    ${DONE}`,
    ['users'],
  );
  expect([outcome, ids, state]).toEqual(['complete', [2], {users: {id: 2}}]);
});

describe('a last line that is cut', () => {
  const cut = `record('users', {id: 1}); state('users', {id: 1}); fs.writeSync(1, ${JSON.stringify(RECORD.slice(0, 50))});`;

  test('fails a source that ends with exit code 0', async () => {
    const {outcome, problems, state} = await read(`${cut} status('users', 'COMPLETE');`, ['users']);
    expect([outcome, problems, state]).toEqual([
      'failed',
      [expect.stringContaining('It printed a line that is not valid JSON')],
      {users: {id: 1}},
    ]);
  });

  test('is explained by the end of a source that was killed', async () => {
    const {outcome, problems} = await read(`${cut} process.kill(process.pid, 'SIGKILL');`, [
      'users',
    ]);
    expect([outcome, problems]).toEqual([
      'failed',
      ['Its read was ended by SIGKILL, without an error message.'],
    ]);
  });
});

test.each([
  ['2', 'The source counted 2 records before its state, but 1 record arrived'],
  ['0', 'The source counted 0 records before its state, but 1 record arrived'],
  ["new (class { toJSON() { return JSON.rawJSON('2.0'); } })()", 'The source counted 2 records'],
  ['-1', "The source's state has a record count that is not a whole number; 1 record arrived"],
  ['1.5', "The source's state has a record count that is not a whole number"],
  ["'1'", "The source's state has a record count that is not a whole number"],
  ['[1]', "The source's state has a record count that is not a whole number"],
])(
  'a count of %s for one record keeps the states of its stream, and only those, from being saved',
  async (counted, message) => {
    const {outcome, problems, state, statuses, ids, said} = await read(
      `
    record('users', {id: 1}); state('users', {id: 1}, 1);
    record('users', {id: 2}); state('users', {id: 2}, ${counted});
    record('users', {id: 3}); state('users', {id: 3}, 1);
    record('orders', {id: 4}); state('orders', {id: 4}, 1);
    ${DONE}`,
      ['users', 'orders'],
    );
    expect({outcome, state, statuses, ids: [...ids].sort(), said}).toEqual({
      outcome: 'failed',
      state: {users: {id: 1}, orders: {id: 4}},
      statuses: {users: 'incomplete', orders: 'complete'},
      ids: [1, 2, 3, 4],
      said: [],
    });
    expect(problems).toEqual([
      expect.stringContaining(
        '. Rows may be missing, so neither this state nor a later one was saved: the next run reads them again. Report it to the author of the source.',
      ),
    ]);
    expect(problems?.[0]).toContain(message);
  },
);

test('counts that are missing, null, or written as 1.0 are right', async () => {
  const {outcome, state} = await read(
    `
    record('users', {id: 1}); state('users', {id: 1});
    record('users', {id: 2}); state('users', {id: 2}, null);
    record('users', {id: 3}); state('users', {id: 3}, JSON.rawJSON('1.0'));
    ${DONE}`,
    ['users'],
  );
  expect([outcome, state]).toEqual(['complete', {users: {id: 3}}]);
});

test('the count in a state of all streams is that of all their records', async () => {
  const global = (lsn: number, recordCount: number): string =>
    `say({type: 'STATE', state: {type: 'GLOBAL', global: {shared_state: {lsn: ${lsn}}, stream_states: []}, sourceStats: {recordCount: ${recordCount}}}});`;
  const directory = newFolder();
  const source = fakeSource(newFolder(), 'x', {
    streams: STREAMS.slice(0, 2),
    read: `
      record('users', {id: 1}); record('orders', {id: 1}); ${global(1, 2)}
      record('users', {id: 2}); ${global(2, 2)}
      record('users', {id: 3}); ${global(3, 1)}
      ${DONE}`,
  });
  const {reports} = await syncHere({sources: [source], directory});
  const path = join(directory, 'x.state.json');
  expect([
    reports[0]?.outcome,
    reports[0]?.streams.map(({status}) => status),
    reports[0]?.problems.length,
    readFileSync(path, 'utf8'),
  ]).toEqual(['failed', ['incomplete', 'incomplete'], 1, expect.stringContaining('{"lsn":1}')]);
});
