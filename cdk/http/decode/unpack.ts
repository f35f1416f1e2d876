// Unpacks gzip, zstd and zip files, recognized by their first bytes. The transport has already undone the `content-encoding`.
import type {FileHandle} from 'node:fs/promises';
import {pipeline, Readable} from 'node:stream';
import {crc32, createGunzip, createZstdDecompress} from 'node:zlib';
import type {Entry, ZipFile} from 'yauzl';
import {messageOf, SystemError, TransientError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {networkCode} from '../response/faults.ts';
import {windowFault} from '../wire/content-encoding.ts';
import {truncationError} from './truncated-body.ts';

export type Unpacked = {
  readonly name: string | undefined;
  readonly chunks: AsyncIterable<Buffer>;
};

type Packed = {
  /** At least its first four bytes. */
  readonly head: Buffer;
  /** Its packed bytes, from a position. A chunk is valid until the next one is requested. */
  readonly plain: (from?: number) => AsyncIterable<Buffer>;
  readonly read: (from: number) => Readable;
  readonly openZip: () => Promise<ZipFile>;
};

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;

/** A frame, or one to skip: https://www.rfc-editor.org/rfc/rfc8878#section-3.1 */
const isZstd = (head: Buffer): boolean => {
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5;
};

/** `PK` with the signature of a file's header, or of an archive without files. */
const isZip = (head: Buffer): boolean =>
  head.length >= 4 && ['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4));

export const isPacked = (body: Buffer): boolean => isGzip(body) || isZstd(body) || isZip(body);

const damaged = (where: string, format: string, cause: unknown): TransientError =>
  new TransientError(
    `${where} answered with a damaged ${format} file: ${excerpt(messageOf(cause))}. Try again later; if the error stays, report it to the API's owner.`,
    {cause},
  );

const explained = (error: unknown, where: string, format: 'gzip' | 'zstd'): unknown => {
  const code = networkCode(error) ?? '';
  const name = format === 'gzip' ? 'GZIP' : 'ZSTD';
  if (code === 'Z_BUF_ERROR') return truncationError(name, where, 'unexpected end of file', error);
  const advice = 'Request a file in another format';
  return (
    windowFault(error, where, '128 MiB', advice) ??
    (/^(Z|ZSTD)_/.test(code) ? damaged(where, format, error) : error)
  );
};

/** Node reads all members of gzip but one frame of zstd, and stops without an error at a zero: tools that write whole blocks add zeros. */
async function* decompressed(packed: Packed, where: string): AsyncGenerator<Buffer> {
  const format = isGzip(packed.head) ? 'gzip' : 'zstd';
  for (let from = 0, isNext = true; isNext; ) {
    const engine = format === 'gzip' ? createGunzip() : createZstdDecompress();
    try {
      // With a callback, an error of the source ends the loop, and the end of the loop closes the source.
      yield* pipeline(packed.read(from), engine, () => {});
    } catch (error) {
      throw explained(error, where, format);
    }
    from += engine.bytesWritten;
    isNext = false;
    for await (const chunk of packed.plain(from)) {
      isNext = format === 'zstd' && isZstd(chunk);
      if (isNext) break;
      if (chunk.some((byte) => byte !== 0)) {
        throw damaged(where, format, new Error('it has other bytes after its end'));
      }
    }
  }
}

const zipFault = (error: unknown, where: string): unknown => {
  if (messageOf(error).startsWith('End of central directory record signature not found')) {
    return truncationError('ZIP', where, 'the list of its files is missing', error);
  }
  return networkCode(error)?.startsWith('E') ? error : damaged(where, 'zip', error);
};

async function* readEntry(zip: ZipFile, entry: Entry, where: string): AsyncGenerator<Buffer> {
  let sum = 0;
  try {
    const content: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
    for await (const chunk of content) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw zipFault(error, where);
  }
  if (sum !== entry.crc32) throw damaged(where, 'zip', new Error('its checksum differs'));
}

/** Excludes directories, and the metadata that macOS adds to each file. */
const isFile = ({fileName}: Entry): boolean =>
  !(fileName.endsWith('/') || fileName.startsWith('__MACOSX/'));

async function* unzipped(packed: Packed, where: string): AsyncGenerator<Unpacked> {
  const zip = await packed.openZip().catch((error) => {
    throw zipFault(error, where);
  });
  const entries = zip.eachEntry();
  for (;;) {
    const {done, value: entry} = await entries.next().catch((error) => {
      throw zipFault(error, where);
    });
    if (done) return;
    if (!isFile(entry)) continue;
    if (entry.isEncrypted()) {
      throw new SystemError(
        `${where}: "${excerpt(entry.fileName)}" in the zip is encrypted and can't be read.`,
      );
    }
    yield {
      name: entry.fileName,
      chunks: readEntry(zip, entry, `${where}, file "${excerpt(entry.fileName)}"`),
    };
  }
}

async function* unpacked(packed: Packed, where: string): AsyncGenerator<Unpacked> {
  if (isZip(packed.head)) yield* unzipped(packed, where);
  else {
    const chunks = isPacked(packed.head) ? decompressed(packed, where) : packed.plain();
    yield {name: undefined, chunks};
  }
}

const CHUNK_BYTES = 256 * 1024;

/** Reuses one buffer, because the collector is slow to free memory outside the heap. */
async function* chunksOf(file: FileHandle, from: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let position = from; ; ) {
    const {bytesRead} = await file.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** A limit, and what to do when it is reached. */
type Most = {readonly bytes: number; readonly advice: string};

/** Counts the bytes of all files together: a small archive may unpack without end. */
async function* limited(
  files: AsyncIterable<Unpacked>,
  where: string,
  {bytes: most, advice}: Most,
): AsyncGenerator<Unpacked> {
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > most) {
        throw new SystemError(
          `${where} answered with more than ${most} bytes, unpacked. ${advice}`,
        );
      }
      yield chunk;
    }
  }
  for await (const {name, chunks} of files) yield {name, chunks: counted(chunks)};
}

