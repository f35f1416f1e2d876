// Collects the body of a response in memory, or in a file.
import type {FileHandle} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {ConfigError, messageOf, SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';
import {describeUrl, type HttpResponse} from '../types.ts';
import {largestDownload} from './body-limits.ts';

const tooLarge = (url: URL, maxBytes: number, advice: string): SystemError =>
  new SystemError(
    `${describeUrl(url)} answered with more than ${maxBytes} bytes (${Math.round(maxBytes / 1024 ** 2)} MiB), decompressed. ${advice}`,
  );

/** Receives the chunks of a body. */
export type Sink = {
  /** A pending promise delays the next chunk. An error closes the connection, and the rest is not fetched. */
  readonly take: (chunk: Buffer) => Promise<void> | undefined;
  readonly end: () => Promise<Pick<HttpResponse, 'body' | 'written' | 'sent'>>;
};

/** The most memory to allocate before the body comes, on the strength of a `content-length`. */
const MAX_ANNOUNCED = 8 * 1024 ** 2;

/**
 * Copies chunks into one buffer if their total length is known: joining them at the end would hold them twice.
 * @param announced the length of the body by its headers; 0 if unknown
 */
export const intoMemory = (url: URL, maxBytes: number, announced: number): Sink => {
  const room = Buffer.allocUnsafe(Math.min(announced, maxBytes, MAX_ANNOUNCED));
  const more: Buffer[] = [];
  let bytes = 0;
  let inRoom = 0;
  return {
    take: (chunk) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        throw tooLarge(url, maxBytes, 'Request smaller pages, or raise `maxBodyBytes`.');
      }
      if (more.length === 0 && bytes <= room.length) inRoom += chunk.copy(room, inRoom);
      else more.push(chunk);
      return undefined;
    },
    end: async () => {
      const first = inRoom === room.length ? room : room.subarray(0, inRoom);
      return {body: more.length === 0 ? first : Buffer.concat([first, ...more], bytes)};
    },
  };
};

/** No space, no quota, no larger files. */
const DISK_CODE = /^E(NOSPC|DQUOT|FBIG)$/;

/** A single write may be partial. */
const write = async (file: FileHandle, chunk: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < chunk.length; ) {
    const {bytesWritten} = await file.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
};

/**
 * Writes each chunk before the next one is read. What an earlier attempt wrote beyond the end is cut off.
 * @param sent the bytes that came over the wire so far
 */
export const intoFile = (
  url: URL,
  file: FileHandle,
  {largest, sent}: {readonly largest: number | undefined; readonly sent: () => number},
): Sink => {
  let written = 0;
  return {
    take: async (chunk) => {
      const position = written;
      written += chunk.length;
      const {bytes, advice} = largestDownload(largest, sent());
      if (written > bytes) throw tooLarge(url, bytes, advice);
      try {
        await write(file, chunk, position);
      } catch (cause) {
        if (!DISK_CODE.test(networkCode(cause) ?? '')) throw cause;
        throw new ConfigError(
          `No space for the response of ${describeUrl(url)} in ${tmpdir()}: ${messageOf(cause)}, after ${position} bytes. Free some space there, or set TMPDIR to a directory that has more.`,
          {cause},
        );
      }
    },
    end: async () => {
      await file.truncate(written);
      return {body: Buffer.alloc(0), written, sent: sent()};
    },
  };
};
