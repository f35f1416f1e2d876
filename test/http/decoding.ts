// Decodes a body as a whole, and as a stream.
import type {Decoder} from '../../cdk/http/decode/decoder.ts';

const aboutOf = (contentType = 'text/plain') => ({where: 'GET x', contentType});

/** The body in chunks of a few bytes, so that chunks end at every kind of position. */
async function* chunksOf(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += size) yield body.subarray(from, from + size);
}

const failedOr = async (read: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await read();
  } catch (error) {
    return String(error);
  }
};

/** The content decoded in memory, or the failure. */
export const decoded = (
  decoder: Decoder,
  body: string | Buffer,
  contentType?: string,
): Promise<unknown> => failedOr(() => decoder.decode(Buffer.from(body), aboutOf(contentType)));

type StreamedOptions = {
  readonly records?: string;
  readonly size?: number;
  readonly limit?: number;
  readonly contentType?: string;
};

/** The records streamed from chunks of this size, or the failure. */
export const streamed = (
  decoder: Decoder,
  body: string | Buffer,
  {records, size = 3, limit = 1e6, contentType}: StreamedOptions = {},
): Promise<unknown> =>
  failedOr(async () => {
    const found: object[] = [];
    const chunks = chunksOf(Buffer.from(body), size);
    for await (const batch of decoder.stream(chunks, {...aboutOf(contentType), records, limit})) {
      found.push(...batch.records);
    }
    return found;
  });
