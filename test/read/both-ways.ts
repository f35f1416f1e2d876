// Reads the same bodies twice: as bytes that pass through if possible, and parsed.

import type {Stream} from '../../cdk/author/stream-types.ts';
import {json} from '../../cdk/http/decode/json.ts';
import {
  type FetchedRecords,
  type PaginateOptions,
  paginate,
} from '../../cdk/http/paginate/paginate.ts';
import {SOURCE_SCOPE} from '../../cdk/http/request-scope.ts';
import type {HttpRequest} from '../../cdk/http/types.ts';
import type {Emission} from '../../cdk/protocol/messages.ts';
import {printedLines} from '../../cdk/testing/printed-lines.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {inShort, type ReadSetUp, startRead} from '../../cdk/testing/run-read.ts';

type Pages = AsyncIterable<FetchedRecords<Record<string, unknown>>>;

/** A list whose pages have these bodies. */
export const listOf = (
  bodies: readonly (string | Buffer)[],
  options: PaginateOptions = {},
  headers: Readonly<Record<string, string>> = {},
): Pages => {
  const url = (page: number) => new URL(`https://api.test/items?page=${page}`);
  const send = async (request: HttpRequest) => {
    const page = Number(request.url.searchParams.get('page'));
    return {status: 200, headers, body: Buffer.from(bodies[page] ?? '[]'), url: request.url};
  };
  const paging = {
    sendAllowing: () => send,
    warn: () => {},
    decoder: json(),
    limit: 1e9,
  };
  const next: PaginateOptions['next'] = ({index}) =>
    index + 1 < bodies.length ? {url: url(index + 1)} : undefined;
  return paginate<Record<string, unknown>>(
    paging,
    {method: 'GET', url: url(0), scope: SOURCE_SCOPE, headers: {}},
    {next, ...options},
  );
};

/** A copy of a page has parsed records, like the pages of a source that reads its records. */
async function* copiedPages(pages: Pages): Pages {
  for await (const page of pages) yield {...page};
}

/** Captures a record as it was in the response. */
const RECORD = /^\{"type":"RECORD","record":\{"stream":"[^"]*","data":(.*),"emitted_at":\d+\}\}$/;

/** Returns the messages of a read in short, the JSON of its records, and the number of pages that passed through as bytes. */
const written = async (setUp: ReadSetUp) => {
  const reading = startRead(setUp);
  const lines: string[] = [];
  let bytePages = 0;
  const take = (emission: Emission): void => {
    if (emission.type === 'PAGE' && emission.raw !== undefined) bytePages += 1;
    lines.push(
      ...printedLines(emission, (text) => text)
        .split('\n')
        .filter((line) => line !== ''),
    );
  };
  for (;;) {
    const {done, value} = await reading.next();
    if (done) break;
    take(value);
  }
  const texts = lines.flatMap((line) => RECORD.exec(line)?.[1] ?? []);
  return {messages: inShort(parseMessages(`${lines.join('\n')}\n`)), texts, bytePages};
};

export const readBothWays = async (
  streamOf: (pages: () => Pages) => Stream,
  pages: () => Pages,
  setUp: Omit<ReadSetUp, 'streams'> = {},
) => ({
  bytes: await written({...setUp, streams: [streamOf(pages)]}),
  parsed: await written({...setUp, streams: [streamOf(() => copiedPages(pages()))]}),
});
