import type {Batch} from './decoder.ts';

const MOST_RECORDS = 1_000;
const MOST_BYTES = 1024 ** 2;

/** Joins or splits batches into ones of about 1,000 records or 1 MiB. */
export async function* inBatches(parts: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  let waiting: object[] = [];
  let bytes = 0;
  for await (const part of parts) {
    const each = part.records.length === 0 ? 0 : part.bytes / part.records.length;
    for (const record of part.records) {
      waiting.push(record);
      bytes += each;
      if (waiting.length >= MOST_RECORDS || bytes >= MOST_BYTES) {
        yield {records: waiting, bytes: Math.round(bytes)};
        waiting = [];
        bytes = 0;
      }
    }
  }
  if (waiting.length > 0) yield {records: waiting, bytes: Math.round(bytes)};
}
