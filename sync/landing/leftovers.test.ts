import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {acquireLock} from '../../process/lock.ts';
import {filesIn, newFolder, STAMP} from '../testing/run.ts';
import {removeTemporaryFiles, replaceFile} from './files.ts';
import {cutHalfLines, sourceLock} from './leftovers.ts';
import {openLocks} from './locks.ts';

const cutIn = async (directory: string, source = 'x') => {
  const cuts: (readonly [string, number])[] = [];
  await cutHalfLines(directory, source, openLocks(), (path, bytes) =>
    cuts.push([path.slice(directory.length + 1), bytes]),
  );
  return cuts;
};

const NAME = `x_users_${STAMP}.jsonl`;

test.each([
  ['whole lines', '{"id":1}\n{"id":2}\n', '{"id":1}\n{"id":2}\n', 0],
  ['half a line', '{"id":1}\n{"id', '{"id":1}\n', 4],
  ['a line without its end', '{"id":1}\n{"id":2}', '{"id":1}\n', 8],
  ['half a character', `{"id":1}\n"\u00c3`, '{"id":1}\n', 2],
  ['zeros, as after a loss of power', `{"id":1}\n${'\0'.repeat(5000)}`, '{"id":1}\n', 5000],
  [
    'half a line that is longer than a block',
    `{"id":1}\n${'x'.repeat(200_000)}`,
    '{"id":1}\n',
    200_000,
  ],
  [
    'a line that ends where a block begins',
    `${'y'.repeat(65_535)}\n${'x'.repeat(65_536)}`,
    `${'y'.repeat(65_535)}\n`,
    65_536,
  ],
  ['nothing but half a line', '{"id', undefined, 4],
  ['nothing', '', undefined, 0],
])('a file with %s has only whole lines afterwards', async (_, text, rest, bytes) => {
  const directory = newFolder();
  writeFileSync(join(directory, NAME), Buffer.from(text, 'latin1'));
  const cuts = await cutIn(directory);
  expect(cuts).toEqual(bytes === 0 ? [] : [[NAME, bytes]]);
  expect(filesIn(directory)).toEqual(rest === undefined ? [] : [NAME]);
  if (rest !== undefined) expect(readFileSync(join(directory, NAME), 'latin1')).toBe(rest);
});

test('other files, and those of other sources that run, are left alone', async () => {
  const directory = newFolder();
  const names = [
    ...[`x_y_users_${STAMP}.jsonl`, `z_users_${STAMP}.jsonl`, 'x_notes.jsonl', 'x.state.json'],
    `x_users_${STAMP}_2.jsonl`,
  ];
  for (const name of names) writeFileSync(join(directory, name), '{}\n{');
  const release = acquireLock(join(directory, sourceLock('x_y')));
  const during = await cutIn(directory);
  release?.();
  const after = await cutIn(directory);
  expect([during, after]).toEqual([
    [[`x_users_${STAMP}_2.jsonl`, 1]],
    [[`x_y_users_${STAMP}.jsonl`, 1]],
  ]);
});

test('a file that another program made read-only does not stop the run', async () => {
  const directory = newFolder();
  writeFileSync(join(directory, NAME), '{}\n');
  chmodSync(join(directory, NAME), 0o444);
  expect(await cutIn(directory)).toEqual([]);
});

test('temporary files that a killed run left are removed, and no others', async () => {
  const directory = newFolder();
  const [path, other] = [join(directory, 'x.state.json'), join(directory, 'y.state.json')];
  await replaceFile('state', path, '[]');
  // A failed save leaves nothing; a killed one leaves a name like this.
  const prefix = /^\.x\.state\.json\.[0-9a-f]{8}-/;
  const hash = (await import('node:crypto'))
    .createHash('sha256')
    .update('x.state.json')
    .digest('hex');
  const left = `.x.state.json.${hash.slice(0, 8)}-0123456789ab.tmp`;
  expect(left).toMatch(prefix);
  writeFileSync(join(directory, left), 'secret');
  writeFileSync(other, '[]');
  await removeTemporaryFiles(path);
  expect(filesIn(directory)).toEqual(['x.state.json', 'y.state.json']);
});
