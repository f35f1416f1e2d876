import {messageOf, SystemError} from '../../errors.ts';
import {parseExact} from '../../json/exact.ts';
import {isObject, type JsonObject, kindOf} from '../../json/values.ts';
import {errorIn, isOnlyError} from '../response/refusal-text.ts';
import {inBatches} from './batches.ts';
import {openWindow} from './byte-window.ts';
import {assertUtf8, type EncodingOption, inUtf8, utf8TextOf} from './charset.ts';
import {collect} from './collect.ts';
import type {About, Batch, Decoder} from './decoder.ts';
import {withFormat} from './other-format.ts';
import {shapedRecords} from './record-shape.ts';
import {truncationError} from './truncated-body.ts';

const NEWLINE = 0x0a;

type Lines = {
  readonly lines: readonly string[];
  readonly bytes: number;
  /** The last line has no newline. */
  readonly open: boolean;
};

/** Yields the lines that are complete after each chunk, then the rest after the last newline. */
async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  {limit, ...about}: About & {readonly limit: number},
): AsyncGenerator<Lines> {
  const {add, keep} = openWindow();
  for await (const chunk of chunks) {
    const window = add(chunk);
    const newline = chunk.lastIndexOf(NEWLINE);
    const end = newline < 0 ? 0 : window.length - chunk.length + newline;
    const lines = newline < 0 ? [] : utf8TextOf(window.subarray(0, end), about).split('\n');
    const rest = window.subarray(newline < 0 ? 0 : end + 1);
    if (rest.length > limit) {
      throw new SystemError(
        `${about.where} answered with a line of more than ${limit} bytes, which is over the memory limit. Check that the body is JSON Lines, one object per line, or raise \`maxBodyBytes\`.`,
      );
    }
    keep(rest);
    yield {lines, bytes: end, open: false};
  }
  const rest = add(Buffer.alloc(0));
  yield {lines: [rest.toString('utf8')], bytes: rest.length, open: true};
  // After the line was parsed, because it may also be cut off inside a sign.
  assertUtf8(rest, about);
}

const LINES_TYPE = /json-?l|ndjson|json-?seq|json-?stream/i;

/** A single object may be a record or an error: it is an error if it has no field but those of errors. */
const assertNoError = (only: JsonObject, {where, contentType = 'not given'}: About): void => {
  if (LINES_TYPE.test(contentType) || !isOnlyError(only)) return;
  throw new SystemError(
    `${where} answered with an error instead of JSON Lines (content-type ${contentType}): ${errorIn(only)}. If this is a record, let the API declare its content-type as application/x-ndjson; else add a rule for it to \`rules\`.`,
  );
};

type JsonLinesOptions = EncodingOption & {
  /** Lines are not objects, such as strings: each becomes a record that has it in this field. */
  readonly wrap?: string;
  /** Lines are lists of values with these names. */
  readonly columns?: readonly string[];
};

const lineReader = ({where}: About, {wrap, columns}: JsonLinesOptions) => {
  let number = 0;
  const shape = {...(wrap !== undefined && {wrap}), ...(columns && {columns})};
  const isShaped = Object.keys(shape).length > 0;
  const read = (text: string, open: boolean): unknown => {
    try {
      if (!isShaped) return parseExact(text);
      // In a list, because a number keeps its digits in what holds it.
      const list = parseExact<readonly unknown[]>(`[${text}]`);
      if (list.length === 1) return list;
      throw new SyntaxError('it has several values');
    } catch (cause) {
      // A malformed line without its newline was truncated.
      if (open) throw truncationError('JSON', where, `in line ${number}`, cause);
      throw new SystemError(
        `${where}: line ${number} is not JSON: ${messageOf(cause)}. Check that the body is JSON Lines, one object per line.`,
        {cause},
      );
    }
  };
  return (content: string, open: boolean): object | undefined => {
    number += 1;
    const text = (number === 1 ? content.replace(/^\uFEFF/, '') : content).trim();
    if (text === '') return undefined;
    const record = read(text, open);
    const line = `${where}: line ${number}`;
    if (isShaped) return shapedRecords(record, {where: line, path: undefined, shape})[0];
    if (isObject(record)) return record;
    const way = Array.isArray(record) ? "{columns: ['id', …]}" : "{wrap: 'value'}";
    throw new SystemError(
      `${line} should be an object, but is ${kindOf(record)}. To make records of such lines, set \`jsonLines(${way})\`.`,
    );
  };
};

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  options: About & {readonly limit: number},
  lines: JsonLinesOptions,
): AsyncGenerator<Batch> {
  const read = lineReader(options, lines);
  const checked = withFormat(chunks, options, {format: 'JSON Lines'});
  const decoded = inUtf8(checked, options, lines.encoding);
  let only: object | undefined;
  let count = 0;
  for await (const {lines: texts, bytes, open} of linesOf(decoded, options)) {
    const records = texts.flatMap((line) => read(line, open) ?? []);
    count += records.length;
    only ??= records[0];
    yield {records, bytes};
  }
  if (count === 1 && isObject(only)) assertNoError(only, options);
}

/** One JSON object per line (NDJSON). Blank lines are skipped. The body is the list: do not set `records`. */
export const jsonLines = (lines: JsonLinesOptions = {}): Decoder => ({
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.9, */*;q=0.1',
  decode: (body, about) =>
    collect(body, about, (chunks) =>
      readRecords(chunks, {...about, limit: 4 * body.length}, lines),
    ),
  stream: (chunks, options) => inBatches(readRecords(chunks, options, lines)),
});
