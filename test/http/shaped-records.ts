// Reads one body with these options of `records` in every way that there is.

import {openHttpClient} from '../../cdk/http/client.ts';
import type {Decoder} from '../../cdk/http/decode/decoder.ts';
import {json} from '../../cdk/http/decode/json.ts';
import type {RecordsShape} from '../../cdk/http/decode/record-shape.ts';
import {printExact} from '../../cdk/json/exact.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {readAll, serveBody} from './downloading.ts';

type Options = {readonly withoutRecords?: 'empty' | 'error'; readonly decode?: Decoder};

export const inPage = async (
  body: string,
  records: RecordsShape,
  options: Options,
): Promise<string> => {
  const origin = await serveBody(body);
  const {close, paginate} = openHttpClient(
    {baseUrl: origin},
    {signal: new AbortController().signal, clock: virtualClock(0), log: () => {}},
  );
  try {
    const pages = await Array.fromAsync(paginate<JsonObject>('/export', {...options, records}));
    return printExact(pages.flatMap((page) => page.records));
  } catch (error) {
    return String(error).replaceAll(origin, 'api');
  } finally {
    await close();
  }
};

export const inDownload = async (body: string, records: RecordsShape, options: Options) => {
  const origin = await serveBody(body);
  const {records: found, failure} = await readAll(origin, {...options, records});
  return failure ?? printExact(found);
};

async function* pieces(body: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const inPieces = async (
  body: string,
  shape: RecordsShape,
  {withoutRecords, decode = json()}: Options,
  size: number,
) => {
  try {
    const batches = await Array.fromAsync(
      decode.stream(pieces(body, size), {
        ...{where: 'GET api/export', contentType: undefined, limit: 1_000},
        ...{records: shape.path, shape, withoutRecords},
      }),
    );
    return printExact(batches.flatMap(({records}) => records));
  } catch (error) {
    return String(error);
  }
};

/** The different results of a page, a download, and of pieces that are cut anywhere. */
export const everyWay = async (body: string, shape: RecordsShape, options: Options = {}) => {
  const {decode = json()} = options;
  const sizes = decode.split === undefined ? [] : [1, 2, 3, 5, 7, 11];
  return new Set([
    await inPage(body, shape, options),
    await inDownload(body, shape, options),
    ...(await Promise.all(sizes.map((size) => inPieces(body, shape, options, size)))),
  ]);
};
