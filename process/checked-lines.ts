// Splits the output of a program into lines, and says which of them are not valid UTF-8.
import {isUtf8} from 'node:buffer';
import type {Readable} from 'node:stream';
import {isLeftOpen} from './left-open.ts';

export type CheckedLines = {
  readonly texts: readonly string[];
  /** The indexes of the lines whose bytes are not UTF-8; their texts have U+FFFD in place of these bytes. */
  readonly invalid: ReadonlySet<number>;
  /** True for the last line of an output that does not end with a newline. */
  readonly unfinished: boolean;
};

const NEWLINE = 0x0a;
const NONE: ReadonlySet<number> = new Set();

const invalidLinesIn = (bytes: Buffer): ReadonlySet<number> => {
  const invalid = new Set<number>();
  let start = 0;
  for (let index = 0; start <= bytes.length; index += 1) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) invalid.add(index);
    start = end + 1;
  }
  return invalid;
};

const decode = (bytes: Buffer, unfinished: boolean): CheckedLines => ({
  texts: bytes.toString('utf8').split('\n'),
  // A newline is never part of another character, so all lines are valid if the whole is.
  invalid: isUtf8(bytes) ? NONE : invalidLinesIn(bytes),
  unfinished,
});

/** An output that is cut off ends here like any other. */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    if (!isLeftOpen(error)) throw error;
  }
}

/**
 * Yields the lines that end in each chunk. It reads the stream only when the consumer requests more, so a slow consumer slows
 * down the writer.
 * @param limit the longest line, in bytes; a longer one throws the error of `tooLong`
 */
export async function* checkedLinesOf(
  stream: Readable,
  {limit, tooLong}: {readonly limit: number; readonly tooLong: () => Error},
): AsyncGenerator<CheckedLines> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const bytes of chunksOf(stream)) {
    const end = bytes.lastIndexOf(NEWLINE);
    const ended = end === -1 ? undefined : Buffer.concat([...parts, bytes.subarray(0, end)]);
    const rest = bytes.subarray(end + 1);
    if (ended !== undefined) {
      parts = [];
      length = 0;
      yield decode(ended, false);
    }
    parts.push(rest);
    length += rest.length;
    if (length > limit) throw tooLong();
  }
  if (length > 0) yield decode(Buffer.concat(parts), true);
}
