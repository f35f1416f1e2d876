// Lines to a file descriptor: two buffers, one being filled while the other is being written.
// Strings handed to process.stdout would each become a buffer of their own; 1,000,000 records of 700 bytes
// took 280 MB that way, and take 90 MB this way.
import {write as writeCallback} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';

/** Writes the bytes from an index on, or a part of them; how many. */
const writeBytes = (fd: number, bytes: Buffer, from: number): Promise<number> =>
  new Promise((resolve, reject) => {
    writeCallback(fd, bytes, from, bytes.length - from, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });

/** Four times what a Linux pipe takes at once; more gains nothing. */
const BUFFER_SIZE = 256 * 1024;

/** A character takes three bytes at most in UTF-8, counted as JavaScript counts characters. */
const MAX_BYTES_PER_CHARACTER = 3;

export type Writer = {
  /** Takes lines, or bytes that are some lines. Resolves when all of them have their place in a buffer; waits while the reader is slow. Rejects once writing failed. */
  readonly put: (lines: Iterable<string | Buffer>) => Promise<void>;
  /** Resolves when the operating system has taken everything; rejects if it won't. */
  readonly drain: () => Promise<void>;
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN';

/** Where someone made the pipe non-blocking, as worker threads do, a full one answers EAGAIN: wait for its reader. */
const writeFully = async (fd: number, bytes: Buffer): Promise<void> => {
  let pause = 1;
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += await writeBytes(fd, bytes, offset);
      pause = 1;
    } catch (error) {
      if (!isBusy(error)) throw error;
      await delay(pause);
      pause = Math.min(pause * 2, 50);
    }
  }
};

/** The most bytes that it takes: a text is not measured for that. */
const roomFor = (line: string | Buffer): number =>
  typeof line === 'string' ? line.length * MAX_BYTES_PER_CHARACTER : line.length;

/** @param onBroken told when nothing more can be written: the reader has left, the disk is full */
export const openWriter = (fd: number, onBroken: (error: unknown) => void): Writer => {
  let filling = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  let spare = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  let length = 0;
  let writing: Promise<void> = Promise.resolve();
  let swapping: Promise<void> | undefined;
  let scheduled = false;

  /** One write after the other, in the order of their calls. */
  const send = (bytes: Buffer): void => {
    writing = writing.then(() => writeFully(fd, bytes));
    // Whoever writes next hears of it too; until then it is not unhandled.
    writing.catch(onBroken);
  };
  /** Gives the filled buffer to the system as soon as the one before it has been taken. */
  const swap = async (): Promise<void> => {
    await writing;
    if (length === 0) return;
    const full = filling.subarray(0, length);
    [filling, spare] = [spare, filling];
    length = 0;
    send(full);
  };
  const flush = (): Promise<void> => {
    swapping ??= swap().finally(() => {
      swapping = undefined;
    });
    return swapping;
  };
  /** What is in the buffer when the program turns to waiting goes out: a reader should not wait with it. */
  const flushWhenIdle = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush().catch(() => {}); // onBroken was told
    });
  };
  const fits = (line: string | Buffer): boolean => length + roomFor(line) <= BUFFER_SIZE;
  const append = (line: string | Buffer): void => {
    length +=
      typeof line === 'string' ? filling.write(line, length, 'utf8') : line.copy(filling, length);
    flushWhenIdle();
  };
  /** A line that no buffer holds goes out in one of its own. */
  const sendHuge = async (line: string | Buffer): Promise<void> => {
    while (length > 0) await flush();
    send(typeof line === 'string' ? Buffer.from(line) : line);
    await writing;
  };
  return {
    put: async (lines) => {
      for (const line of lines) {
        if (roomFor(line) > BUFFER_SIZE) await sendHuge(line);
        else {
          while (!fits(line)) await flush();
          append(line);
        }
      }
    },
    drain: async () => {
      while (length > 0) await flush();
      await writing;
    },
  };
};
