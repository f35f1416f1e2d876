// Splits the output of a program into lines.
import type {Readable} from 'node:stream';
import {isLeftOpen} from './left-open.ts';

/** The beginning of a string, as a copy: V8 keeps the whole of a long string as long as a part of it is in use. */
export const headOf = (text: string, length: number): string =>
  text.length > length ? Buffer.from(text.slice(0, length)).toString() : text;

export type LineSplitter = {
  /** The lines that end in this chunk. */
  readonly take: (chunk: string) => readonly string[];
  /** The beginning of a line that has not ended. */
  readonly rest: () => string;
  /** The length of the unfinished line in characters, dropped ones included. */
  readonly length: () => number;
};

/**
 * Assembles lines from chunks.
 * @param kept after this many characters of a line, further chunks of it are dropped
 */
export const openLines = (kept = Number.POSITIVE_INFINITY): LineSplitter => {
  let parts: string[] = [];
  let length = 0;
  return {
    take: (chunk) => {
      const [first = '', ...others] = chunk.split('\n');
      if (length < kept) parts.push(first);
      length += first.length;
      const last = others.pop();
      if (last === undefined) return [];
      const lines = [parts.join(''), ...others];
      parts = [last];
      length = last.length;
      return lines;
    },
    rest: () => parts.join(''),
    length: () => length,
  };
};

/**
 * Yields the lines of each chunk, which may be none. The last line need not end with a newline. It reads the stream only
 * when the consumer requests more, so a slow consumer slows down the writer.
 * @param limit the longest line, in characters; a longer one throws the error of `tooLong`
 */
export async function* linesOf(
  stream: Readable,
  {limit, tooLong}: {readonly limit: number; readonly tooLong: () => Error} = {
    limit: Number.POSITIVE_INFINITY,
    tooLong: () => new RangeError('A line is too long.'),
  },
): AsyncGenerator<readonly string[]> {
  stream.setEncoding('utf8');
  const {take, rest, length} = openLines();
  try {
    for await (const chunk of stream) {
      const text: string = chunk;
      yield take(text);
      if (length() > limit) throw tooLong();
    }
  } catch (error) {
    if (!isLeftOpen(error)) throw error;
  }
  if (length() > 0) yield [rest()];
}

/** The number of kept lines, and of characters in each. */
const MAX_KEPT = 20;
const MAX_KEPT_LENGTH = 2_000;

/** Reads a stream, so that its writer never waits, and keeps the last lines. */
export const lastLinesOf = (
  stream: Readable,
  onLine: (line: string) => void,
): (() => readonly string[]) => {
  const kept: string[] = [];
  const {take, rest} = openLines(MAX_KEPT_LENGTH);
  const keep = (whole: string): void => {
    const line = whole.slice(0, MAX_KEPT_LENGTH);
    if (line.trim() === '') return;
    onLine(line);
    kept.push(line);
    if (kept.length > MAX_KEPT) kept.shift();
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    for (const line of take(chunk)) keep(line);
  });
  // An output that is cut off has no `end`.
  stream.on('close', () => keep(rest()));
  return () => kept;
};
