import type {About, Batch} from './decoder.ts';
import {assertFits} from './memory.ts';

async function* oneChunk(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

export const collect = async (
  body: Buffer,
  {where}: About,
  read: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Batch>,
): Promise<readonly object[]> => {
  assertFits(body, where);
  const records: object[] = [];
  for await (const batch of read(oneChunk(body))) {
    for (const record of batch.records) records.push(record);
  }
  return records;
};
