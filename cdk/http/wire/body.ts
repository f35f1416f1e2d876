// The body of an answer: into memory, or into a file.
import type {FileHandle} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {ConfigError, messageOf, SystemError} from '../../errors.ts';
import {networkCode} from '../response/faults.ts';
import type {HttpResponse} from '../types.ts';

const mebibytes = (bytes: number): string =>
  `${bytes} bytes (${Math.round(bytes / 1024 ** 2)} MiB)`;

const place = ({origin, pathname}: URL): string => `${origin}${pathname}`;

/** Takes the parts of a body as they come. */
export type Sink = {
  /** Throws, or rejects, where no more is to come: the connection is closed, and the rest never fetched. A promise holds the next part back. */
  readonly take: (chunk: Buffer) => Promise<void> | undefined;
  /** What became of all of it. */
  readonly end: () => Promise<Pick<HttpResponse, 'body' | 'written'>>;
};

/** Room for this much is made on the word of a `content-length`. */
const MAX_ANNOUNCED = 8 * 1024 ** 2;

/**
 * Into one buffer, part by part where its length is known: parts that wait to be joined would be kept twice.
 * @param announced the length of the body as its headers have it; 0 where they don't
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
        throw new SystemError(
          `${place(url)} answered with more than ${mebibytes(maxBytes)}, decompressed. Ask for smaller pages, or raise \`maxBodyBytes\`.`,
        );
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

/** One write may take a part only. */
const write = async (file: FileHandle, chunk: Buffer, position: number): Promise<void> => {
  for (let done = 0; done < chunk.length; ) {
    const {bytesWritten} = await file.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
};

/** Each part is on its way to the disk before the next one is asked for. What an attempt before left behind is cut off. */
export const intoFile = (url: URL, file: FileHandle, maxBytes: number): Sink => {
  let written = 0;
  const append = async (chunk: Buffer): Promise<void> => {
    const position = written;
    written += chunk.length;
    if (written > maxBytes) {
      throw new SystemError(
        `${place(url)} answered with more than ${mebibytes(maxBytes)}, decompressed. Ask for a smaller part, or raise \`maxDownloadBytes\`.`,
      );
    }
    try {
      await write(file, chunk, position);
    } catch (cause) {
      if (!DISK_CODE.test(networkCode(cause) ?? '')) throw cause;
      throw new ConfigError(
        `There is no room for the answer of ${place(url)} in ${tmpdir()}: ${messageOf(cause)}, after ${position} bytes. Make room there, or set TMPDIR to a directory that has more.`,
        {cause},
      );
    }
  };
  return {
    take: append,
    end: async () => {
      await file.truncate(written);
      return {body: Buffer.alloc(0), written};
    },
  };
};
