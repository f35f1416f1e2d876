import {PassThrough, Readable} from 'node:stream';
import {expect, test} from '@jest/globals';
import {lastLinesOf, linesOf, openLines} from './lines.ts';

const linesFrom = async (chunks: readonly (string | Buffer)[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const batch of linesOf(Readable.from(chunks, {objectMode: false}))) {
    lines.push(...batch);
  }
  return lines;
};

test('lines are assembled from chunks', async () => {
  expect(await linesFrom(['on', 'e', '\ntwo\nthr', 'ee\n', 'four'])).toEqual([
    'one',
    'two',
    'three',
    'four',
  ]);
});

test('a character that is split between chunks stays whole', async () => {
  const [head, tail] = [Buffer.from('ä\n').subarray(0, 1), Buffer.from('ä\n').subarray(1)];
  expect(await linesFrom([head, tail])).toEqual(['ä']);
});

test('a stream is not read further until the consumer requests more', async () => {
  let made = 0;
  const endless = new Readable({
    read() {
      made += 1;
      this.push(Buffer.alloc(1024, 'x\n'));
    },
  });
  const lines = linesOf(endless)[Symbol.asyncIterator]();
  await lines.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const afterOne = made;
  await lines.return?.(undefined);
  expect([afterOne < 200, endless.destroyed]).toEqual([true, true]);
});

test('a line without an end is an error before it fills the memory', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield 'x'.repeat(1000);
    })(),
    {objectMode: false},
  );
  const tooLong = () => new Error('No line is that long.');
  const read = async () => {
    for await (const lines of linesOf(endless, {limit: 10_000, tooLong})) {
      expect(lines).toEqual([]);
    }
  };
  await expect(read()).rejects.toThrow('No line is that long.');
});

test('a line that is too long keeps its beginning, and the next line is whole', () => {
  const {take, rest, length} = openLines(4);
  expect([take('ab'), take('cd'), take('ef'), take('gh\nnext\nun')]).toEqual([
    [],
    [],
    [],
    ['abcd', 'next'],
  ]);
  expect([rest(), length()]).toEqual(['un', 2]);
});

test('the last 20 lines of an output are kept', async () => {
  const stream = new PassThrough();
  const heard: string[] = [];
  const kept = lastLinesOf(stream, (line) => heard.push(line));
  for (let line = 1; line <= 1000; line++) stream.write(`line ${line}\n\n`);
  stream.end('the end');
  await new Promise((resolve) => stream.on('close', resolve));
  expect([heard.length, kept().length, kept()[0], kept().at(-1)]).toEqual([
    1001,
    20,
    'line 982',
    'the end',
  ]);
});
