import type {Batch} from './decoder.ts';

async function* oneChunk(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}

export const collect = async (
  body: Buffer,
  read: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Batch>,
): Promise<readonly object[]> => {
  const records: object[] = [];
  for await (const batch of read(oneChunk(body))) {
    for (const record of batch.records) records.push(record);
  }
  return records;
};
