import type {Readable} from 'node:stream';
import {SyncError} from '../errors.ts';

/** No message is that long, and no string may grow without end. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

/**
 * The lines of a stream, as many at a time as have come. It reads on only when it is asked to, so a slow
 * consumer slows the writer down.
 */
export async function* linesOf(stream: Readable): AsyncGenerator<readonly string[]> {
  stream.setEncoding('utf8');
  let beginning: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const text: string = chunk;
    const [first = '', ...others] = text.split('\n');
    beginning.push(first);
    length += first.length;
    const last = others.pop();
    if (last !== undefined) {
      yield [beginning.join(''), ...others];
      beginning = [last];
      length = last.length;
    }
    if (length > MAX_LINE_LENGTH) {
      throw new SyncError(
        `The source printed a line of more than ${MAX_LINE_LENGTH / 1024 / 1024} MiB on stdout; no Airbyte message is that long.`,
      );
    }
  }
  if (length > 0) yield [beginning.join('')];
}

/** Of what is kept: how many lines, and how much of each. */
const MAX_KEPT = 20;
const MAX_KEPT_LENGTH = 2_000;

/** Keeps the last lines of a stream that nobody else reads, so that its writer never waits. */
export const lastLinesOf = (
  stream: Readable,
  onLine: (line: string) => void,
): (() => readonly string[]) => {
  const kept: string[] = [];
  let beginning = '';
  const take = (line: string): void => {
    if (line.trim() === '') return;
    onLine(line);
    kept.push(line);
    if (kept.length > MAX_KEPT) kept.shift();
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (beginning + chunk).split('\n');
    beginning = (lines.pop() ?? '').slice(0, MAX_KEPT_LENGTH);
    for (const line of lines) take(line.slice(0, MAX_KEPT_LENGTH));
  });
  stream.on('end', () => take(beginning));
  return () => kept;
};
