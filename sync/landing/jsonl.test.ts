import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {filesIn, NOW, newFolder, STAMP} from '../testing/run.ts';
import {fileSafe, type Landing, openLanding} from './jsonl.ts';

const landingIn = (directory: string) =>
  openLanding({directory, source: 'x', startedAt: NOW, now: () => NOW});

/** Lands a record as a source prints it. */
const land = (landing: Landing, stream: StreamDescriptor, record: object): Promise<void> =>
  Promise.resolve(landing.open(stream, () => {}).land(Buffer.from(JSON.stringify(record))));

test('a row is the record with its origin', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  await land(landing, {name: 'users'}, {id: 1, __source: 'a field of the same name'});
  await landing.close();
  expect(readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8')).toBe(
    '{"id":1,"__source":"x","__stream":"users","__ingested_at":"2026-11-22T05:13:52.123Z"}\n',
  );
});

test.each([
  ['has none', '{}', '{'],
  ['has none, in spaces', '{ \t}', '{ \t'],
  [
    'keeps its digits',
    '{"id":12345678901234567890,"price":1.50 }',
    '{"id":12345678901234567890,"price":1.50 ,',
  ],
  [
    'has a field of an added name, with digits beside it',
    '{"__stream":1,"n":1.50,"__own":2}',
    '{"n":1.50,"__own":2,',
  ],
  ['has a value like an added name', '{"a":"__source"}', '{"a":"__source",'],
])('a record that %s lands unchanged', async (_, data, beginning) => {
  const directory = newFolder();
  const landing = landingIn(directory);
  await landing.open({name: 'users'}, () => {}).land(Buffer.from(data));
  await landing.close();
  expect(readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8')).toBe(
    `${beginning}"__source":"x","__stream":"users","__ingested_at":"2026-11-22T05:13:52.123Z"}\n`,
  );
});

test('rows longer than one write land in their order', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  const long = 'y'.repeat(300_000);
  const texts = ['a', long, 'b', long, long, 'c'];
  const seen: number[] = [];
  const users = landing.open({name: 'users'}, (_, bytes) => seen.push(bytes));
  for (const text of texts) await users.land(Buffer.from(JSON.stringify({text})));
  await landing.close();
  const lines = readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8').split('\n');
  expect(lines.slice(0, -1).map((line) => JSON.parse(line).text)).toEqual(texts);
  expect(seen).toEqual(lines.slice(0, -1).map((line) => line.length + 1));
});

test('a stream without rows leaves no file', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  await landing.sync({name: 'users'});
  await landing.sync();
  await landing.close();
  expect(filesIn(directory)).toEqual([]);
});

test('streams whose names make the same file name get different files', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  for (const name of ['Ünits/A b', 'ünits/a B']) await land(landing, {name}, {id: 1});
  await land(landing, {name: 'users', namespace: 'public'}, {id: 1});
  await landing.close();
  expect(filesIn(directory)).toEqual([
    `x_public.users_${STAMP}.jsonl`,
    `x_ünits-a-b_${STAMP}.jsonl`,
    `x_ünits-a-b_${STAMP}_2.jsonl`,
  ]);
});

test('rows that were synced are in the file', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  await land(landing, {name: 'users'}, {id: 1});
  await landing.sync({name: 'users'});
  const written = landing.written();
  const rows = readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8').split('\n').length;
  await landing.close();
  expect([rows - 1, written[0]?.rows]).toEqual([1, 1]);
});

test('many rows land in their order, even during a sync to disk', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  const syncs: Promise<void>[] = [];
  for (let id = 1; id <= 5000; id++) {
    await land(landing, {name: 'users'}, {id, text: 'x'.repeat(200)});
    if (id % 500 === 0) syncs.push(landing.sync());
  }
  await Promise.all(syncs);
  await landing.close();
  const lines = readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8').split('\n');
  const ids = lines.slice(0, -1).map((line) => JSON.parse(line).id);
  expect(ids).toEqual(Array.from({length: 5000}, (_, index) => index + 1));
});

test('a file that cannot be created is an error that names it', async () => {
  const directory = join(newFolder(), 'nowhere');
  await expect(land(landingIn(directory), {name: 'users'}, {id: 1})).rejects.toThrow(
    `${join(directory, `x_users_${STAMP}.jsonl`)} cannot be written: ENOENT`,
  );
});

const LONG = 'n'.repeat(300);

test.each([
  ['long', LONG],
  ['long, with a namespace', `space.${LONG}`],
  ['of wide characters', '東'.repeat(100)],
  ['of emoji', '👩‍💻'.repeat(100)],
  ['of decomposed letters', 'e\u0301'.repeat(200)],
  ['whose lower case is longer', '\u0130'.repeat(90)],
  ['a dot', '.'],
  ['two dots', '..'],
  ['a path', '../../etc/passwd'],
  ['a path of Windows', 'C:\\windows\\x'],
  ['empty', ''],
  ['blank', ' \t\n '],
  ['with a NUL', 'a\0b'],
  ['with controls', 'a\u001b[2J\u0007\r\u202eb'],
  ['with half a pair', 'a\ud800b'],
  ['a device of Windows', 'CON'],
  ['an option', '-rf'],
  ['a key of objects', '__proto__'],
  ['like a state', 'state.json'],
  ['with a percent sign and quotes', `%s'"\`$(x)`],
])('rows of a stream whose name is %s land in a file of the directory', async (_, name) => {
  const directory = newFolder();
  const landing = openLanding({directory, source: LONG, startedAt: NOW, now: () => NOW});
  await land(landing, {name, namespace: LONG}, {id: 1});
  await land(landing, {name}, {id: 2});
  // The same beginning, but another stream.
  await land(landing, {name: `${name}!`}, {id: 3});
  await landing.close();
  const files = filesIn(directory);
  expect(files.length).toBe(3);
  for (const file of files) {
    expect(file).toMatch(/^[\p{L}\p{M}\p{N}_.-]+\.jsonl$/u);
    expect(Buffer.byteLength(file)).toBeLessThanOrEqual(255);
    const row = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    expect([name, `${name}!`]).toContain(row.__stream);
  }
});

test('a long name is shortened with a hash, the same in each run', () => {
  const [one, same, other] = [fileSafe(LONG), fileSafe(LONG), fileSafe(`${LONG}2`)];
  expect([one, one === same, one === other, one.length]).toEqual([
    expect.stringMatching(/^n{87}-[0-9a-f]{12}$/),
    ...[true, false, 100],
  ]);
});

test('file names have no characters that are special to a shell or a file system', () => {
  expect(['GitHub', 'a b/c', '../up', "it's $5", 'ok_1.2-3'].map(fileSafe)).toEqual([
    'github',
    'a-b-c',
    '..-up',
    'it-s-5',
    'ok_1.2-3',
  ]);
});
