// One answer of any size: first whole in a temporary file, then read from there a batch at a time.
import {randomUUID} from 'node:crypto';
import {type FileHandle, open, unlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ConfigError} from '../errors.ts';
import {aboutOf} from './decode/decode-response.ts';
import type {Batch, Decoder} from './decode/decoder.ts';
import {rethrowTruncation} from './decode/truncation.ts';
import {unpackFile} from './decode/unpack.ts';
import type {FetchedRecords} from './paginate/paginate.ts';
import {actionOf, withEmptyOn} from './response/action.ts';
import {networkCode} from './response/faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './types.ts';

export type DownloadOptions = {
  /** Where the records are in JSON or XML: `items`, `data.*.rows`. Default: the body itself is the list. */
  readonly records?: string;
  /** Statuses that mean "nothing here" rather than a fault. */
  readonly emptyOn?: readonly number[];
};

/** What a client lends to a download. */
type Downloading = {
  readonly sendAllowing: (allowed: readonly number[]) => Send;
  readonly decoder: Decoder;
  /** The most bytes that may be held in memory. */
  readonly limit: number;
  readonly signal: AbortSignal;
};

/**
 * A file for nobody else. It loses its name at once, so the system itself removes it when the program ends, however
 * that happens.
 */
export const openTemporary = async (folder = tmpdir()): Promise<FileHandle> => {
  const path = join(folder, `headwater-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  } catch (cause) {
    throw new ConfigError(
      `No temporary file can be made in ${folder}, where a download is kept until it is read: ${networkCode(cause)}. Set TMPDIR to a directory that this user may write to.`,
      {cause},
    );
  }
};

async function* readFile(
  file: FileHandle,
  request: HttpRequest,
  response: HttpResponse,
  {decoder, limit, records}: Pick<Downloading, 'decoder' | 'limit'> & DownloadOptions,
): AsyncGenerator<Batch> {
  for await (const {name, chunks} of await unpackFile(file, describeRequest(request))) {
    yield* decoder.stream(chunks, {...aboutOf(request, response, name), records, limit});
  }
}

/** Reads it all, and keeps nothing. */
const drain = async (batches: AsyncIterable<Batch>): Promise<void> => {
  for await (const _batch of batches);
};

/** The claim that the API answers with `R` is the author's: types are checked against the schema, not here. */
const claimed = <R extends object>({records, bytes}: Batch): FetchedRecords<R> => ({
  records: records as readonly R[],
  bytes,
});

/** Downloads an answer, and hands its records on in batches. */
export async function* download<R extends object>(
  {sendAllowing, decoder, limit, signal}: Downloading,
  first: HttpRequest,
  {records, emptyOn = []}: DownloadOptions,
): AsyncGenerator<FetchedRecords<R>> {
  const file = await openTemporary();
  const batches = (request: HttpRequest, response: HttpResponse) =>
    readFile(file, request, response, {decoder, limit, ...(records !== undefined && {records})});
  try {
    const request: HttpRequest = {
      ...first,
      into: file,
      assertNotTruncated: (sent, response) =>
        rethrowTruncation(() => drain(batches(sent, response))),
    };
    const response = await sendAllowing([])(withEmptyOn(request, emptyOn));
    if (actionOf(response) === 'ignore') return;
    for await (const batch of batches(request, response)) {
      signal.throwIfAborted();
      yield claimed<R>(batch);
    }
  } finally {
    await file.close();
  }
}
