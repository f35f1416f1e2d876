// Downloads a response of any size to a temporary file, then reads it from there a batch at a time.
import {randomUUID} from 'node:crypto';
import {type FileHandle, open, unlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ConfigError} from '../errors.ts';
import type {JsonObject} from '../json/values.ts';
import {aboutOf, hasNoContent} from './decode/decode-response.ts';
import type {Batch, Decoder} from './decode/decoder.ts';
import {type RecordsOption, recordsOption, shapedRecords} from './decode/record-shape.ts';
import type {WithoutRecords} from './decode/records-path.ts';
import {rethrowTruncation} from './decode/truncation.ts';
import {unpackFile} from './decode/unpack.ts';
import type {FetchedRecords} from './paginate/paginate.ts';
import {actionOf, withEmptyOn} from './response/action.ts';
import {networkCode} from './response/faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './types.ts';

export type DownloadOptions<R extends object = JsonObject> = {
  /** The path of the records in JSON or XML: `items`, `data.*.rows`, or an object as in `paginate`. Default: the body itself. */
  readonly records?: RecordsOption<R>;
  /** A body that has nothing at `records` is an `error` (the default) or an `empty` list. Null is always an empty one. */
  readonly withoutRecords?: WithoutRecords;
  /** Statuses that mean "nothing here" instead of a failure. */
  readonly emptyOn?: readonly number[];
};

type DownloadContext = {
  readonly sendAllowing: (allowed: readonly number[]) => Send;
  readonly decoder: Decoder;
  /** The most bytes to hold in memory. */
  readonly limit: number;
  /** The most bytes of the response, unpacked. */
  readonly largest: number;
  readonly signal: AbortSignal;
};

/** Opens a private file and removes its name at once, so the system deletes it however the program ends. */
export const openTemporary = async (folder = tmpdir()): Promise<FileHandle> => {
  const path = join(folder, `headwater-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  } catch (cause) {
    throw new ConfigError(
      `Cannot create the temporary file for a download in ${folder}: ${networkCode(cause)}. Set TMPDIR to a directory that this user may write to.`,
      {cause},
    );
  }
};

async function* readFile<R extends object>(
  file: FileHandle,
  request: HttpRequest,
  response: HttpResponse,
  {
    decoder,
    limit,
    largest,
    records,
    withoutRecords,
  }: Pick<DownloadContext, 'decoder' | 'limit' | 'largest'> & DownloadOptions<R>,
): AsyncGenerator<Batch> {
  const {path, shape} = recordsOption(records);
  // The other formats are lists by themselves.
  const hasPaths = decoder.split !== undefined || decoder.find !== undefined;
  for await (const {name, chunks} of await unpackFile(file, describeRequest(request), largest)) {
    const about = aboutOf(request, response, name);
    const options = {...about, records: path, withoutRecords, limit};
    if (shape === undefined || hasPaths) yield* decoder.stream(chunks, {...options, shape});
    else {
      for await (const batch of decoder.stream(chunks, options)) {
        yield {...batch, records: shapedRecords(batch.records, {...about, path, shape})};
      }
    }
  }
}

/** Downloads a response, and yields its records in batches. */
export async function* download<R extends object>(
  {sendAllowing, decoder, limit, largest, signal}: DownloadContext,
  first: HttpRequest,
  {records, withoutRecords, emptyOn = []}: DownloadOptions<R>,
): AsyncGenerator<FetchedRecords<R>> {
  const file = await openTemporary();
  const batches = (request: HttpRequest, response: HttpResponse) =>
    readFile(file, request, response, {
      decoder,
      limit,
      largest,
      ...(records !== undefined && {records}),
      ...(withoutRecords && {withoutRecords}),
    });
  try {
    const request: HttpRequest = {
      ...first,
      into: file,
      assertNotTruncated: (sent, response) =>
        rethrowTruncation(async () => {
          for await (const _batch of batches(sent, response));
        }),
    };
    const response = await sendAllowing([])(withEmptyOn(request, emptyOn));
    if (actionOf(response) === 'ignore' || hasNoContent(request, response)) return;
    for await (const {records: found, bytes} of batches(request, response)) {
      signal.throwIfAborted();
      // `R` is the author's claim: types are checked against the schema, not here.
      yield {records: found as readonly R[], bytes};
    }
  } finally {
    await file.close();
  }
}
