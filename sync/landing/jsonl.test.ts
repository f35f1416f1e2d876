import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {filesIn, NOW, newFolder, STAMP} from '../testing/run.ts';
import {fileSafe, openLanding} from './jsonl.ts';

const landingIn = (directory: string) =>
  openLanding({directory, source: 'x', startedAt: NOW, now: () => NOW});

test('a row is the record with its origin', async () => {
  const directory = newFolder();
  const landing = landingIn(directory);
  await landing.land({name: 'users'}, {id: 1, __source: 'a field of the same name'});
  await landing.close();
  expect(readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8')).toBe(
    '{"id":1,"__source":"x","__stream":"users","__ingested_at":"2026-11-22T05:13:52.123Z"}\n',
  );
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
  for (const name of ['Ünits/A b', 'ünits/a B']) await landing.land({name}, {id: 1});
  await landing.land({name: 'users', namespace: 'public'}, {id: 1});
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
  await landing.land({name: 'users'}, {id: 1});
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
    await landing.land({name: 'users'}, {id, text: 'x'.repeat(200)});
    if (id % 500 === 0) syncs.push(landing.sync());
  }
  await Promise.all(syncs);
  await landing.close();
  const lines = readFileSync(join(directory, `x_users_${STAMP}.jsonl`), 'utf8').split('\n');
  const ids = lines.slice(0, -1).map((line) => JSON.parse(line).id);
  expect(ids).toEqual(Array.from({length: 5000}, (_, index) => index + 1));
});

test('a file that cannot be created is an error that names it', async () => {
  const directory = newFolder();
  const name = 'n'.repeat(300);
  await expect(landingIn(directory).land({name}, {id: 1})).rejects.toThrow(
    `${join(directory, `x_${name}_${STAMP}.jsonl`)} cannot be written: ENAMETOOLONG`,
  );
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
