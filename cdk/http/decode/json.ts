import {SystemError} from '../../errors.ts';
import {CLOSE_LIST, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT} from '../../json/bytes.ts';
import {parseExact} from '../../json/exact.ts';
import type {HttpRequest, HttpResponse} from '../types.ts';
import {inBatches} from './batches.ts';
import {
  assertUtf8,
  type EncodingOption,
  inUtf8,
  isPlainUtf8,
  textOf,
  utf8TextOf,
} from './charset.ts';
import {aboutOf} from './decode-response.ts';
import type {About, Batch, Decoder, StreamOptions} from './decoder.ts';
import {isTruncated, withoutQuote} from './json-fault.ts';
import {jsonSplitter} from './json-splitter.ts';
import {splitJson} from './lazy-records.ts';
import {assertFits} from './memory.ts';
import {assertFormat, withFormat} from './other-format.ts';
import {openShape} from './streamed-shape.ts';
import {emptyBodyError, truncationError} from './truncated-body.ts';

/** JSON is often declared in another charset: its bytes are decoded first, so that no record has replacement signs. */
const parse = <T>(body: Buffer, about: About, encoding?: string): T => {
  const {where, contentType = 'not given'} = about;
  assertFits(body, where);
  const isPlain = isPlainUtf8(body, about, encoding);
  if (!isPlain) assertFormat(body, about, {format: 'JSON'});
  const text = isPlain ? body.toString('utf8') : textOf(body, about, encoding);
  try {
    const value = parseExact<T>(text);
    // After the parser, because a body may also be cut off inside a sign.
    if (isPlain) assertUtf8(body, about);
    return value;
  } catch (cause) {
    if (cause instanceof SystemError) throw cause;
    if (text.trim() === '') throw emptyBodyError('JSON', where);
    const what = `content-type ${contentType}, ${body.length} bytes`;
    if (isTruncated(text, cause)) {
      throw truncationError('JSON', where, what, withoutQuote(cause));
    }
    assertFormat(body, about, {format: 'JSON'});
    throw new SystemError(
      `${where} answered with something that is not JSON (${what}). Is the URL in the config the API's own?`,
      {cause: withoutQuote(cause)},
    );
  }
};

/** The JSON of a response. `T` is the caller's claim. */
export const decodeJson = <T = unknown>(request: HttpRequest, response: HttpResponse): T =>
  parse<T>(response.body, aboutOf(request, response));

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
  encoding: string | undefined,
): AsyncGenerator<Batch> {
  let records: object[] = [];
  let bytes = 0;
  const {records: path, shape} = options;
  const shaped = shape && openShape({...options, path, shape});
  const split = shaped ? {...options, records: shaped.path, anyElementOf: {path}} : options;
  const splitter = jsonSplitter(split, (window, start, end, key) => {
    const text = utf8TextOf(window.subarray(start, end), options);
    if (shaped === undefined) records.push(parseExact<object>(text));
    else for (const record of shaped.take(text, key)) records.push(record);
    bytes += end - start;
  });
  const take = (): Batch => {
    const batch = {records, bytes};
    records = [];
    bytes = 0;
    return batch;
  };
  const checked = withFormat(chunks, options, {format: 'JSON'});
  for await (const chunk of inUtf8(checked, options, encoding)) {
    splitter.push(chunk);
    yield take();
  }
  splitter.end();
  shaped?.end();
  yield take();
}

const decoderWith = ({encoding}: EncodingOption): Decoder => ({
  accept: 'application/json',
  decode: async (body, about) => parse(body, about, encoding),
  stream: (chunks, options) => inBatches(readRecords(chunks, options, encoding)),
  split: (body, path, about) => {
    assertFits(body, about.where);
    return isPlainUtf8(body, about, encoding) ? splitJson(body, path) : undefined;
  },
  looksComplete,
});

const JSON_DECODER = decoderWith({});

/** A JSON document; `records` is the path of its list. The default decoder. */
export const json = (options?: EncodingOption): Decoder =>
  options === undefined ? JSON_DECODER : decoderWith(options);
