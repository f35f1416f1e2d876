import {closeSync, mkdtempSync, openSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {openWriter} from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-writer-'));
afterAll(() => rmSync(folder, {recursive: true}));

/** A writer to a file, with the file's content. */
const toFile = (name: string) => {
  const path = join(folder, name);
  const fd = openSync(path, 'w');
  const broken: unknown[] = [];
  const writer = openWriter(fd, (error) => broken.push(error));
  return {
    ...writer,
    broken,
    written: () => readFileSync(path, 'utf8'),
    close: () => closeSync(fd),
  };
};

/** Lines of different lengths that fill several buffers, with characters of 1 to 4 bytes. */
const manyLines = (name: string): readonly string[] =>
  Array.from({length: 5_000}, (_, n) => `${name} ${n} ${'aé€😀'.repeat(n % 60)}\n`);

describe('a writer', () => {
  test('writes whole lines in their order', async () => {
    const {put, drain, written, close, broken} = toFile('lines');
    const lines = manyLines('line');
    await put(lines);
    await drain();
    close();
    expect(written()).toBe(lines.join(''));
    expect(broken).toEqual([]);
  });

  test('writes lines that are longer than a buffer in their order', async () => {
    const {put, drain, written, close} = toFile('huge');
    const lines = [
      'first\n',
      `${'€'.repeat(400_000)}\n`,
      'second\n',
      `${'x'.repeat(90_000)}\n`,
      'last\n',
    ];
    await put(lines);
    await drain();
    close();
    expect(written()).toBe(lines.join(''));
  });

  test('keeps the lines of several callers whole and in order', async () => {
    const {put, drain, written, close} = toFile('callers');
    const huge = `b ${'y'.repeat(200_000)}\n`;
    const callers = [manyLines('a'), [huge, ...manyLines('b'), huge], manyLines('c')];
    await Promise.all(callers.map(put));
    await drain();
    close();
    const lines = written().split(/(?<=\n)/);
    const of = (name: string) => lines.filter((line) => line.startsWith(name));
    expect(['a', 'b', 'c'].map(of)).toEqual(callers);
    expect(lines.length).toBe(callers.flat().length);
  });

  test('takes lines from a generator when there is room for them', async () => {
    const {put, drain, written, close} = toFile('generator');
    function* lines() {
      for (let n = 0; n < 3; n += 1) yield `line ${n}\n`;
    }
    await put(lines());
    await drain();
    close();
    expect(written()).toBe('line 0\nline 1\nline 2\n');
  });

  test('writes its buffer when the program becomes idle', async () => {
    const {put, written, close} = toFile('idle');
    await put(['line\n']);
    while (written() === '') await new Promise((resolve) => setImmediate(resolve));
    close();
    expect(written()).toBe('line\n');
  });

  test('drains at once if it holds nothing', async () => {
    const {drain, written, close} = toFile('empty');
    await drain();
    close();
    expect(written()).toBe('');
  });

  test('reports that writing failed, and rejects from then on', async () => {
    const path = join(folder, 'idle');
    const readOnly = openSync(path, 'r');
    const broken: unknown[] = [];
    const {put, drain} = openWriter(readOnly, (error) => broken.push(error));
    await put(['lost\n']);
    await expect(drain()).rejects.toHaveProperty('code', 'EBADF');
    await expect(put(manyLines('lost'))).rejects.toHaveProperty('code', 'EBADF');
    closeSync(readOnly);
    expect(broken[0]).toHaveProperty('code', 'EBADF');
    expect(readFileSync(path, 'utf8')).toBe('line\n');
  });
});
