import {SystemError} from '../../errors.ts';
import {CLOSE_LIST, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT} from '../../json/bytes.ts';
import {parseExact} from '../../json/exact.ts';
import {describeRequest, type HttpRequest, type HttpResponse} from '../types.ts';
import {inBatches} from './batches.ts';
import type {About, Batch, Decoder, StreamOptions} from './decoder.ts';
import {isTruncated, withoutQuote} from './json-fault.ts';
import {jsonSplitter} from './json-splitter.ts';
import {splitJson} from './lazy-records.ts';
import {assertFormat, withFormat} from './other-format.ts';
import {emptyBodyError, truncationError} from './truncated-body.ts';

/** Some servers send a byte order mark, which JSON.parse rejects. */
const textWithoutMark = (body: Buffer): string => body.toString('utf8').replace(/^\uFEFF/, '');

const parse = <T>(body: Buffer, {where, contentType = 'not given'}: About): T => {
  const text = textWithoutMark(body);
  try {
    return parseExact<T>(text);
  } catch (cause) {
    if (text.trim() === '') throw emptyBodyError('JSON', where);
    const about = `content-type ${contentType}, ${body.length} bytes`;
    if (isTruncated(text, cause)) {
      throw truncationError('JSON', where, about, withoutQuote(cause));
    }
    assertFormat(body, {where, contentType}, {format: 'JSON'});
    throw new SystemError(
      `${where} answered with something that is not JSON (${about}). Is the URL in the config the API's own?`,
      {cause: withoutQuote(cause)},
    );
  }
};

/** The JSON of a response. `T` is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, response: HttpResponse): T =>
  parse<T>(response.body, {
    where: describeRequest(request),
    contentType: response.headers['content-type'],
  });

const SPACE = new Set(Buffer.from(' \t\r\n'));

/** Compares the first and the last bracket, which costs nothing. The bytes of a byte order mark are above 0x7f. */
const looksComplete = (body: Buffer): boolean => {
  const first = body.find((byte) => byte < 0x80 && !SPACE.has(byte));
  const last = body.findLast((byte) => !SPACE.has(byte));
  return first === OPEN_LIST ? last === CLOSE_LIST : first === OPEN_OBJECT && last === CLOSE_OBJECT;
};

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  options: StreamOptions,
): AsyncGenerator<Batch> {
  let records: object[] = [];
  let bytes = 0;
  const splitter = jsonSplitter(options, (window, start, end) => {
    records.push(parseExact<object>(window.toString('utf8', start, end)));
    bytes += end - start;
  });
  const take = (): Batch => {
    const batch = {records, bytes};
    records = [];
    bytes = 0;
    return batch;
  };
  for await (const chunk of withFormat(chunks, options, {format: 'JSON'})) {
    splitter.push(chunk);
    yield take();
  }
  splitter.end();
  yield take();
}

const JSON_DECODER: Decoder = {
  accept: 'application/json',
  decode: async (body, about) => parse(body, about),
  stream: (chunks, options) => inBatches(readRecords(chunks, options)),
  split: splitJson,
  looksComplete,
};

/** A JSON document; `records` is the path of its list. The default decoder. */
export const json = (): Decoder => JSON_DECODER;
