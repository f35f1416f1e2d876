// Downloads a response of any size to a temporary file, then reads it from there a batch at a time.
import {randomUUID} from 'node:crypto';
import {type FileHandle, open, unlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ConfigError} from '../errors.ts';
import {type JsonObject, valueAt} from '../json/values.ts';
import {aboutOf, hasNoContent} from './decode/decode-response.ts';
import type {Batch, Decoder, StreamOptions} from './decode/decoder.ts';
import {
  assertNames,
  type RecordsOption,
  recordsOption,
  shapedRecords,
} from './decode/record-shape.ts';
import type {WithoutRecords} from './decode/records-path.ts';
import {rethrowTruncation} from './decode/truncation.ts';
import {type Unpacked, unpackFile} from './decode/unpack.ts';
import type {FetchedRecords} from './paginate/paginate.ts';
import {actionOf, withEmptyOn} from './response/action.ts';
import {networkCode} from './response/faults.ts';
import {describeRequest, type HttpRequest, type HttpResponse, type Send} from './types.ts';
import {largestDownload} from './wire/body-limits.ts';

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
  /** The most bytes of the response, unpacked, if the author has set them. */
  readonly largest: number | undefined;
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

/** The names of the columns in each file, which may stand after its rows. */
async function* columnsIn(
  files: AsyncIterable<Unpacked>,
  path: string,
  {decode, about}: {decode: Decoder['stream']; about: (file: Unpacked) => StreamOptions},
): AsyncGenerator<readonly string[]> {
  for await (const file of files) {
    const options = {...about(file), records: path, shape: {path, wrap: 'name'}};
    const batches = await Array.fromAsync(
      decode(file.chunks, {...options, withoutRecords: 'empty'}),
    );
    const names = batches.flatMap(({records}) => records.map((record) => valueAt(record, 'name')));
    yield assertNames(names, options.where, path);
  }
}

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
  const most = largestDownload(largest, response.sent ?? 0);
  const unpack = () => unpackFile(file, describeRequest(request), most);
  const about = ({name}: Unpacked) => ({
    ...aboutOf(request, response, name),
    ...{records: path, withoutRecords, limit},
  });
  const columns =
    decoder.split !== undefined && typeof shape?.columns === 'string'
      ? await Array.fromAsync(
          columnsIn(await unpack(), shape.columns, {decode: decoder.stream, about}),
        )
      : [];
  // The other formats are lists by themselves.
  const hasPaths = decoder.split !== undefined || decoder.find !== undefined;
  let index = 0;
  for await (const unpacked of await unpack()) {
    const options = about(unpacked);
    const names = columns[index];
    const named = shape && {...shape, ...(names && {columns: names})};
    index += 1;
    if (named === undefined || hasPaths) {
      yield* decoder.stream(unpacked.chunks, {...options, shape: named});
      continue;
    }
    for await (const batch of decoder.stream(unpacked.chunks, options)) {
      yield {...batch, records: shapedRecords(batch.records, {...options, path, shape: named})};
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
