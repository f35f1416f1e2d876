import {Readable} from 'node:stream';
import {expect, test} from '@jest/globals';
import {checkedLinesOf} from './checked-lines.ts';

const tooLong = () => new Error('No line is that long.');

/** The lines of an output, each with `!` if it is not UTF-8 and `…` if it has no end. */
const linesFrom = async (chunks: readonly Buffer[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  const stream = Readable.from(chunks, {objectMode: false});
  for await (const checked of checkedLinesOf(stream, {limit: 100, tooLong})) {
    for (const {bytes, isText, unfinished} of checked) {
      lines.push(`${bytes}${isText ? '' : '!'}${unfinished ? '…' : ''}`);
    }
  }
  return lines;
};

const TEXT = Buffer.from('one\nzwölf 𝄞\n\n�\nlast');

test.each([1, 2, 3, 5, 7, 100])('lines are assembled from chunks of %i bytes', async (size) => {
  const chunks = Array.from({length: Math.ceil(TEXT.length / size)}, (_, index) =>
    TEXT.subarray(index * size, (index + 1) * size),
  );
  expect(await linesFrom(chunks)).toEqual(['one', 'zwölf 𝄞', '', '�', 'last…']);
});

test.each([
  ['a byte that never occurs', [0xff]],
  ['Latin-1', [0xe4]],
  ['a sequence that is cut', [0xe2, 0x82]],
  ['an overlong form', [0xc0, 0xaf]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
])('a line with %s is marked, and its neighbours are not', async (_, bytes) => {
  const text = Buffer.concat([Buffer.from('a\nb'), Buffer.from(bytes), Buffer.from('\nc\n')]);
  expect((await linesFrom([text])).map((line) => line.replaceAll('�', ''))).toEqual([
    'a',
    'b!',
    'c',
  ]);
});

test('a line without an end is an error before it fills the memory', async () => {
  const endless = Array.from({length: 1000}, () => Buffer.from('x'.repeat(10)));
  await expect(linesFrom(endless)).rejects.toThrow('No line is that long.');
});
