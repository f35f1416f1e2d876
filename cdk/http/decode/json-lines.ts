import {messageOf, SystemError} from '../../errors.ts';
import {parseExact} from '../../json/exact.ts';
import {isObject, kindOf} from '../../json/values.ts';
import {inBatches} from './batches.ts';
import {collect} from './collect.ts';
import type {About, Batch, Decoder} from './decoder.ts';
import {endsEarly} from './truncated-body.ts';

const NEWLINE = 0x0a;

type Line = {readonly text: string; readonly bytes: number};

/** The lines of each chunk, the last one by itself, told from the others by `open`. */
async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  {where, limit}: About & {readonly limit: number},
): AsyncGenerator<{readonly lines: readonly Line[]; readonly open: boolean}> {
  let pieces: Buffer[] = [];
  let held = 0;
  const takeLine = (rest: Buffer): Line => {
    const line = pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]);
    pieces = [];
    held = 0;
    return {text: line.toString('utf8'), bytes: line.length};
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(takeLine(chunk.subarray(start, end)));
      start = end + 1;
    }
    // A copy: the reader may fill the chunk's memory again.
    if (start < chunk.length) pieces.push(Buffer.from(chunk.subarray(start)));
    held += chunk.length - start;
    if (held > limit) {
      throw new SystemError(
        `${where} answered with a line of more than ${limit} bytes, which is more than is held in memory. Is it JSON Lines, one object on each line? Else raise \`maxBodyBytes\`.`,
      );
    }
    yield {lines, open: false};
  }
  yield {lines: [takeLine(Buffer.alloc(0))], open: true};
}

/** Reads one line after another, and knows its number. */
const lineReader = ({where}: About) => {
  let number = 0;
  const read = (text: string, open: boolean): unknown => {
    try {
      return parseExact(text);
    } catch (cause) {
      // Only a cut leaves a line without its end and its sense.
      if (open) throw endsEarly('JSON', where, `in line ${number}`, cause);
      throw new SystemError(
        `${where}: line ${number} is not JSON: ${messageOf(cause)}. Is it JSON Lines, one object on each line?`,
        {cause},
      );
    }
  };
  return (line: string, open: boolean): object | undefined => {
    number += 1;
    const text = (number === 1 ? line.replace(/^\uFEFF/, '') : line).trim();
    if (text === '') return undefined;
    const record = read(text, open);
    if (isObject(record)) return record;
    throw new SystemError(
      `${where}: line ${number} should be an object, but is ${kindOf(record)}.`,
    );
  };
};

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  options: About & {readonly limit: number},
): AsyncGenerator<Batch> {
  const read = lineReader(options);
  for await (const {lines, open} of linesOf(chunks, options)) {
    const records = lines.flatMap(({text}) => read(text, open) ?? []);
    yield {records, bytes: lines.reduce((sum, line) => sum + line.bytes, 0)};
  }
}

/** One JSON object on each line (NDJSON); blank lines are skipped. The body is the list: set no `records`. */
export const jsonLines = (): Decoder => ({
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.9, */*;q=0.1',
  decode: (body, about) =>
    collect(body, (chunks) => readRecords(chunks, {...about, limit: body.length})),
  stream: (chunks, options) => inBatches(readRecords(chunks, options)),
});