/** Yields the files in a file. Each must be read to its end before the next one. Together they may not be larger than the limit. */
export const unpackFile = async (
  file: FileHandle,
  where: string,
  most: Most,
): Promise<AsyncIterable<Unpacked>> => {
  const {buffer, bytesRead} = await file.read(Buffer.alloc(4), 0, 4, 0);
  const files = unpacked(
    {
      head: buffer.subarray(0, bytesRead),
      plain: (from = 0) => chunksOf(file, from),
      read: (start) => file.createReadStream({start, autoClose: false}),
      openZip: async () => (await import('yauzl')).fromFdPromise(file.fd, {autoClose: false}),
    },
    where,
  );
  return limited(files, where, most);
};

const ofBuffer = (body: Buffer): Packed => ({
  head: body,
  plain: (from = 0) => Readable.from([body.subarray(from)]),
  read: (from) => Readable.from([body.subarray(from)]),
  openZip: async () => (await import('yauzl')).fromBufferPromise(body),
});

const tooLarge = (where: string, limit: number): SystemError =>
  new SystemError(
    `${where} answered with more than ${limit} bytes, unpacked. Use \`http.download\`, request smaller pages, or raise \`maxBodyBytes\`.`,
  );

/** Returns the files in a body. Together they may not be larger than the limit. */
export const unpackBody = async (
  body: Buffer,
  where: string,
  limit: number,
): Promise<readonly {readonly name: string | undefined; readonly body: Buffer}[]> => {
  if (!isPacked(body)) return [{name: undefined, body}];
  const files = [];
  let bytes = 0;
  for await (const {name, chunks} of unpacked(ofBuffer(body), where)) {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(where, limit);
      parts.push(chunk);
    }
    files.push({name, body: Buffer.concat(parts)});
  }
  return files;
};
