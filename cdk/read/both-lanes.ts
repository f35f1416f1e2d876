// The same bodies through the engine twice: as bytes where that can be, and parsed.

import type {Stream} from '../author/stream-value.ts';
import {json} from '../http/decode/json.ts';
import {type FetchedRecords, type PaginateOptions, paginate} from '../http/paginate/paginate.ts';
import {SOURCE_SCOPE} from '../http/scope.ts';
import type {HttpRequest} from '../http/types.ts';
import type {Emission} from '../protocol/messages.ts';
import {printedLines} from '../testing/printed-lines.ts';
import {parseMessages} from '../testing/protocol.ts';
import {inShort, type ReadSetUp, startRead} from '../testing/run-read.ts';

type Pages = AsyncIterable<FetchedRecords<Record<string, unknown>>>;

/** A list whose pages have these bodies; a link leads from one to the next. */
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

/** Copies of pages hold parsed records, as those of a source that looks at them. */
async function* copiedPages(pages: Pages): Pages {
  for await (const page of pages) yield {...page};
}

/** A record, as the text it had in the answer. */
const RECORD = /^\{"type":"RECORD","record":\{"stream":"[^"]*","data":(.*),"emitted_at":\d+\}\}$/;

/** What a read writes: its messages in short, the text of its records, and how many pages went out as bytes. */
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

/** Both reads of a stream. */
export const bothLanes = async (
  streamOf: (pages: () => Pages) => Stream,
  pages: () => Pages,
  setUp: Omit<ReadSetUp, 'streams'> = {},
) => ({
  bytes: await written({...setUp, streams: [streamOf(pages)]}),
  parsed: await written({...setUp, streams: [streamOf(() => copiedPages(pages()))]}),
});
