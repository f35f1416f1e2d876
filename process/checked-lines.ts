// Splits the output of a program into lines of bytes, and says which of them are not valid UTF-8.
import {isUtf8} from 'node:buffer';
import type {Readable} from 'node:stream';
import {isLeftOpen} from './left-open.ts';

export type CheckedLine = {
  /** Without its newline. Valid as long as it is kept. */
  readonly bytes: Buffer;
  /** False if the bytes are not UTF-8. */
  readonly isText: boolean;
  /** True for the last line of an output that does not end with a newline. */
  readonly unfinished: boolean;
};

const NEWLINE = 0x0a;

function* split(bytes: Buffer, unfinished: boolean): Generator<CheckedLine> {
  // A newline is never part of another character, so all lines are valid if the whole is.
  const allText = isUtf8(bytes);
  for (let start = 0; start <= bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, found === -1 ? bytes.length : found);
    yield {bytes: line, isText: allText || isUtf8(line), unfinished};
    start += line.length + 1;
  }
}

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
): AsyncGenerator<Iterable<CheckedLine>> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const bytes of chunksOf(stream)) {
    const end = bytes.lastIndexOf(NEWLINE);
    const ended = end === -1 ? undefined : Buffer.concat([...parts, bytes.subarray(0, end)]);
    const rest = bytes.subarray(end + 1);
    if (ended !== undefined) {
      parts = [];
      length = 0;
      yield split(ended, false);
    }
    parts.push(rest);
    length += rest.length;
    if (length > limit) throw tooLong();
  }
  if (length > 0) yield split(Buffer.concat(parts), true);
}
