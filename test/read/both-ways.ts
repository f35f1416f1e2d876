// Reads the same bodies twice: as bytes that pass through if possible, and parsed.

import type {Stream} from '../../cdk/author/stream-types.ts';
import type {Emission} from '../../cdk/protocol/messages.ts';
import {printedLines} from '../../cdk/testing/printed-lines.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {inShort, type ReadSetUp, startRead} from '../../cdk/testing/run-read.ts';
import type {Pages} from '../http/list-of.ts';

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
