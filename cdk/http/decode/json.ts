import {messageOf, SystemError} from '../../errors.ts';
import {parseExact} from '../../json/exact.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import {inBatches} from './batches.ts';
import type {About, Batch, Decoder, StreamOptions} from './decoder.ts';
import {jsonSplitter} from './json-splitter.ts';
import {splitJson} from './lazy-records.ts';
import {endsEarly} from './truncated-body.ts';

/** Some servers put a byte order mark in front, which JSON.parse does not take. */
const textOf = (body: Buffer): string => body.toString('utf8').replace(/^\uFEFF/, '');

/** Whether JSON was fine as far as it goes: V8 complains of its end, or at the place where it ends. */
const stopsShort = (text: string, error: unknown): boolean => {
  const told = messageOf(error);
  const position = /at position (\d+)/.exec(told)?.[1];
  return told.startsWith('Unexpected end') || Number(position) === text.length;
};

/** V8 quotes the text around the fault, and may cut a token there that nobody would recognise then. */
const withoutQuote = (error: unknown): SyntaxError =>
  new SyntaxError(messageOf(error).replace(/, (\.{3})?".*$/s, ''));

/** The document of a body. What it holds is the caller's claim. */
const parse = <T>(body: Buffer, {where, contentType = 'not given'}: About): T => {
  const text = textOf(body);
  try {
    return parseExact<T>(text);
  } catch (cause) {
    const about = `content-type ${contentType}, ${body.length} bytes`;
    if (text.trim() !== '' && stopsShort(text, cause)) {
      throw endsEarly('JSON', where, about, withoutQuote(cause));
    }
    throw new SystemError(
      `${where} answered with something that is not JSON (${about}). Is the URL in the config the API's own?`,
      {cause: withoutQuote(cause)},
    );
  }
};

/** The JSON of an answer. What it holds is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, response: HttpResponse): T =>
  parse<T>(response.body, {
    where: describeRequest(request),
    contentType: response.headers['content-type'],
  });

const SPACE = new Set([...' \t\r\n'].map((space) => space.charCodeAt(0)));
const CLOSED_BY: Readonly<Record<string, string>> = {'[': ']', '{': '}'};

/** The first and the last character of a body that are no space or byte order mark. */
const endsOf = (body: Buffer): readonly [string, string] => {
  const first = body.findIndex((byte) => byte < 0x80 && !SPACE.has(byte));
  const last = body.findLastIndex((byte) => !SPACE.has(byte));
  return [String.fromCharCode(body[first] ?? 0), String.fromCharCode(body[last] ?? 0)];
};

/** Whether both ends of a body fit: a look that costs nothing. */
const looksWhole = (body: Buffer): boolean => {
  const [first, last] = endsOf(body);
  return CLOSED_BY[first] === last;
};

/** The records that were found so far, each parsed on its own. */
const openRecords = (where: string) => {
  let records: object[] = [];
  let bytes = 0;
  let before = 0;

  const add = (chunk: Buffer, start: number, end: number): void => {
    try {
      records.push(parseExact<object>(chunk.toString('utf8', start, end)));
      bytes += end - start;
    } catch (cause) {
      const fault = withoutQuote(cause);
      throw new SystemError(
        `${where} answered with something that is not JSON in record ${before + records.length + 1}: ${fault.message}.`,
        {cause: fault},
      );
    }
  };
  const take = (): Batch => {
    const batch = {records, bytes};
    before += records.length;
    records = [];
    bytes = 0;
    return batch;
  };
  return {add, take};
};

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  options: StreamOptions,
): AsyncGenerator<Batch> {
  const found = openRecords(options.where);
  const splitter = jsonSplitter(options, found.add);
  for await (const chunk of chunks) {
    splitter.push(chunk);
    yield found.take();
  }
  splitter.end();
}

const JSON_DECODER: Decoder = {
  accept: 'application/json',
  decode: async (body, about) => parse(body, about),
  stream: (chunks, options) => inBatches(readRecords(chunks, options)),
  split: splitJson,
  looksWhole,
};

/** A JSON document; `records` says where its list is. The default. */
export const json = (): Decoder => JSON_DECODER;
