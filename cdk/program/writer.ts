// Writes lines to a file descriptor with two buffers: one is filled while the other is written. process.stdout would make a
// buffer of each string: 1,000,000 records of 700 bytes took 280 MB that way, and take 90 MB this way.
import {write as writeCallback} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';

/** Writes the bytes from an index on, or some of them. Returns their number. */
const writeBytes = (fd: number, bytes: Buffer, from: number): Promise<number> =>
  new Promise((resolve, reject) => {
    writeCallback(fd, bytes, from, bytes.length - from, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });

/** Four times the capacity of a Linux pipe. More gains nothing. */
const BUFFER_SIZE = 256 * 1024;

/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

export type Writer = {
  /** Takes whole lines. Resolves when all are in a buffer, so it waits for a slow reader. Rejects after writing has failed. */
  readonly put: (lines: Iterable<string | Buffer>) => Promise<void>;
  /** Resolves when the operating system has taken everything; rejects if writing fails. */
  readonly drain: () => Promise<void>;
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN';

/** If a worker thread made the pipe non-blocking, writing to a full pipe fails with EAGAIN: wait for its reader. */
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

/** The most bytes that a line can take; to measure a string would cost time. */
const roomFor = (line: string | Buffer): number =>
  typeof line === 'string' ? line.length * MAX_BYTES_PER_CHARACTER : line.length;

/** @param onBroken called when writing fails: the reader has left, or the disk is full */
export const openWriter = (fd: number, onBroken: (error: unknown) => void): Writer => {
  let filling = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  let spare = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  let length = 0;
  let writing: Promise<void> = Promise.resolve();
  let swapping: Promise<void> | undefined;
  let scheduled = false;

  /** Writes one buffer after another, in the order of the calls. */
  const send = (bytes: Buffer): void => {
    writing = writing.then(() => writeFully(fd, bytes));
    // The next `put` or `drain` rejects too. Until then the rejection must not be unhandled.
    writing.catch(onBroken);
  };
  /** Writes the filled buffer as soon as the one before it was written. */
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
  /** Writes the buffer when the program becomes idle, so that the reader need not wait for a full one. */
  const flushWhenIdle = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush().catch(() => {}); // reported by onBroken
    });
  };
  const fits = (line: string | Buffer): boolean => length + roomFor(line) <= BUFFER_SIZE;
  const append = (line: string | Buffer): void => {
    length +=
      typeof line === 'string' ? filling.write(line, length, 'utf8') : line.copy(filling, length);
    flushWhenIdle();
  };
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
