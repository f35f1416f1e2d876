// The body of an answer: into memory, or into a file.
import type {FileHandle} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {ConfigError, messageOf, SystemError} from '../errors.ts';
import {networkCode} from './faults.ts';
import type {HttpResponse} from './message.ts';

const mebibytes = (bytes: number): string =>
  `${bytes} bytes (${Math.round(bytes / 1024 ** 2)} MiB)`;

const place = ({origin, pathname}: URL): string => `${origin}${pathname}`;

/** Leaving the loop early closes the connection: the rest is never fetched. */
export const readBody = async (
  body: AsyncIterable<Buffer>,
  url: URL,
  maxBytes: number,
): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new SystemError(
        `${place(url)} answered with more than ${mebibytes(maxBytes)}, decompressed. Ask for smaller pages, or raise \`maxBodyBytes\`.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
};

/** No space, no quota, no larger files. */
const DISK_CODE = /^E(NOSPC|DQUOT|FBIG)$/;

/** One write may take a part only. */
const write = async (file: FileHandle, chunk: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < chunk.length; ) {
    const {bytesWritten} = await file.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
};

/** Each part is on its way to the disk before the next one is asked for. What an attempt before left behind is cut off. */
export const writeBody = async (
  body: AsyncIterable<Buffer>,
  url: URL,
  file: FileHandle,
  maxBytes: number,
): Promise<Pick<HttpResponse, 'body' | 'written'>> => {
  let written = 0;
  for await (const chunk of body) {
    if (written + chunk.length > maxBytes) {
      throw new SystemError(
        `${place(url)} answered with more than ${mebibytes(maxBytes)}, decompressed. Ask for a smaller part, or raise \`maxDownloadBytes\`.`,
      );
    }
    try {
      await write(file, chunk, written);
    } catch (cause) {
      if (!DISK_CODE.test(networkCode(cause) ?? '')) throw cause;
      throw new ConfigError(
        `There is no room for the answer of ${place(url)} in ${tmpdir()}: ${messageOf(cause)}, after ${written} bytes. Make room there, or set TMPDIR to a directory that has more.`,
        {cause},
      );
    }
    written += chunk.length;
  }
  await file.truncate(written);
  return {body: Buffer.alloc(0), written};
};
