import {mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {readState, type State} from '../protocol/messages.ts';
import {filesIn, newFolder} from '../testing/run.ts';
import {openStateFile} from './state-file.ts';

const entry = (name: string, blob: unknown, namespace?: string) => ({
  type: 'STREAM',
  stream: {
    stream_descriptor: namespace === undefined ? {name} : {name, namespace},
    stream_state: blob,
  },
});

const stateOf = (value: unknown): State => {
  const state = readState(value);
  if (state === undefined) throw new Error('not a state');
  return state;
};

const fileWith = (content: unknown): string => {
  const path = join(newFolder(), 'x.state.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const contentOf = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const stream = (name: string, incremental = true) => ({descriptor: {name}, incremental});

test('a state replaces the last one of its stream; all others stay', async () => {
  const path = fileWith([entry('a', {id: 1}), entry('b', {id: 1}), entry('a', {id: 1}, 'n')]);
  const file = await openStateFile(path);
  await file.save([stateOf(entry('a', {id: 2})), stateOf(entry('c', {id: 3}))]);
  expect(contentOf(path)).toEqual([
    entry('a', {id: 2}),
    entry('b', {id: 1}),
    entry('a', {id: 1}, 'n'),
    entry('c', {id: 3}),
  ]);
});

test('the first state creates the file, and no other file remains', async () => {
  const folder = newFolder();
  const file = await openStateFile(join(folder, 'x.state.json'));
  const before = file.exists();
  await file.save([stateOf(entry('a', {id: 1}))]);
  expect([before, file.exists(), filesIn(folder)]).toEqual([false, true, ['x.state.json']]);
});

test('a source gets the states of the streams that it will read', async () => {
  const file = await openStateFile(fileWith([entry('a', {id: 1}), entry('b', {id: 2})]));
  expect(file.entriesFor([stream('b'), stream('c')])).toEqual([entry('b', {id: 2})]);
});

test('a finished full refresh starts from its beginning; an unfinished one is resumed', async () => {
  const file = await openStateFile(
    fileWith([
      entry('done', {__ab_full_refresh_sync_complete: true}),
      entry('no_cursor', {__ab_no_cursor_state_message: true}),
      entry('halfway', {page: 7}),
    ]),
  );
  const streams = ['done', 'no_cursor', 'halfway'].map((name) => stream(name, false));
  expect(file.entriesFor(streams)).toEqual([entry('halfway', {page: 7})]);
});

test('a state of all streams together replaces all others, and is passed on', async () => {
  const path = fileWith([entry('a', {id: 1})]);
  const global = {type: 'GLOBAL', global: {shared_state: {lsn: 1}, stream_states: []}};
  const file = await openStateFile(path);
  await file.save([stateOf(global)]);
  expect([contentOf(path), file.entriesFor([stream('a')])]).toEqual([[global], [global]]);
});

test('states wrapped in their messages are understood', async () => {
  const file = await openStateFile(fileWith([{type: 'STATE', state: entry('a', {id: 1})}]));
  expect(file.entriesFor([stream('a')])).toEqual([entry('a', {id: 1})]);
});

test('integers beyond 2^53 are loaded and saved exactly', async () => {
  const path = fileWith(
    '[{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"id":9007199254740993}}}]',
  );
  const file = await openStateFile(path);
  await file.save([
    stateOf(
      parseAsWritten('{"stream":{"stream_descriptor":{"name":"b"},"stream_state":{"id":1.10}}}'),
    ),
  ]);
  expect(readFileSync(path, 'utf8')).toBe(
    '[\n' +
      '{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"id":9007199254740993}}},\n' +
      '{"type":"STREAM","stream":{"stream_descriptor":{"name":"b"},"stream_state":{"id":1.10}}}\n' +
      ']\n',
  );
});

test.each([
  ['[{"type":"STREAM",', 'is not valid JSON. Repair it'],
  ['', 'is not valid JSON: it is empty. Repair it'],
  ['{"users":{"id":1}}', 'is not a list of Airbyte states'],
  ['[1]', 'is not a list of Airbyte states'],
])('a file with %j is an error, and stays unchanged', async (text, message) => {
  const path = fileWith(text);
  await expect(openStateFile(path)).rejects.toThrow(message);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a file that cannot be saved is an error that names it', async () => {
  const path = join(newFolder(), 'x.state.json');
  const file = await openStateFile(path);
  mkdirSync(path);
  await expect(file.save([stateOf(entry('a', {id: 1}))])).rejects.toThrow(
    `The state file ${path} cannot be saved: `,
  );
});

test('a link to the state stays a link', async () => {
  const folder = newFolder();
  const target = fileWith([entry('a', {id: 1})]);
  const link = join(folder, 'x.state.json');
  symlinkSync(target, link);
  const file = await openStateFile(link);
  await file.save([stateOf(entry('a', {id: 2}))]);
  expect(contentOf(target)).toEqual([entry('a', {id: 2})]);
});
